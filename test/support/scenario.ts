import assert from 'node:assert/strict';
import { contactId, emailAddress, runId, type ListId, type RunId } from '../../src/base/ids.ts';
import type { MemberRecord } from '../../src/simulator/mailchimp/records.ts';
import type { Row, RunMode, StageName, Update, UpdateState } from '../../src/store/entities.ts';
import type { Engine } from '../../src/sync/engine.ts';
import type { Counts } from '../../src/sync/stage.ts';
import { STAGES } from '../../src/sync/stages.ts';
import { CiviAdministrator } from './civi-administrator.ts';
import { MailchimpAdministrator, Person } from './mailchimp-actors.ts';
import { GROUP, LIST, openWorld, type SyncWorld, type WorldOptions } from './sync-world.ts';

export const P1 = 'p1@example.org';
export const P2 = 'p2@example.org';
export const P3 = 'p3@example.org';

/** Settings of an audience whose updates all go in batches, which wait until a test runs them. */
export const BATCHED: WorldOptions = { list: { submitSingly: 0 } };

export interface RunOptions {
  readonly withData?: boolean;
  readonly list?: ListId;
  readonly since?: number;
  readonly dryRun?: boolean;
  /** Stops before this stage; the run stays as it is. */
  readonly before?: StageName;
}

const UPDATE_STATES: readonly UpdateState[] = ['planned', 'queued', 'sending', 'submitted', 'done', 'failed', 'aborted', 'superseded'];
const NAMES = Object.keys(STAGES) as readonly StageName[];
const never = new AbortController().signal;

/** Runs and handlers of an engine, as the nodes of a flow call them. */
export class Sync {
  engine: Engine;
  readonly #world: SyncWorld;
  #runs = 0;

  constructor(world: SyncWorld) {
    this.#world = world;
    this.engine = world.engine;
  }

  async begin(mode: RunMode = 'incremental', { withData = false, list = LIST, since, dryRun = false }: RunOptions = {}): Promise<RunId> {
    this.#runs += 1;
    const started = await this.engine.start(list, { mode, since: since ?? null, withData, dryRun, id: runId(`run${this.#runs}`) });
    assert.notEqual(started.kind, 'not_started', 'the run was not started');
    return started.run!.id;
  }

  /** One stage of a run. */
  async stage(name: StageName, id: RunId, signal: AbortSignal = never): Promise<Counts> {
    const outcome = await this.engine.runStage(name, id, { signal, last: name === 'submit' });
    return outcome.kind === 'done' ? outcome.counts : assert.fail(`the run is past ${name}`);
  }

  /** A whole run. Answers each stage's counts. */
  async run(mode: RunMode = 'incremental', options: RunOptions = {}): Promise<Readonly<Partial<Record<StageName, Counts>>>> {
    const id = await this.begin(mode, options);
    return this.goOn(id, options);
  }

  /** The stages from the first of a run that was not done yet. */
  async goOn(id: RunId, { before }: RunOptions = {}): Promise<Readonly<Partial<Record<StageName, Counts>>>> {
    const counts: Partial<Record<StageName, Counts>> = {};
    for (const name of NAMES) {
      if (name === before) return counts;
      const outcome = await this.engine.runStage(name, id, { signal: never, last: name === 'submit' });
      if (outcome.kind === 'done') counts[name] = outcome.counts;
    }
    return counts;
  }

  /** A run that is given up before a stage. */
  async stopsBefore(before: StageName, mode: RunMode = 'incremental'): Promise<void> {
    const id = await this.begin(mode);
    await this.goOn(id, { before });
    await this.engine.abort(LIST);
  }

  full(options: RunOptions = {}): ReturnType<Sync['run']> {
    return this.run('full', options);
  }

  handleBatches(): Promise<Counts> {
    return this.engine.handleBatches({ signal: never });
  }

  handleInbox(): Promise<Counts> {
    return this.engine.handleInbox({ signal: never });
  }

  /** Requests so far that write, to either side. */
  get writes(): number {
    const { mailchimp, civicrm } = this.engine.requests();
    const atMailchimp = [...mailchimp].filter(([kind]) => !kind.startsWith('GET'));
    const inCivicrm = [...civicrm].filter(([kind]) => kind !== 'calls' && !kind.split('.')[1]?.startsWith('get')); // several at once are reads
    return [...atMailchimp, ...inCivicrm].reduce((sum, [, count]) => sum + count, 0);
  }

  rows(): Promise<readonly Row[]> {
    return this.#world.store.rows({ listId: LIST, after: null, limit: 1000, where: { kind: 'all' } });
  }

  async row(address: string): Promise<Row> {
    const [row] = await this.#world.store.rowsByEmail(LIST, [emailAddress(address)]);
    return row ?? assert.fail('no row has this address');
  }

  async rowOf(contact: number): Promise<Row> {
    const [row] = await this.#world.store.rowsByContact(LIST, [contactId(contact)]);
    return row ?? assert.fail('no row has this contact');
  }

