import { HOUR, SECOND } from '../../src/base/clock.ts';
import { codeOf } from '../../src/base/errors.ts';
import { listId, type ListId } from '../../src/base/ids.ts';
import type { StageName } from '../../src/store/entities.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { STAGES } from '../../src/sync/stages.ts';
import type { Audience } from './audience.ts';
import { CivicrmActs } from './civicrm-acts.ts';
import type { Action, Control, History, HistoryOptions } from './history.ts';
import { actAsHuman, isHuman } from './human.ts';
import { Crash, Job } from './jobs.ts';
import { Network } from './network.ts';
import { seeded, startProcess } from './process.ts';
import { SyncStore, usersOf } from './sync-store.ts';
import { Watch } from './watch.ts';
import { World } from './world.ts';

const signal = new AbortController().signal;

/** The longest transaction of an administrator. */
const WRITER = 20 * SECOND;

/** Plays a history on the real stages, store and simulators. */
export class Play {
  readonly options: HistoryOptions;
  readonly world: World;
  readonly watch: Watch;
  readonly store = new SyncStore();
  readonly #network: Network;
  readonly #civicrm: CivicrmActs;
  readonly #random = seeded();
  #engines: Engine[] = [];
  /** Of processes that died unnoticed. */
  readonly #lost: Engine[] = [];
  #jobs: Job[] = [];
  /** How many jobs there have been. */
  #begun = 0;
  /** Truth of an audience that the sync had all heard of: where runs began that left nothing open. */
  readonly marks: { readonly list: string; readonly seq: number }[] = [];
  /** Errors of jobs that nothing explains. */
  readonly errors: string[] = [];
  /** Writes and updates of a further run, when everything was quiet. */
  more = 0;
  #hasFaults = false;

  constructor(options: HistoryOptions) {
    this.options = options;
    this.world = new World(
      options,
      {
        isAtWork: () => this.#jobs.length > 0,
        knows: (contact, list) => this.store.rows(list).some((row) => usersOf(row).includes(contact)),
        addressesUnderWay: (list) => this.#addressesUnderWay(list),
        membersOf: (contact, list) => this.store.rows(list).flatMap((row) => (row.contactId === contact && row.memberContactId !== null ? [row.memberContactId] : [])),
      },
      (body, secret) => this.#receive(body, secret),
    );
    this.watch = new Watch(this.world);
    this.watch.civicrm(undefined);
    this.#network = new Network(this.world, this.watch);
    this.#civicrm = new CivicrmActs(this.world, this.watch);
  }

  /** Plays all of it, then lets edits stop and the sync come to rest. */
  async all({ actions }: History): Promise<void> {
    for (let process = 0; process < this.options.processes; process++) this.#engines.push(await this.#start());
    for (const action of actions) await this.#do(action);
    await this.#comeToRest();
  }

  async close(): Promise<void> {
    await Promise.all(this.#jobs.map((job) => job.kill()));
    for (const engine of [...this.#engines, ...this.#lost]) await engine.close();
    this.store.close();
  }

  async #do([act, one = 0, two = 0, three = 0, four = 0]: Action): Promise<void> {
    if (!isHuman(act)) return this.#control(act, one, two, three);
    this.#network.during(() => actAsHuman(act, { world: this.world, audience: this.world.audience(four), civicrm: this.#civicrm, person: one, which: two, number: three }));
    this.watch.mailchimp();
    this.watch.civicrm(undefined);
  }

  async #control(act: Control, one: number, two: number, three: number): Promise<void> {
    switch (act) {
      case 'tick':
        return this.#tick(one * SECOND);
      case 'hours':
        return this.#tick(one * HOUR);
      case 'run':
        return this.#beginRun(one ? 'full' : 'incremental', this.world.audience(two));
      case 'batches':
        return this.#begin('batch handler', async (engine) => void (await engine.handleBatches({ signal })));
      case 'inbox':
        return this.#begin('webhook handler', async (engine) => void (await engine.handleInbox({ signal })));
      case 'step':
        return this.#step(two, one || 1);
      case 'finish':
        return this.#finish();
      case 'crash':
        return this.#crash(one, two === 1);
      case 'deliver':
        return this.#network.deliver(one);
      case 'double':
        return this.#network.deliverCopy(one);
      case 'lose':
        return this.#network.lose(one);
      case 'execute':
        return this.#network.execute(one, two, three);
      case 'executeAll':
        return this.#network.executeAll();
      case 'fault':
        this.#hasFaults = true;
        return this.#network.plan(one);
    }
  }

  #tick(by: number): void {
    this.world.clock.advance(by);
    this.#civicrm.commitBefore(this.world.clock.now() - WRITER);
    this.watch.civicrm(undefined);
  }

  // Jobs

  #start(): Promise<Engine> {
    return startProcess({ world: this.world, watch: this.watch, store: this.store, options: this.options, random: this.#random });
  }

  /** Processes take jobs in turn; each has one of a kind. */
  #begin(name: string, work: (engine: Engine) => Promise<void>, audience: Audience | null = null): void {
    const process = this.#begun % this.#engines.length;
    const inTheWay = this.options.atOnce ? this.#jobs.some((job) => job.process === process && kindOf(job.name) === kindOf(name)) : this.#jobs.length > 0;
    if (inTheWay) return;
    this.#begun += 1;
    this.world.tell(`   -- ${name} begins`);
    this.#jobs.push(new Job({ name, process, audience, began: this.world.sequence.now }, () => work(this.#engines[process]!)));
  }

