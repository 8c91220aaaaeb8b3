import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { Duration } from '../../src/base/clock.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import type { StoreSettings } from '../../src/settings/settings.ts';
import { startSimulators, type RunningSimulators } from '../../src/simulator/simulators.ts';
import { world } from '../../src/simulator/world.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { openEngine } from '../../src/sync/open-engine.ts';
import { query } from '../store/mysql-place.ts';
import type { Fate } from './deadly.ts';
import { hurried } from './hurried.ts';
import type { Given } from './killed-process.ts';
import { sync, type Job } from './sync.ts';
import { Traffic, type Written } from './traffic.ts';

/** Where the processes keep their compiled sources: it halves the time that one takes to begin. */
const COMPILED = join(tmpdir(), 'mailchimpsync-test-compiled');
const PROCESS = fileURLToPath(new URL('./killed-process.ts', import.meta.url));
const FULL: Job = { kind: 'run', mode: 'full' };
export const INBOX: Job = { kind: 'inbox' };
const INCREMENTAL: Job = { kind: 'run', mode: 'incremental' };
/** Runs that a first sync may take after it was cut off: a refusal asks for a second, and a third finds what that changed. */
const MOST_RUNS = 5;

/** A process that syncs. */
export interface SyncProcess {
  readonly processId: number;
  /** How it ended: its code or the signal that ended it, and what it said. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly said: string }>;
}

export interface WorldOptions {
  readonly people: number;
  /** Updates go one by one, not in batches. */
  readonly singly?: boolean;
  /** A file of the world's own unless given. */
  readonly store?: StoreSettings;
  /** How this process reaches the same store, where that differs: at another node of a cluster. */
  readonly reachedAt?: StoreSettings;
}

/** Simulated services in this process, and a store that processes share. */
export class World {
  readonly simulators: RunningSimulators;
  readonly #store: StoreSettings;
  readonly #reachedAt: StoreSettings;
  readonly #directory: string;
  readonly #singly: boolean;
  readonly traffic: Traffic;

  private constructor(simulators: RunningSimulators, directory: string, singly: boolean, store: StoreSettings, reachedAt: StoreSettings) {
    this.simulators = simulators;
    this.#directory = directory;
    this.#store = store;
    this.#reachedAt = reachedAt;
    this.#singly = singly;
    this.traffic = new Traffic(simulators);
  }

  static async open({ people, singly = false, store, reachedAt }: WorldOptions): Promise<World> {
    const directory = await mkdtemp(join(tmpdir(), 'mailchimpsync-test-'));
    const lies = store ?? { kind: 'sqlite', file: join(directory, 'store.sqlite') };
    return new World(await startSimulators({ people }), directory, singly, lies, reachedAt ?? lies);
  }

