import assert from 'node:assert/strict';
import type { NodeMessage } from 'node-red';
import helper from 'node-red-node-test-helper';
import { registerConfigNode } from '../../nodes/config/config-node.ts';
import { MINUTE, systemClock, type Clock } from '../../src/base/clock.ts';
import type { HookRow } from '../../src/sync/data/hook-runner.ts';
import { SYNC_PERMISSIONS } from '../../src/simulator/civicrm/keys.ts';
import { startSimulators, type RunningSimulators } from '../../src/simulator/simulators.ts';
import { world } from '../../src/simulator/world.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { openEngine } from '../../src/sync/open-engine.ts';
import { logged, messageAt, messagesAt, useNodeRed, type FlowNode } from './support/flow.ts';
import { FlowServer, readFlow } from './support/served-flow.ts';

const LIST = world.mailchimp.listId;
const PEOPLE = ['wilma@example.org', 'fred@example.org', 'betty@example.org', 'barney@example.org', 'dino@example.org', 'bamm@example.org'];
const [WILMA = ''] = PEOPLE;

/** A message in which a hook has noted what it was shown of its memory. */
type Remembering = HookMessage & { readonly remembered: unknown };

type Changes = Readonly<Record<string, object>>;

/** What a message of a data hooks node looks like. */
interface HookMessage extends NodeMessage {
  readonly topic: string;
  readonly payload: readonly HookRow[];
  readonly hook: { readonly id: string };
}

/** A function node with this text behind the third output of the reference flow's data hooks, and a hook return behind it. */
const hookWith = (func: string, node: object = {}): Changes => ({
  'sync-data-hooks': { hook: 'paid', wires: [['sync-reconcile'], [], ['hook']], ...node },
  hook: { type: 'function', func, outputs: 1, libs: [], wires: [['return']] },
  return: { type: 'mailchimpsync-hook-return', wires: [] },
});

/** Messages stay at a node that gives back nothing. */
const heldBack = (node: object = {}): Changes => ({ ...hookWith('', node), hook: { type: 'helper', wires: [] } });

const PAID = 'msg.payload = msg.payload.map(({ id }) => ({ id, merge_fields: { PAIDTO: "2027-01-31" } })); return msg;';

const errorOf = (message: NodeMessage): { readonly code?: string; readonly message?: string } => (message as { error?: { code?: string; message?: string } }).error ?? {};

/** The store, which the end of an engine does not close. */
const keptOpen = (store: Store): Store =>
  new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name === 'close') return () => Promise.resolve();
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

const begin = (): void => helper.getNode('sync-start').receive({ sync: { mode: 'full' } });

/** A run to its end. */
async function run(): Promise<void> {
  const done = messageAt('sync-done');
  begin();
  await done;
}

/** A run that an error of this code ends, told by the flow's catch node. */
async function runEndsIn(code: string): Promise<string> {
  const told = new Promise<string>((resolve) => {
    helper.getNode('sync-error').on('input', (message) => {
      if (errorOf(message).code === code) resolve(errorOf(message).message ?? '');
    });
  });
  begin();
  return told;
}

const all = (value: string): readonly string[] => PEOPLE.map(() => value);

/** The reference flow with what the example tells to copy: its data hooks, and what hangs on the third output. */
function withExample(civicrmUrl: string): Changes {
  const example = readFlow('examples', '04 membership end date.json');
  const env = [['CIVICRM_URL', civicrmUrl], ['CIVICRM_KEY', world.civicrm.apiKey]].map(([name, value]) => ({ name, value, type: 'str' }));
  const copied = example.filter(({ type }) => !['tab', 'comment', 'debug'].includes(type)).map((node): [string, FlowNode] => [node.id, { ...node, z: 'sync' }]);
  const hooks = example.find(({ type }) => type === 'mailchimpsync-data-hooks') ?? assert.fail('the example has no data hooks');
  return {
    ...Object.fromEntries(copied),
    sync: { env },
    'sync-errors': { type: 'helper', wires: [] }, // the helper loads one catch node a flow
    'sync-identify-changes': { wires: [['paid-hooks']] },
    'paid-hooks': { ...hooks, z: 'sync', wires: [['sync-reconcile'], ...(hooks['wires'] as readonly unknown[]).slice(1)] },
  };
}