  #beginRun(mode: 'full' | 'incremental', audience: Audience): void {
    const name = `${mode === 'full' ? 'full ' : ''}run`;
    this.#begin(audience === this.world.audience(0) ? name : `${audience.binding.list} ${name}`, (engine) => this.#run(engine, mode, listId(audience.binding.list)), audience);
  }

  /** Whether it began anew, or went on with a run that a crash left. */
  async #run(engine: Engine, mode: 'full' | 'incremental', list: ListId): Promise<void> {
    const begun = await engine.start(list, { mode, since: null, withData: this.options.withData, dryRun: false });
    if (begun.kind === 'not_started') return;
    this.#resumed = begun.kind === 'resumed';
    for (const stage of Object.keys(STAGES) as StageName[]) await engine.runStage(stage, begun.run.id, { signal, last: stage === 'submit' });
  }
  #resumed = false;

  async #step(which: number, effects: number): Promise<void> {
    const job = this.#jobs[which % (this.#jobs.length || 1)];
    await job?.step(effects);
    this.#clearEnded();
  }

  async #finish(): Promise<void> {
    await Promise.all(this.#jobs.map((job) => job.finish()));
    this.#clearEnded();
  }

  /** @param unnoticed as on another machine: nobody knows that the process is dead, its leases and claims have to run out */
  async #crash(which: number, unnoticed: boolean): Promise<void> {
    const atWork = [...new Set(this.#jobs.map((job) => job.process))];
    const process = atWork[which % (atWork.length || 1)];
    if (process === undefined) return;
    this.world.tell(`   -- CRASH${atWork.length > 1 ? ` of process ${process}` : ''}${unnoticed ? ', unnoticed' : ''}`);
    await Promise.all(this.#jobs.filter((job) => job.process === process).map((job) => job.kill()));
    this.#jobs = this.#jobs.filter((job) => job.process !== process);
    if (unnoticed) this.#lost.push(this.#engines[process]!);
    else await this.#engines[process]?.close();
    this.#engines[process] = await this.#start();
  }

  #clearEnded(): void {
    for (const job of this.#jobs.filter(({ isOver }) => isOver)) {
      const begun = this.world.timeline.at(-1)?.endsWith(`-- ${job.name} begins`);
      if (begun && job.failure === null) this.world.timeline.pop(); // it had nothing to do
      else this.world.tell(`   -- ${job.name} ${job.failure === null ? 'ends' : `fails: ${job.failure.message}`}`);
      if (job.failure !== null && !this.#isExpected(job.failure)) this.errors.push((job.failure.stack ?? job.failure.message).split('\n').slice(0, 4).join('\n'));
      const list = job.failure === null ? job.audience?.binding.list : undefined;
      if (list !== undefined && this.store.openUpdates(list).length === 0 && this.store.inbox(list).length === 0) this.marks.push({ list, seq: job.began });
    }
    this.#jobs = this.#jobs.filter(({ isOver }) => !isOver);
  }

  /** Rows that kept changing while jobs ran at the same time, a run that another process took over after hours; and faults that were asked for. */
  #isExpected(failure: Error): boolean {
    const code = codeOf(failure);
    return failure instanceof Crash || (this.options.atOnce && (code === 'busy' || code === 'lease_lost')) || (this.#hasFaults && code.startsWith('mailchimp_'));
  }

  #addressesUnderWay(list: string): readonly string[] {
    const rows = new Map(this.store.rows(list).map((row) => [row.id, row.email]));
    return [...this.store.openUpdates(list), ...this.store.ghosts(list)].flatMap((update) => (update.side === 'mailchimp' ? [(update.rowId && rows.get(update.rowId)) ?? update.email] : []));
  }

  async #receive(body: string, secret: string): Promise<number> {
    const { status } = await this.#engines[0]!.receiveWebhook({ method: 'POST', query: { secret }, body, headers: {} });
    return status;
  }

  // The end

  async #comeToRest(): Promise<void> {
    this.world.tell('-- edits stop');
    this.#civicrm.commitBefore(Number.POSITIVE_INFINITY);
    this.watch.civicrm(undefined);
    await this.#finish();
    this.#network.clearFaults();
    this.#hasFaults = false;
    await this.#network.executeAll();
    await this.#network.deliverAll();
    if (this.#lost.length > 0) this.#tick(HOUR);
    await this.#inTurn([['tick', 10], ['inbox'], ['batches']]);
    await this.#cycle(0);
    if ((await this.#cycle(1)) === 0) return; // a full run that writes nothing is the further run
    await this.#cycle(0);
    this.world.tell('-- a further run');
    this.more = await this.#cycle(1);
  }

  /** A run of each audience and what follows from it; how many writes and updates there were. */
  async #cycle(full: number): Promise<number> {
    const done = (): number => this.world.audiences.reduce((sum, { binding }) => sum + this.store.countUpdates(binding.list), this.watch.writes);
    const before = done();
    for (const [which] of this.world.audiences.entries()) {
      await this.#inTurn([['tick', 10], ['run', full, which]]);
      if (this.#resumed) await this.#inTurn([['run', full, which]]);
    }
    await this.#inTurn([['executeAll'], ['tick', 10], ['batches'], ['inbox']]);
    await this.#network.deliverAll();
    await this.#inTurn([['inbox']]);
    return done() - before;
  }

  async #inTurn(actions: readonly Action[]): Promise<void> {
    for (const action of actions) {
      await this.#do(action);
      await this.#finish();
    }
  }
}

const kindOf = (name: string): string => name.split(' ').at(-1) ?? '';