  get settings(): object {
    const settings = this.simulators.settings as { lists: Record<string, object> };
    return { ...settings, lists: { [world.mailchimp.listId]: { ...settings.lists[world.mailchimp.listId], submitSingly: this.#singly ? 1000 : 0 } } };
  }

  /** A process that does a job until it dies at a place, or `kill` kills it. */
  async dies(place: string | undefined, job: Job = FULL): Promise<void> {
    const { code, signal } = await this.starts(place, 'SIGKILL', job).ended;
    assert.equal(signal, 'SIGKILL', `the process got past "${place}", and ended with ${code}`);
  }

  /** A process that does a job, at a place of which it meets its fate. */
  starts(place: string | undefined, fate: Fate = 'SIGKILL', job: Job = FULL): SyncProcess {
    const given: Given = { settings: this.settings, store: this.#store, fate, job, ...(place === undefined ? {} : { place }) };
    const child = spawn(process.execPath, [PROCESS, JSON.stringify(given)], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_COMPILE_CACHE: COMPILED } });
    this.kill = () => void child.kill('SIGKILL');
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => ({ code: code as number | null, signal: signal as string | null, said: said.trim() }));
    return { processId: child.pid ?? 0, ended };
  }

  /** All that was written to both services so far. */
  get written(): readonly string[] {
    return [...this.traffic.toMembers, ...this.traffic.toCivicrm].map(({ what, body }) => `${what} ${body}`);
  }

  /** Kills the process that is at work. */
  kill: () => void = () => undefined;

  /** An engine of this process, by the clock of which it is so much later. */
  async engine(later: Duration = 0): Promise<Engine> {
    return openEngine(readSettings(this.settings, { env: {}, secrets: {} }), { store: await openStore(this.#reachedAt, { userDirectory: this.#directory }), clock: hurried(later) });
  }

  /** Another process (this one) goes on until nothing is left to do. */
  async goesOn(later: Duration = 0): Promise<void> {
    const engine = await this.engine(later);
    try {
      for (let run = 0; run < MOST_RUNS; run++) {
        await sync(engine, INBOX);
        const started = await sync(engine, run === 0 ? FULL : INCREMENTAL);
        assert.notEqual(started?.kind, 'not_started', 'busy, although its holder is dead');
        const [status] = await engine.status();
        if (run > 0 && status?.rows.todo === 0 && status.rows.live === 0) return;
      }
      assert.fail(`rows are left open: ${JSON.stringify((await engine.status())[0]?.rows)}`);
    } finally {
      await engine.close();
    }
  }

  /** A member in step leaves by itself, and the webhook of it comes in. Answers the contact. */
  async somebodyUnsubscribes(): Promise<number> {
    const { mailchimp, civicrm } = this.simulators;
    const { listId } = world.mailchimp;
    const contactOf = (address: string): number | undefined => {
      const [owner, ...others] = civicrm.tables.email.find('email', address);
      const isInStep = owner !== undefined && others.length === 0 && this.groupHistory(owner.contact_id!).join() === 'Added';
      return isInStep ? owner.contact_id! : undefined;
    };
    const member = mailchimp.state.lists[0]?.members.find(({ status, email }) => status === 'subscribed' && contactOf(email) !== undefined) ?? assert.fail('nobody is in step');
    assert.ok(mailchimp.people.unsubscribe(listId, member.email));
    const data = { action: 'unsub', reason: 'manual', id: '0123456789', email: member.email, list_id: listId };
    const firedAt = new Date(this.simulators.clock.now()).toISOString().slice(0, 19).replace('T', ' ');
    const engine = await this.engine();
    const answer = await engine.receiveWebhook({ method: 'POST', query: { secret: world.webhookSecret }, headers: {}, body: { type: 'unsubscribe', fired_at: firedAt, data } });
    await engine.close();
    assert.equal(answer.status, 200);
    return contactOf(member.email)!;
  }

  /** What was written of a contact in the subscription group, oldest first. */
  groupHistory(contact: number): readonly string[] {
    const rows = this.simulators.civicrm.tables.subscriptionHistory.find('contact_id', contact);
    return rows.filter(({ group_id: group }) => group === world.civicrm.subscriptionGroup.id).map(({ status }) => status ?? '');
  }

  /** Everybody is as foretold (save so many who did something since), nothing was done twice, nothing is left behind. */
  async assertInStep({ otherwise: expected = 0 }: { readonly otherwise?: number } = {}): Promise<void> {
    const count = async (sql: string): Promise<number> => Number((await this.#query(`SELECT count(*) AS count FROM ${sql}`))[0]?.['count']);
    const fails = await this.#query("SELECT mailchimp_email AS email, civicrm_contact_id AS contactId, fail_reason AS reason FROM mailchimpsync_cache WHERE sync_status = 'fail'");
    const otherwise = this.simulators.judge(fails as unknown as Parameters<RunningSimulators['judge']>[0]).filter(({ differences }) => differences.length > 0);
    assert.equal(otherwise.length, expected, `people who are not as foretold: ${JSON.stringify(otherwise)}`);
    assert.deepEqual(this.doubledContacts(), [], 'contacts made twice, or without their address');
    assert.deepEqual(repeated(this.traffic.toMembers), [], 'updates sent to Mailchimp twice');
    assert.deepEqual(repeated(this.traffic.operations.map((id) => ({ what: id, body: '' }))), [], 'operations sent twice');
    assert.deepEqual(this.#groupWritesTwice(), [], 'memberships written twice');
    assert.equal(await count('mailchimpsync_cache WHERE claimed_by IS NOT NULL'), 0, 'rows are left claimed');
    assert.equal(await count("mailchimpsync_update WHERE state IN ('planned', 'queued', 'sending', 'submitted')"), 0, 'updates are left open');
    assert.equal(await count("mailchimpsync_batch WHERE state IN ('sending', 'submitted')"), 0, 'batches are left open');
    assert.equal(await count('mailchimpsync_creation_claim'), 0, 'creation claims are left');
    assert.equal(await count("mailchimpsync_run WHERE state = 'running'"), 0, 'a run is left running');
    assert.equal(await count('mailchimpsync_inbox WHERE handled_at IS NULL'), 0, 'webhooks are left in the inbox');
  }

  /** A question past the sync's own code. */
  async #query(sql: string): Promise<readonly Record<string, unknown>[]> {
    if (this.#reachedAt.kind === 'mysql') return query(this.#reachedAt.url, sql);
    const database = new DatabaseSync(this.#reachedAt.file ?? '', { readOnly: true });
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  }

  /** Contacts that the sync made for an address that another of them has, or for none. */
  doubledContacts(): readonly number[] {
    const { contact, email } = this.simulators.civicrm.tables;
    const seen = new Set<string>();
    const doubled: number[] = [];
    for (const { id, source, is_deleted } of contact.all()) {
      if (source !== 'mailchimpsync' || is_deleted) continue;
      const addresses = email.find('contact_id', id).map((row) => row.email ?? '');
      if (addresses.length !== 1 || seen.has(addresses[0]!)) doubled.push(id);
      for (const address of addresses) seen.add(address);
    }
    return doubled;
  }

  /** History rows of ours that say of a contact and group what ours had said before. */
  #groupWritesTwice(): readonly string[] {
    const rows = [...this.simulators.civicrm.tables.subscriptionHistory.all()].filter(({ tracking }) => tracking?.startsWith('mailchimpsync:'));
    return repeated(rows.map((row) => ({ what: `contact ${row.contact_id}`, body: `group ${row.group_id} ${row.status}` })));
  }

  async close(): Promise<void> {
    await this.simulators.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

const repeated = (writes: readonly Written[]): readonly string[] => {
  const texts = writes.map(({ what, body }) => `${what} ${body}`);
  return texts.filter((text, index) => texts.indexOf(text) !== index);
};