  /** Every update so far, by id. */
  async updates(): Promise<readonly Update[]> {
    const found: Update[] = [];
    for (const side of ['mailchimp', 'civicrm'] as const)
      for (const state of UPDATE_STATES) found.push(...(await this.#world.store.updatesInState(LIST, side, state, null, 1000)));
    return found.toSorted((one, other) => one.id - other.id);
  }
}

/** A history of what people, administrators and the sync do, one after the other; only `passes` moves the clocks. */
export class Scenario {
  readonly world: SyncWorld;
  readonly sync: Sync;
  readonly person: Person;
  readonly mailchimpAdmin: MailchimpAdministrator;
  readonly civi: CiviAdministrator;

  constructor(world: SyncWorld) {
    this.world = world;
    this.sync = new Sync(world);
    this.person = new Person(world);
    this.mailchimpAdmin = new MailchimpAdministrator(world);
    this.civi = new CiviAdministrator(world);
  }

  /** Somebody joins at Mailchimp and has a contact by the sync; a minute later both sides are in step. Answers the contact. */
  async joined(address: string = P1): Promise<number> {
    this.person.subscribes(address, { mergeFields: { FNAME: 'Wilma', LNAME: 'Flintstone' } });
    await this.#comesInStep();
    const [contact] = this.civi.ownersOf(address);
    return contact ?? assert.fail('no contact was made');
  }

  /** An administrator adds a contact, and the sync subscribes it; a minute later both sides are in step. Answers the contact. */
  async added(firstName: string, ...addresses: readonly string[]): Promise<number> {
    const contact = this.civi.creates(firstName, ...addresses);
    this.civi.adds(contact);
    await this.#comesInStep();
    return contact;
  }

  /** Both sides say no: the member was unsubscribed by an administrator at Mailchimp, the contact removed. */
  async left(address: string = P1): Promise<number> {
    const contact = await this.joined(address);
    this.mailchimpAdmin.unsubscribes(address);
    await this.#comesInStep();
    return contact;
  }

  async #comesInStep(): Promise<void> {
    this.webhooksAreLost();
    for (let round = 0; round < 2; round++) {
      this.passes(30);
      await this.sync.run();
      await this.batchesSettle();
    }
    this.passes(60);
  }

  /** Something happens just before the next request that fits reaches its service. */
  justBefore(request: RegExp, act: () => void): void {
    this.world.justBefore(request, act);
  }

  passes(seconds: number): void {
    this.world.time.services.advance(seconds * 1000);
  }

  get now(): number {
    return this.world.time.services.now();
  }

  /** The webhooks that wait arrive, in this order or that of their firing, and are handled. */
  async webhooksArrive(...ids: readonly number[]): Promise<void> {
    const { webhooks } = this.world.mailchimp;
    for (const id of ids.length > 0 ? ids : this.firedWebhooks()) assert.equal(await webhooks.deliver(id), 200);
    await this.sync.handleInbox();
  }

  /** Ids of list webhooks that wait, in order of firing. */
  firedWebhooks(): readonly number[] {
    return this.world.mailchimp.webhooks.waiting().filter((each) => each.listId !== null).map((each) => each.id);
  }

  webhooksAreLost(): void {
    for (const id of this.firedWebhooks()) this.world.mailchimp.webhooks.lose(id);
  }

  /** Mailchimp runs all batches that it has, and says that they are finished. */
  async batchesRun(): Promise<void> {
    const { batches } = this.world.mailchimp;
    for (const { id } of batches.unfinished()) {
      await batches.runAll(id);
      batches.finish(id);
    }
  }

  /** Mailchimp runs what it has, and the sync settles it. */
  async batchesSettle(): Promise<void> {
    await this.batchesRun();
    await this.sync.handleBatches();
  }

  memberRecord(address: string, list: string = LIST): MemberRecord | undefined {
    return this.world.mailchimp.state.lists.find(({ id }) => id === list)?.members.find(({ email }) => email.toLowerCase() === address.toLowerCase());
  }

  /** A member's status, `none` where there is no member. */
  member(address: string, list: string = LIST): string {
    return this.memberRecord(address, list)?.status ?? 'none';
  }

  /** A contact's status in the group, `none` where it has none. */
  group(contact: number, group: number = GROUP): string {
    return this.world.civicrm.tables.groupContact.find('contact_id', contact).find((row) => row.group_id === group)?.status ?? 'none';
  }

  /** Both sides as they are. */
  assertSides(member: readonly [address: string, status: string], contact: readonly [id: number, status: string]): void {
    assert.deepEqual([this.member(member[0]), this.group(contact[0])], [member[1], contact[1]]);
  }

  /** Edits have ended: at most three runs later, one of them full, nothing more is sent to either side [invariants 2 and 5]. */
  async comesToRest(options: RunOptions = {}): Promise<void> {
    this.webhooksAreLost();
    for (const mode of ['incremental', 'full', 'incremental'] as const) {
      this.passes(60);
      await this.sync.run(mode, options);
      this.passes(5);
      await this.batchesSettle();
    }
    const before = this.sync.writes;
    this.passes(60);
    await this.sync.full(options);
    assert.equal(this.sync.writes - before, 0, 'a run without edits has written');
    const open = (await this.sync.rows()).filter((row) => row.syncStatus !== 'ok' && row.syncStatus !== 'fail');
    assert.deepEqual(open.map((row) => row.syncStatus), [], 'rows are left open');
  }

  failReason(address: string): Promise<string | null> {
    return this.sync.row(address).then((row) => (row.syncStatus === 'fail' ? row.failReason : null));
  }
}

export const openScenario = async (options: WorldOptions = {}): Promise<Scenario> => new Scenario(await openWorld(options));
