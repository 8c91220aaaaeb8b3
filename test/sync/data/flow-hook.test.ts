import assert from 'node:assert/strict';
import { SyncError } from '../../../src/base/errors.ts';
import type { RunMode } from '../../../src/store/entities.ts';
import type { HookRow, HookRunner } from '../../../src/sync/data/hook-runner.ts';
import { changesContact, DATA, mergeFieldAt, tagsAt } from '../../support/data-scenario.ts';
import { openScenario, P1, P2, P3, type Scenario } from '../../support/scenario.ts';
import { closeWorlds, LIST } from '../../support/sync-world.ts';

type Answer = (rows: readonly HookRow[]) => unknown;
type Hook = HookRunner & { readonly asked: (readonly HookRow[])[]; readonly events: string[] };

/** A hook that answers by a function; what it was asked is kept. */
function hookThat(answer: Answer, more: Partial<HookRunner> = {}): Hook {
  const asked: (readonly HookRow[])[] = [];
  const events: string[] = [];
  return {
    asked,
    events,
    name: 'paid',
    size: 500,
    window: 4,
    everybody: false,
    before: () => {
      events.push('before');
      return Promise.resolve('ready' as const);
    },
    rows: async (_run, rows, read) => {
      asked.push(rows);
      events.push('rows');
      return read(answer(rows));
    },
    ...more,
  };
}

/** A run whose data hooks nodes have these hooks, one behind the other. */
const run = (s: Scenario, ...hooks: readonly HookRunner[]): Promise<void> => runOf('full', s, hooks);
const incremental = (s: Scenario, ...hooks: readonly HookRunner[]): Promise<void> => runOf('incremental', s, hooks);

async function runOf(mode: RunMode, s: Scenario, hooks: readonly HookRunner[]): Promise<void> {
  const id = await s.sync.begin(mode, DATA);
  await s.sync.goOn(id, { before: 'dataHooks' });
  const signal = new AbortController().signal;
  for (const hook of hooks) await s.sync.engine.runStage('dataHooks', id, { signal, hook });
  await s.sync.goOn(id);
}

const paying = (until: string): Answer => (rows) => rows.map(({ id }) => ({ id, merge_fields: { PAIDTO: until } }));

const titled = (title: string): HookRunner => hookThat((rows) => rows.map(({ id }) => ({ id, merge_fields: { TITLE: title } })));

async function withField(): Promise<Scenario> {
  const s = await openScenario();
  s.world.mailchimp.setup.createMergeField(LIST, { tag: 'PAIDTO', type: 'date' });
  return s;
}