/** The reference flow in a real Node-RED with hooks in it, over both services by HTTP. */
describe('hooks in the reference flow', function () {
  this.timeout(60_000);
  useNodeRed();
  const flow = new FlowServer();
  let services: RunningSimulators;
  let store: Store;

  beforeEach(async () => {
    services = await startSimulators({});
    store = await openSqliteStore(':memory:');
    const { mailchimp } = services;
    mailchimp.setup.createMergeField(LIST, { tag: 'PAIDTO', type: 'date' });
    for (const address of PEOPLE) mailchimp.people.subscribe(LIST, address, { mergeFields: { FNAME: 'Wilma', LNAME: 'Flintstone' } });
    services.clock.advance(MINUTE);
  });
  afterEach(async () => {
    await services.close();
    await store.close();
  });

  /** Loads the flow; the store is that of the test, so that it outlives a deployment. */
  async function deploy(changes: Changes): Promise<void> {
    const clock: Clock = { now: () => services.clock.now(), wait: (duration, signal) => systemClock.wait(duration, signal) };
    const kept = keptOpen(store);
    await flow.load((RED) => registerConfigNode(RED, (settings, { log }) => openEngine(settings, { store: kept, clock, log })), JSON.stringify(services.settings), '{}', changes);
  }

  const member = (address: string) => services.mailchimp.state.lists.find(({ id }) => id === LIST)?.members.find(({ email }) => email === address);
  const paidTo = (): readonly unknown[] => PEOPLE.map((address) => member(address)?.mergeFields['PAIDTO'] ?? '');
  const lastChanges = (): readonly unknown[] => PEOPLE.map((address) => member(address)?.lastChanged);
  const statusInGroup = (address: string): string | null | undefined => {
    const { email, groupContact } = services.civicrm.tables;
    const contact = [...email.all()].find((row) => row.email === address)?.contact_id ?? 0;
    return groupContact.find('contact_id', contact).find((row) => row.group_id === world.civicrm.subscriptionGroup.id)?.status;
  };

  it('give members what they say, in arrays of the size set, and nothing twice', async () => {
    for (const [size, arrays] of [[500, [6]], [4, [4, 2]], [1, [1, 1, 1, 1, 1, 1]]] as const) {
      await deploy(hookWith(PAID.replace('2027', String(2027 + size)), { size }));
      const asked = messagesAt('hook') as readonly HookMessage[];
      await run();
      assert.deepEqual(asked.map(({ payload }) => payload.length), arrays);
      assert.deepEqual(paidTo(), all(`${2027 + size}-01-31`));
      const changed = lastChanges();
      services.clock.advance(MINUTE);
      await run();
      assert.deepEqual(lastChanges(), changed);
      await helper.unload();
    }
  });

  it('are never sent more than four arrays that are not answered; each answer lets another go', async () => {
    await deploy(heldBack({ size: 1 }));
    const open: HookMessage[] = [];
    let most = 0;
    let asked = 0;
    const done = messageAt('sync-done');
    helper.getNode('hook').on('input', (message) => {
      open.push(message as HookMessage);
      asked += 1;
      most = Math.max(most, open.length);
      // Two at the end and four before are all that can come without an answer.
      if (open.length === 4 || asked === PEOPLE.length) for (const each of open.splice(0)) helper.getNode('return').receive({ ...each, payload: [] });
    });
    begin();
    await done;
    assert.deepEqual([asked, most], [6, 4]);
  });

  for (const [what, func, code] of [
    ['is silent', 'return null;', 'hook_silent'],
    ['throws', 'throw new Error("no database");', 'hook_silent'],
    ['sets a status', 'msg.payload = msg.payload.map(({ id }) => ({ id, status: "unsubscribed" })); return msg;', 'hook_refused'],
    ['answers for rows that it was not asked about', 'msg.payload = [{ id: 999999, vip: true }]; return msg;', 'hook_refused'],
  ] as const) {
    it(`one that ${what} ends the run in ${code}, nobody is changed by it, and the next run with the hook mended does all`, async () => {
      await deploy(hookWith(func, { timeout: '0.2' }));
      await runEndsIn(code);
      assert.ok(PEOPLE.every((address) => member(address)?.status === 'subscribed'));
      await helper.unload();
      await deploy(hookWith(PAID));
      await run();
      assert.deepEqual(paidTo(), all('2027-01-31'));
    });

    it(`one that ${what} costs its rows where the node says to skip, and the run does everything else`, async () => {
      await deploy(hookWith(PAID));
      await run();
      await helper.unload();
      services.clock.advance(MINUTE);
      services.mailchimp.people.unsubscribe(LIST, WILMA);
      services.clock.advance(MINUTE);
      await deploy(hookWith(func, { timeout: '0.2', onFailure: 'skip' }));
      await run();
      assert.match(logged(), /rows are skipped/);
      assert.deepEqual([paidTo(), statusInGroup(WILMA)], [all('2027-01-31'), 'Removed']);
    });
  }

  it('one that throws is told at once where a catch node is wired to the hook return', async () => {
    await deploy({ ...hookWith('throw new Error("no database");', { timeout: 3600 }), 'sync-errors': { wires: [['return', 'sync-error']] } });
    assert.match(await runEndsIn('hook_failed'), /The hook failed on its way: .*no database/);
  });

  it('one that answers twice is told so at the hook return, and the run goes on', async () => {
    await deploy(hookWith(`node.send(RED.util.cloneMessage({ ...msg, payload: msg.payload.map(({ id }) => ({ id, vip: true })) })); return msg;`));
    const told = new Promise<void>((resolve) => {
      helper.getNode('sync-error').on('input', (message) => { if (errorOf(message).code === 'hook_unknown') resolve(); });
    });
    await Promise.all([run(), told]);
    assert.ok(PEOPLE.every((address) => member(address)?.vip === true));
  });

  it('a slow one that answers after the time is over is told so, and what it brought is not taken', async () => {
    await deploy(heldBack({ timeout: '0.2', onFailure: 'skip' }));
    const asked = messageAt('hook') as Promise<HookMessage>;
    await run();
    const late = await asked;
    const told = messageAt('sync-error');
    helper.getNode('return').receive({ ...late, payload: late.payload.map(({ id }) => ({ id, vip: true })) });
    assert.equal(errorOf(await told).code, 'hook_unknown');
    await run();
    assert.ok(PEOPLE.every((address) => member(address)?.vip !== true));
  });

  it('the message before the rows comes once, and its branch loads what the rows need', async () => {
    await deploy({
      ...hookWith('if (msg.topic === "pre") { context.set("until", "2031-05-01"); return msg; } msg.payload = msg.payload.map(({ id }) => ({ id, merge_fields: { PAIDTO: context.get("until") } })); return msg;', {
        size: 2,
        wires: [['sync-reconcile'], ['hook'], ['hook']],
      }),
    });
    const asked = messagesAt('hook') as readonly HookMessage[];
    await run();
    assert.deepEqual(asked.map(({ topic }) => topic), ['pre', 'rows', 'rows', 'rows']);
    assert.deepEqual(paidTo(), all('2031-05-01'));
  });

  it('several, one behind the other, each with a name of its own, keep apart what they say and remember', async () => {
    const changes: Changes = {
      ...hookWith('msg.remembered = msg.payload[0].memory; msg.payload = msg.payload.map(({ id, memory }) => ({ id, merge_fields: { PAIDTO: "2027-01-31" }, memory: { runs: (memory?.runs ?? 0) + 1 } })); return msg;', { wires: [['second'], [], ['hook']] }),
      second: { type: 'mailchimpsync-data-hooks', config: 'sync-config', hook: 'gave', wires: [['sync-reconcile'], [], ['giving']] },
      giving: { type: 'function', func: 'msg.remembered = msg.payload[0].memory; msg.payload = msg.payload.map(({ id, memory }) => ({ id, tags: [memory ? "gave again" : "gave"], memory: "seen" })); return msg;', outputs: 1, libs: [], wires: [['return']] },
    };
    await deploy(changes);
    const [paid, gave] = [messagesAt('hook') as readonly Remembering[], messagesAt('giving') as readonly Remembering[]];
    await run();
    await run();
    assert.deepEqual([paid.map(({ remembered }) => remembered), gave.map(({ remembered }) => remembered)], [[null, { runs: 1 }], [null, 'seen']]);
    const tags = new Map(services.mailchimp.state.lists.find(({ id }) => id === LIST)?.tags.map(({ id, name }) => [id, name]));
    assert.deepEqual(member(WILMA)?.tags.map(({ id }) => tags.get(id)).toSorted(), ['gave', 'gave again']);
    assert.deepEqual(paidTo(), all('2027-01-31'));
  });

  it('one that is deployed away in the middle is not waited for; the run goes on from before it, without it', async () => {
    await deploy(heldBack({ timeout: 3600, size: 2 }));
    const asked = messageAt('hook');
    begin();
    await asked;
    await helper.unload();
    await deploy({});
    const done = messageAt('sync-done') as Promise<NodeMessage & { readonly sync: { readonly runId: string } }>;
    begin();
    const { sync } = await done;
    assert.equal((await store.runs(LIST as never, 10)).filter(({ id }) => id === sync.runId).length, 1);
    assert.deepEqual((await store.runs(LIST as never, 10)).map(({ state }) => state), ['done']);
    assert.ok(PEOPLE.every((address) => statusInGroup(address) === 'Added'));
  });

  it('the example gives members the end date of their membership, from CiviCRM to Mailchimp', async () => {
    await deploy({});
    await run(); // contacts are made
    await helper.unload();
    const { civicrm } = services;
    const contactOf = (address: string): number => [...civicrm.tables.email.all()].find((row) => row.email === address)?.contact_id ?? assert.fail(address);
    civicrm.setPermissions(world.civicrm.apiKey, [...SYNC_PERMISSIONS, 'access CiviMember']);
    const membership = civicrm.records.addMembership(contactOf(WILMA), { endDate: '2027-02-28' });
    civicrm.records.addMembership(contactOf(WILMA), { endDate: '2026-02-28', status: 'Expired' });
    civicrm.records.addMembership(contactOf('fred@example.org'), { endDate: '2026-12-31' });
    await deploy(withExample(services.urls.civicrm));
    await run();
    assert.deepEqual(paidTo(), ['2027-02-28', '2026-12-31', '', '', '', '']);
    civicrm.records.renewMembership(membership, '2028-02-29');
    await run();
    assert.deepEqual(paidTo(), ['2028-02-29', '2026-12-31', '', '', '', '']);
    civicrm.records.deleteMembership(membership);
    await run();
    assert.deepEqual(paidTo(), ['2026-02-28', '2026-12-31', '', '', '', '']);
    civicrm.setPermissions(world.civicrm.apiKey, SYNC_PERMISSIONS);
    await run();
    assert.match(logged(), /6 rows are skipped: The hook failed on its way: .*CiviCRM answered with status 403/);
    assert.deepEqual(paidTo(), ['2026-02-28', '2026-12-31', '', '', '', '']);
  });
});
