import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import type { SimulatedRequest } from '../../src/simulator/service.ts';
import { startSimulators, type RunningSimulators } from '../../src/simulator/simulators.ts';
import { world } from '../../src/simulator/world.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { openEngine } from '../../src/sync/open-engine.ts';
import { LEASE } from '../../src/sync/stage.ts';
import type { Given } from './killed-process.ts';
import { sync, type Job } from './sync.ts';

const PROCESS = fileURLToPath(new URL('./killed-process.ts', import.meta.url));
const FULL: Job = { kind: 'run', mode: 'full' };
const INCREMENTAL: Job = { kind: 'run', mode: 'incremental' };
/** Runs that a first sync may take after it was cut off: a refusal asks for a second, and a third finds what that changed. */
const MOST_RUNS = 5;

/** A clock that moves on by what is waited for, at once, save for the renewal of a lease. */
function hurried(): Clock {
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    wait: async (duration, signal) => {
      if (duration === LEASE / 3) return systemClock.wait(duration, signal);
      ahead += duration;
    },
  };
}

/** A write that a service was asked for, with its body. */
interface Written {
  readonly what: string;
  readonly body: string;
}

/** Simulated services in this process, and a store in a file that processes share one after the other. */
export class World {
  readonly simulators: RunningSimulators;
  readonly file: string;
  readonly #directory: string;
  readonly #singly: boolean;
  /** Writes to members, singly or in batches. */
  readonly toMembers: Written[] = [];
  /** Ids of operations that batches held. */
  readonly operations: string[] = [];
  /** Writes to CiviCRM. */
  readonly toCivicrm: Written[] = [];
  /** Called with each request before it is handled. */
  arrives: (what: string) => void = () => undefined;

  private constructor(simulators: RunningSimulators, directory: string, singly: boolean) {
    this.simulators = simulators;
    this.#directory = directory;
    this.file = join(directory, 'store.sqlite');
    this.#singly = singly;
    this.#listen();
  }

  static async open({ people, singly = false }: { readonly people: number; readonly singly?: boolean }): Promise<World> {
    return new World(await startSimulators({ people }), await mkdtemp(join(tmpdir(), 'mailchimpsync-test-')), singly);
  }

  get settings(): object {
    const settings = this.simulators.settings as { lists: Record<string, object> };
    return { ...settings, lists: { [world.mailchimp.listId]: { ...settings.lists[world.mailchimp.listId], submitSingly: this.#singly ? 1000 : 0 } } };
  }

  /** A process that does a job until it dies at a place, or `dies` kills it. */
  async dies(place: string | undefined, job: Job = FULL): Promise<void> {
    const given: Given = { settings: this.settings, file: this.file, job, ...(place === undefined ? {} : { place }) };
    const child = spawn(process.execPath, [PROCESS, JSON.stringify(given)], { stdio: ['ignore', 'inherit', 'inherit'] });
    this.kill = () => void child.kill('SIGKILL');
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    assert.equal(signal, 'SIGKILL', `the process got past the place, and ended with ${code}`);
  }

  /** Kills the process that is at work. */
  kill: () => void = () => undefined;

  async engine(): Promise<Engine> {
    return openEngine(readSettings(this.settings, { env: {}, secrets: {} }), { store: await openSqliteStore(this.file), clock: hurried() });
  }

  /** Another process (this one) goes on until nothing is left to do. */
  async goesOn(): Promise<void> {
    const engine = await this.engine();
    try {
      for (let run = 0; run < MOST_RUNS; run++) {
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

  /** Everybody is as foretold, nothing was done twice, nothing is left behind. */
  assertInStep(): void {
    const database = new DatabaseSync(this.file, { readOnly: true });
    try {
      const count = (sql: string): number => (database.prepare(`SELECT count(*) AS count FROM ${sql}`).get() as { count: number }).count;
      const fails = database.prepare("SELECT mailchimp_email AS email, civicrm_contact_id AS contactId, fail_reason AS reason FROM mailchimpsync_cache WHERE sync_status = 'fail'").all();
      const otherwise = this.simulators.judge(fails as unknown as Parameters<RunningSimulators['judge']>[0]).filter(({ differences }) => differences.length > 0);
      assert.deepEqual(otherwise.map(({ kind, differences }) => [kind, ...differences]), [], 'people who are not as foretold');
      assert.deepEqual(this.doubledContacts(), [], 'contacts made twice, or without their address');
      assert.deepEqual(repeated(this.toMembers), [], 'updates sent to Mailchimp twice');
      assert.deepEqual(repeated(this.operations.map((id) => ({ what: id, body: '' }))), [], 'operations sent twice');
      assert.deepEqual(this.#groupWritesTwice(), [], 'memberships written twice');
      assert.equal(count('mailchimpsync_cache WHERE claimed_by IS NOT NULL'), 0, 'rows are left claimed');
      assert.equal(count("mailchimpsync_update WHERE state IN ('planned', 'queued', 'sending', 'submitted')"), 0, 'updates are left open');
      assert.equal(count("mailchimpsync_batch WHERE state IN ('sending', 'submitted')"), 0, 'batches are left open');
      assert.equal(count('mailchimpsync_creation_claim'), 0, 'creation claims are left');
      assert.equal(count("mailchimpsync_run WHERE state = 'running'"), 0, 'a run is left running');
      assert.equal(count('mailchimpsync_inbox WHERE handled_at IS NULL'), 0, 'webhooks are left in the inbox');
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

  /** Listens to what both services are asked, and keeps the writes. */
  #listen(): void {
    const { mailchimp, civicrm } = this.simulators;
    const answerMailchimp = mailchimp.handle.bind(mailchimp);
    const answerCivicrm = civicrm.handle.bind(civicrm);
    mailchimp.handle = (request) => {
      this.#hearMailchimp(request);
      return answerMailchimp(request);
    };
    civicrm.handle = (request) => {
      this.arrives(`${request.method} ${request.path}`);
      if (!/\/get[A-Za-z]*$/.test(request.path)) this.toCivicrm.push({ what: request.path, body: Buffer.from(request.body).toString() });
      return answerCivicrm(request);
    };
  }

  #hearMailchimp({ method, path, body }: SimulatedRequest): void {
    this.arrives(`${method} ${path}`);
    if (method === 'GET') return;
    const text = Buffer.from(body).toString();
    if (path !== '/3.0/batches') {
      this.toMembers.push({ what: `${method} ${path}`, body: text });
      return;
    }
    for (const operation of (JSON.parse(text) as { operations: { method: string; path: string; body?: string; operation_id: string }[] }).operations) {
      this.operations.push(operation.operation_id);
      this.toMembers.push({ what: `${operation.method} /3.0${operation.path}`, body: operation.body ?? '' });
    }
  }
}

const repeated = (writes: readonly Written[]): readonly string[] => {
  const texts = writes.map(({ what, body }) => `${what} ${body}`);
  return texts.filter((text, index) => texts.indexOf(text) !== index);
};