describe('a hook of the flow', () => {
  closeWorlds();

  it('says what members get, once: the same output sends nothing', async () => {
    const s = await withField();
    await s.joined(P1);
    await run(s, hookThat(paying('2027-01-31')));
    assert.equal(mergeFieldAt(s, P1, 'PAIDTO'), '2027-01-31');
    await run(s);
    const before = s.sync.writes;
    await run(s, hookThat(paying('2027-01-31')));
    assert.equal(s.sync.writes - before, 0);
    await run(s, hookThat(paying('2028-01-31')));
    assert.equal(mergeFieldAt(s, P1, 'PAIDTO'), '2028-01-31');
  });

  it('may set tags, language and vip; an empty text clears what it set itself', async () => {
    const s = await withField();
    await s.joined(P1);
    await run(s, hookThat((rows) => rows.map(({ id }) => ({ id, merge_fields: { PAIDTO: '2027-01-31' }, tags: ['member', { name: 'late', status: 'active' }], language: 'fr', vip: true }))));
    await run(s);
    assert.deepEqual([tagsAt(s, P1), s.memberRecord(P1)?.language, s.memberRecord(P1)?.vip], [['late', 'member'], 'fr', true]);
    await run(s, hookThat((rows) => rows.map(({ id }) => ({ id, merge_fields: { PAIDTO: '' }, tags: ['member', { name: 'late', status: 'inactive' }], language: 'fr', vip: false }))));
    await run(s);
    assert.deepEqual([mergeFieldAt(s, P1, 'PAIDTO'), tagsAt(s, P1), s.memberRecord(P1)?.vip], ['', ['member'], false]);
  });

  it('whose tags the settings do not bind sends them once, although others are known', async () => {
    const s = await openScenario({ list: { data: { tags: { prefix: 'News: ' } } } });
    await s.joined(P1);
    const hook = hookThat((rows) => rows.map(({ id }) => ({ id, tags: ['member'] })));
    await run(s, hook);
    await run(s);
    const before = s.sync.writes;
    await run(s, hook);
    assert.deepEqual([tagsAt(s, P1), s.sync.writes - before], [['member'], 0]);
  });

  it('may set marketing permissions', async () => {
    const s = await openScenario();
    const permission = s.world.mailchimp.setup.createMarketingPermission(LIST, 'E-mail');
    await s.joined(P1);
    await run(s, hookThat((rows) => rows.map(({ id }) => ({ id, marketing_permissions: [{ marketing_permission_id: permission, enabled: true }] }))));
    assert.deepEqual(s.memberRecord(P1)?.marketingPermissions, [permission]);
  });

  it('that sets what Mailchimp refuses is asked for it once, and the row says so', async () => {
    const s = await openScenario();
    await s.joined(P1);
    const hook = hookThat((rows) => rows.map(({ id }) => ({ id, marketing_permissions: [{ marketing_permission_id: 'no such', enabled: true }] })));
    await run(s, hook);
    const before = s.sync.writes;
    await run(s, hook);
    assert.deepEqual([s.sync.writes - before, await s.failReason(P1)], [0, 'data_refused']);
  });

  it('is shown who somebody is, and its own memory', async () => {
    const s = await openScenario();
    const contact = await s.joined(P1);
    const hook = hookThat((rows) => rows.map(({ id, contactId }) => ({ id, memory: { paid: contactId } })));
    await run(s, hook);
    await run(s, hook);
    const [first, second] = hook.asked.map(([row]) => row);
    assert.deepEqual([first?.contactId, first?.email, first?.member?.status, first?.member?.firstName, first?.memory], [contact, P1, 'subscribed', 'Wilma', null]);
    assert.deepEqual(second?.memory, { paid: contact });
  });

  it('is asked once before the rows, then in arrays of the size set', async () => {
    const s = await openScenario();
    for (const address of [P1, P2, P3]) await s.joined(address);
    const hook = hookThat(() => [], { size: 2 });
    await run(s, hook);
    assert.deepEqual([hook.events, hook.asked.map((rows) => rows.length)], [['before', 'rows', 'rows'], [2, 1]]);
  });

  it('whose loading failed is not asked about rows, and they stay as they were', async () => {
    const s = await withField();
    await s.joined(P1);
    await run(s, hookThat(paying('2027-01-31')));
    const failed = hookThat(paying('2028-01-31'), { before: () => Promise.resolve('skip' as const) });
    await run(s, failed);
    assert.deepEqual([mergeFieldAt(s, P1, 'PAIDTO'), failed.asked.length], ['2027-01-31', 0]);
  });

  it('never has more chunks unanswered than its window', async () => {
    const s = await openScenario();
    for (let number = 0; number < 7; number++) s.person.subscribes(`many${number}@example.org`);
    await s.comesToRest();
    let open = 0;
    let most = 0;
    const hook = hookThat(() => [], {
      size: 1,
      window: 3,
      rows: async (_run, _rows, read) => {
        most = Math.max(most, (open += 1));
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => { setImmediate(resolve); });
        open -= 1;
        return read([]);
      },
    });
    await run(s, hook);
    assert.deepEqual([most, open], [3, 0]);
  });

  it('several of them are each asked once in a run, and keep apart what they remember', async () => {
    const s = await withField();
    await s.joined(P1);
    const paid = hookThat(paying('2027-01-31'));
    const gave = hookThat((rows) => rows.map(({ id }) => ({ id, tags: ['gave'], memory: 1 })), { name: 'gave' });
    await run(s, paid, gave, paid);
    await run(s);
    assert.deepEqual([mergeFieldAt(s, P1, 'PAIDTO'), tagsAt(s, P1)], ['2027-01-31', ['gave']]);
    assert.deepEqual([paid.asked.length, gave.asked.length], [1, 1]);
    assert.deepEqual(Object.keys((await s.sync.row(P1)).hookData).filter((name) => name.startsWith('flow:')).toSorted(), ['flow:gave', 'flow:paid']);
  });

  it('takes over what another one set, whatever their names: one that was renamed or removed says nothing any more', async () => {
    const s = await withField();
    await s.joined(P1);
    await run(s, hookThat(paying('2027-01-31'), { name: 'z' }));
    await run(s);
    const before = s.sync.writes;
    await run(s, hookThat(paying('2027-01-31'), { name: 'a' }));
    assert.equal(s.sync.writes - before, 0, 'the same is not sent again');
    await run(s, hookThat(paying('2028-01-31'), { name: 'a' }));
    assert.equal(mergeFieldAt(s, P1, 'PAIDTO'), '2028-01-31');
    await run(s, hookThat(paying(''), { name: 'a' }));
    assert.equal(mergeFieldAt(s, P1, 'PAIDTO'), '');
  });

  it('of two that set the same field the last in the flow counts, and nothing goes back and forth', async () => {
    const s = await withField();
    await s.joined(P1);
    for (let round = 0; round < 3; round++) {
      const before = s.sync.writes;
      await run(s, hookThat(paying('2027-01-31'), { name: 'z' }), hookThat(paying('2028-01-31'), { name: 'a' }));
      assert.deepEqual([mergeFieldAt(s, P1, 'PAIDTO'), s.sync.writes - before], ['2028-01-31', round === 0 ? 1 : 0]);
    }
  });

  it('is followed by a mapping of the settings that fills the same field, and follows one', async () => {
    const s = await openScenario({ list: { data: { mergeFields: {} } } });
    s.world.mailchimp.setup.createMergeField(LIST, { tag: 'TITLE' });
    const contact = await s.joined(P1);
    await run(s, titled('by the hook'));
    assert.equal(mergeFieldAt(s, P1, 'TITLE'), 'by the hook');
    s.sync.engine = await s.world.reopen({ data: { mergeFields: { TITLE: 'job_title' } } });
    await changesContact(s, contact, { job_title: 'by the mapping' });
    await s.comesToRest(DATA);
    assert.equal(mergeFieldAt(s, P1, 'TITLE'), 'by the mapping');
    s.sync.engine = await s.world.reopen({ data: { mergeFields: {} } });
    await run(s, titled('by the hook again'));
    assert.equal(mergeFieldAt(s, P1, 'TITLE'), 'by the hook again');
  });

  it('of a new member what it says goes with the PUT', async () => {
    const s = await withField();
    s.civi.adds(s.civi.creates('Fred', P2));
    const before = s.sync.writes;
    await run(s, hookThat(paying('2027-01-31')));
    assert.deepEqual([mergeFieldAt(s, P2, 'PAIDTO'), s.sync.writes - before], ['2027-01-31', 1]);
  });

  for (const [what, row, wording] of [
    ['the status', { status: 'unsubscribed' }, /set the status of row \d+/],
    ['the address', { merge_fields: { EMAIL: 'x' } }, /EMAIL/],
    ['a name that the settings fill', { merge_fields: { FNAME: 'x' } }, /data\.names/],
    ['a field that the settings fill', { merge_fields: { JOB: 'x' } }, /data\.mergeFields/],
    ['a tag that the settings bind', { tags: ['News: x'] }, /data\.tags/],
    ['what there is not', { interests: {} }, /"interests"/],
    ['a row that it was not asked about', { id: 999 }, /row 999/],
  ] as const)
    it(`that sets ${what} ends the run with hook_refused`, async () => {
      const s = await openScenario({ list: { data: { tags: { prefix: 'News: ' }, mergeFields: { JOB: 'job_title' } } } });
      await s.joined(P1);
      const failing = run(s, hookThat((rows) => rows.map(({ id }) => ({ id, ...row }))));
      await assert.rejects(failing, (error) => error instanceof SyncError && error.code === 'hook_refused' && wording.test(error.message));
      assert.equal(s.member(P1), 'subscribed');
    });

  it('that sets a merge field that the audience does not have is told so, once a run; it is sent when the audience has it', async () => {
    const s = await openScenario();
    for (const address of [P1, P2]) await s.joined(address);
    await run(s, hookThat((rows) => rows.map(({ id }) => ({ id, merge_fields: { PAIDTO: '2027-01-31' }, vip: true })), { size: 1 }));
    assert.equal(s.memberRecord(P1)?.vip, true);
    assert.equal(s.world.logged.filter((line) => /no merge field PAIDTO; it has .*PHONE.*hook "paid"/.test(line)).length, 1);
    s.world.mailchimp.setup.createMergeField(LIST, { tag: 'PAIDTO', type: 'date' });
    await run(s, hookThat(paying('2027-01-31')));
    assert.equal(mergeFieldAt(s, P1, 'PAIDTO'), '2027-01-31');
  });

  it('that gives back a row twice in one array ends the run with hook_refused', async () => {
    const s = await openScenario();
    await s.joined(P1);
    await assert.rejects(run(s, hookThat((rows) => [...rows, ...rows].map(({ id }) => ({ id })))), (error) => error instanceof SyncError && error.code === 'hook_refused' && /row \d+ twice/.test(error.message));
  });

  it('that skips a chunk leaves its rows as they were, and is counted', async () => {
    const s = await withField();
    await s.joined(P1);
    await run(s, hookThat(paying('2027-01-31')));
    const id = await s.sync.begin('full', DATA);
    await s.sync.goOn(id, { before: 'dataHooks' });
    const outcome = await s.sync.engine.runStage('dataHooks', id, { signal: new AbortController().signal, hook: hookThat(() => [], { rows: () => Promise.resolve(null) }) });
    assert.ok(outcome.kind === 'done');
    assert.deepEqual([outcome.counts['hook paid'], outcome.counts['hook paid skipped']], [1, 1]);
    await s.sync.goOn(id);
    assert.equal(mergeFieldAt(s, P1, 'PAIDTO'), '2027-01-31');
  });

  it('that is out while the stage is stopped is let go, and the run goes on where it was', async () => {
    const s = await withField();
    await s.joined(P1);
    const id = await s.sync.begin('full', DATA);
    await s.sync.goOn(id, { before: 'dataHooks' });
    const stop = new AbortController();
    const silent = hookThat(() => [], {
      rows: (_run, _rows, _read, signal) => new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        stop.abort(new Error('closed'));
      }),
    });
    await assert.rejects(s.sync.engine.runStage('dataHooks', id, { signal: stop.signal, hook: silent }), (error) => error instanceof SyncError && error.code === 'aborted');
    await s.sync.engine.runStage('dataHooks', id, { signal: new AbortController().signal, hook: hookThat(paying('2027-01-31')) });
    await s.sync.goOn(id);
    assert.equal(mergeFieldAt(s, P1, 'PAIDTO'), '2027-01-31');
  });

  it('is asked about rows with a change only, in the runs between two whole comparisons, unless it wants everybody', async () => {
    const s = await openScenario();
    await s.joined(P1);
    const hooks = [hookThat(() => []), hookThat(() => [], { name: 'all', everybody: true })];
    await run(s, ...hooks);
    s.passes(60);
    await incremental(s, ...hooks);
    assert.deepEqual(hooks.map(({ asked }) => asked.length), [1, 2]);
  });

  for (const [what, failing] of [
    ['whose rows were skipped', { rows: () => Promise.resolve(null) }],
    ['whose loading failed', { before: () => Promise.resolve('skip' as const) }],
  ] as const)
    it(`${what} is asked about everybody again in the next run, and no more once it has answered`, async () => {
      const s = await withField();
      await s.joined(P1);
      await run(s, hookThat(paying('2027-01-31'), failing));
      assert.equal(mergeFieldAt(s, P1, 'PAIDTO'), '');
      const mended = hookThat(paying('2027-01-31'));
      for (let round = 0; round < 4; round++) {
        s.passes(60);
        await incremental(s, mended);
      }
      // The second time because the row was changed by the first.
      assert.deepEqual([mergeFieldAt(s, P1, 'PAIDTO'), mended.asked.length], ['2027-01-31', 2]);
    });

  it('that is new is asked about everybody in the next run, whatever its mode', async () => {
    const s = await withField();
    await s.joined(P1);
    await run(s, hookThat(() => [], { name: 'other' }));
    s.passes(60);
    await incremental(s, hookThat(paying('2027-01-31')));
    assert.equal(mergeFieldAt(s, P1, 'PAIDTO'), '2027-01-31');
  });
});
