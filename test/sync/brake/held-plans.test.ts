import assert from 'node:assert/strict';
import type { SyncError } from '../../../src/base/errors.ts';
import { runId } from '../../../src/base/ids.ts';
import { approve, bothSides, DEFAULTS, figures, heldIn, openCrowd, person, reject } from '../../support/crowd.ts';
import { openScenario, P1 } from '../../support/scenario.ts';
import { closeWorlds, LIST, OTHER_GROUP } from '../../support/sync-world.ts';

const isMissing = (error: SyncError): boolean => error.code === 'plan_missing';

/** 40 people are Added, and the first 30 removed by a script: more than 25, and more than 10 %. */
const held = async () => {
  const crowd = await openCrowd(40);
  for (const contact of crowd.contacts.slice(0, 30)) crowd.s.civi.removes(contact);
  crowd.s.passes(60);
  const before = bothSides(crowd.s);
  const counts = await crowd.s.sync.run();
  return { ...crowd, before, counts };
};

describe('a plan beyond the limits', () => {
  closeWorlds();

  it('is held as a whole: nothing of it is applied, its run ends held', async () => {
    const { s, before, counts } = await held();
    assert.equal(counts.reconcile?.['held'], 1);
    assert.equal(counts.submit, undefined);
    assert.deepEqual(bothSides(s), before);
    const plan = await heldIn(s);
    assert.deepEqual(plan.summary.why, [{ kind: 'limit', of: 'unsubscribe', people: 30, limit: 25 }]);
    assert.deepEqual([plan.summary.kinds, plan.summary.updates], [{ unsubscribe: 30 }, 30]);
    assert.equal((await s.world.store.run(plan.id))?.state, 'held');
  });

  it('leaves by the stage’s outcome, with its figures', async () => {
    const { s, contacts } = await openCrowd(30);
    for (const contact of contacts.slice(0, 26)) s.civi.removes(contact);
    s.passes(60);
    const id = await s.sync.begin();
    await s.sync.goOn(id, { before: 'reconcile' });
    const outcome = await s.sync.engine.runStage('reconcile', id, { signal: new AbortController().signal });
    assert.ok(outcome.kind === 'done');
    assert.equal(outcome.run.state, 'held');
    assert.deepEqual([outcome.plan?.id, outcome.plan?.state, outcome.plan?.summary.updates], [id, 'held', 26]);
  });

  it('keeps other runs from beginning, and says so', async () => {
    const { s } = await held();
    const plan = await heldIn(s);
    for (const dryRun of [false, true]) {
      const started = await s.sync.engine.start(LIST, { mode: 'full', since: null, withData: false, dryRun });
      assert.deepEqual([started.kind, started.kind === 'not_started' && started.reason, started.run?.id], ['not_started', 'held', plan.id]);
    }
    const [status] = await s.sync.engine.status();
    assert.equal(status?.brake.held?.id, plan.id);
    assert.equal(status?.brake.limit, 25);
  });

  it('is shown with each person’s reason, page by page, and as CSV', async () => {
    const { s } = await held();
    const view = (await s.sync.engine.plan(LIST, { limit: 20 })) ?? assert.fail('no plan is shown');
    assert.deepEqual([view.state, view.updates, view.kinds, view.unclear, view.changes.length], ['held', 30, { unsubscribe: 30 }, 0, 20]);
    assert.deepEqual(Object.values(view.reasons), [30]);
    const rest = (await s.sync.engine.plan(LIST, { after: view.next, limit: 20 })) ?? assert.fail('no page is shown');
    assert.deepEqual([rest.changes.length, rest.next], [10, null]);
    const shown = [...view.changes, ...rest.changes];
    assert.deepEqual(new Set(shown.map(({ email }) => email)), new Set(Array.from({ length: 30 }, (_, number) => person(number))));
    for (const { kind, reason, ask } of shown) assert.deepEqual([kind, ask, /CiviCRM no at/u.test(reason)], ['unsubscribe', { status: 'unsubscribed' }, true]);
    const lines = (await s.sync.engine.planAsCsv(LIST))?.split('\r\n') ?? [];
    assert.equal(lines.length, 32, 'a heading, 30 people, and the end of the last line');
    assert.match(lines[1] ?? '', /^unsubscribe,mailchimp,person\d+@example\.org,\d+,"\{""status"":""unsubscribed""\}",/u);
  });

  it('tells the log nobody', async () => {
    const { s } = await held();
    await approve(s);
    assert.doesNotMatch(s.world.logged.join('\n'), /person\d/u);
  });

  it('once approved is applied, exactly, and does not count against the limits', async () => {
    const { s } = await held();
    const done = await approve(s);
    assert.deepEqual([done['queued'], done['left'], done['done']], [30, 0, 30]);
    assert.deepEqual(figures(s), [10, 10]);
    assert.equal(await s.world.store.openPlan(LIST), null);
    await s.comesToRest();
    assert.equal((await s.sync.engine.status())[0]?.brake.people.unsubscribe, 0);
  });

  it('is approved or rejected once: then nothing waits', async () => {
    const { s } = await held();
    await approve(s);
    await assert.rejects(approve(s), isMissing);
    await assert.rejects(reject(s), isMissing);
  });

  it('is applied once by two who approve it at the same moment', async () => {
    const { s } = await held();
    const outcomes = await Promise.allSettled([approve(s), approve(s)]);
    assert.deepEqual(outcomes.map(({ status }) => status).toSorted((one, other) => one.localeCompare(other)), ['fulfilled', 'rejected']);
    assert.deepEqual(figures(s), [10, 10]);
    assert.equal((await s.world.store.plans(LIST, 1))[0]?.state, 'applied');
  });

  it('is not approved while its audience is switched off, nor while its group is gone', async () => {
    const { s } = await held();
    const before = bothSides(s);
    for (const list of [{ enabled: false }, { subscriptionGroup: '4711' }]) {
      s.sync.engine = await s.world.reopen({ ...DEFAULTS, ...list });
      await assert.rejects(approve(s), (error: SyncError) => ['settings_invalid', 'group_missing'].includes(error.code));
      assert.deepEqual(bothSides(s), before);
      await heldIn(s);
    }
  });

  it('made for the wrong group does nothing once the settings name the right one', async () => {
    const { s } = await openCrowd(40);
    s.civi.acts.createGroup({ id: OTHER_GROUP, title: 'Wrong' });
    s.sync.engine = await s.world.reopen({ ...DEFAULTS, subscriptionGroup: String(OTHER_GROUP) });
    await s.sync.full();
    await heldIn(s);
    const before = bothSides(s);
    s.sync.engine = await s.world.reopen(DEFAULTS);
    await approve(s);
    assert.deepEqual(bothSides(s), before);
    await s.comesToRest();
    assert.deepEqual(figures(s), [40, 40]);
  });

  it('is not touched when another is named', async () => {
    const { s, before } = await held();
    for (const settle of [approve, reject]) await assert.rejects(settle(s, { plan: runId('another') }), isMissing);
    assert.deepEqual(bothSides(s), before);
    const { id } = await heldIn(s);
    await approve(s, { plan: id });
    assert.deepEqual(figures(s), [10, 10]);
  });

  it('waits through a restart, for approval and for rejection', async () => {
    for (const settle of [approve, reject]) {
      const { s } = await held();
      await s.sync.engine.close();
      s.sync.engine = await s.world.reopen(DEFAULTS);
      s.passes(5 * 24 * 3600);
      await settle(s);
      await s.batchesSettle();
      assert.deepEqual(figures(s), settle === approve ? [10, 10] : [40, 10]);
    }
  });

  it('rejected is dropped: its people are decided anew, and asked about again', async () => {
    const { s, before } = await held();
    assert.deepEqual(await reject(s), { dropped: 30 });
    assert.deepEqual(bothSides(s), before);
    assert.deepEqual((await s.sync.rows()).filter(({ syncStatus }) => syncStatus === 'todo').length, 30);
    const again = await s.sync.run();
    assert.equal(again.reconcile?.['held'], 1);
  });

  it('does not unsubscribe who was added again since, nor remove who left by themselves', async () => {
    const { s, contacts } = await held();
    s.civi.adds(contacts[0]!);
    s.person.unsubscribes(person(1));
    s.passes(60);
    const done = await approve(s);
    assert.equal(s.member(person(0)), 'subscribed');
    assert.deepEqual(figures(s), [11, 11]);
    assert.equal(done['left'], 0);
    await s.comesToRest();
    assert.deepEqual(figures(s), [11, 11]);
  });

  it('is not widened by what changed since: such a row is left to the next run', async () => {
    const { s, contacts } = await held();
    s.person.unsubscribes(person(0));
    s.passes(60);
    s.person.subscribes(person(0)); // now the later word: the contact is to be added, which nobody approved
    s.passes(60);
    const done = await approve(s);
    assert.equal(done['left'], 1);
    assert.equal(s.group(contacts[0]!), 'Removed');
    assert.equal(s.member(person(0)), 'subscribed');
    await s.sync.run();
    assert.equal(s.group(contacts[0]!), 'Added');
  });

  it('approved without some people leaves them as they are, until they are released', async () => {
    const { s, contacts } = await held();
    await approve(s, { except: [person(3), contacts[4]!] });
    assert.deepEqual(figures(s), [12, 10]);
    assert.deepEqual([s.member(person(3)), s.member(person(4))], ['subscribed', 'subscribed']);
    assert.equal(await s.failReason(person(3)), 'left_out');
    await s.comesToRest();
    assert.deepEqual(figures(s), [12, 10]);
    assert.equal(await s.sync.engine.release(LIST, 'left_out'), 2);
    await s.sync.run();
    assert.deepEqual(figures(s), [10, 10]);
  });

  it('is not approved when somebody to be left out is not in it', async () => {
    const { s, before } = await held();
    await assert.rejects(approve(s, { except: [person(3), person(35)] }), (error: SyncError) => error.code === 'message_invalid' && !/@/u.test(error.message));
    assert.deepEqual(bothSides(s), before);
    await heldIn(s);
  });

  it('whose run was cut off just before its end is approved when nobody can be at it any more', async () => {
    const s = await openScenario();
    const { store, time } = s.world;
    const asked = { id: runId('cut off'), listId: LIST, mode: 'full', since: null, withData: false, dryRun: false, startedAt: time.engine.now() } as const;
    const started = await store.startRun(asked, 'another machine', time.engine.now(), 60_000);
    assert.equal(started.kind, 'started');
    const summary = { dryRun: false, why: [], updates: 0, kinds: {}, reasons: {}, unclear: 0, first: null };
    await store.writePlan({ id: asked.id, listId: LIST, state: 'held', summary, heldAt: time.engine.now(), settledAt: null });
    await assert.rejects(approve(s), (error: SyncError) => error.code === 'busy');
    s.passes(61);
    await approve(s);
    assert.equal((await store.run(asked.id))?.state, 'held');
    assert.equal(await store.openPlan(LIST), null);
  });

  it('whose approval was cut off in the middle is not applied by a dry run', async () => {
    const { s, before } = await held();
    const stop = new AbortController();
    s.justBefore(/^GET .*\/members/u, () => stop.abort(new Error('stopped')));
    await assert.rejects(s.sync.engine.approve(LIST, { signal: stop.signal }));
    await s.sync.engine.abort(LIST);
    await s.sync.full({ dryRun: true });
    assert.deepEqual(bothSides(s), before);
    assert.equal((await s.world.store.openPlan(LIST))?.state, 'approved');
    await approve(s);
    assert.deepEqual(figures(s), [10, 10]);
  });

  it('whose approval was cut off in the middle is finished by whoever comes next: a run, or the approval again', async () => {
    for (const next of ['run', 'approve'] as const) {
      const { s } = await held();
      const stop = new AbortController();
      s.justBefore(/^GET .*\/members/u, () => stop.abort(new Error('stopped')));
      await assert.rejects(s.sync.engine.approve(LIST, { signal: stop.signal }));
      assert.equal((await s.world.store.openPlan(LIST))?.state, 'approved');
      if (next === 'run') await s.sync.run();
      else await approve(s);
      assert.deepEqual(figures(s), [10, 10]);
      assert.equal(await s.world.store.openPlan(LIST), null);
    }
  });
});

describe('a dry run', () => {
  closeWorlds();

  it('stops where the brake does, shows the same plan, and holds nobody up', async () => {
    const { s, contacts } = await openCrowd(40);
    for (const contact of contacts.slice(0, 30)) s.civi.removes(contact);
    s.passes(60);
    const before = bothSides(s);
    const counts = await s.sync.full({ dryRun: true });
    assert.deepEqual([counts.reconcile?.['unsubscribe'], counts.reconcile?.['wouldBeHeld'], counts.submit], [30, 1, undefined]);
    assert.deepEqual(bothSides(s), before);
    const dry = (await s.sync.engine.plan(LIST, {})) ?? assert.fail('no plan is shown');
    assert.equal(await s.world.store.openPlan(LIST), null);
    await assert.rejects(approve(s), isMissing);
    await s.sync.run();
    const real = (await s.sync.engine.plan(LIST, {})) ?? assert.fail('no plan is shown');
    assert.deepEqual([dry.dryRun, real.dryRun], [true, false]);
    const figuresOf = ({ why, kinds, reasons, changes }: typeof dry): unknown => [why, kinds, reasons, changes.map(({ id: _id, ...change }) => change)];
    assert.deepEqual(figuresOf(dry), figuresOf(real));
  });

  it('makes no contact: it tells how many there would be', async () => {
    const s = await openScenario();
    s.person.subscribes(P1);
    s.passes(60);
    const before = bothSides(s);
    const counts = await s.sync.full({ dryRun: true });
    assert.deepEqual([counts.createContacts, counts.reconcile?.['create']], [{ created: 0, found: 0, refused: 0, withheld: 1 }, 1]);
    assert.deepEqual(bothSides(s), before);
    await s.sync.run();
    assert.equal(s.civi.ownersOf(P1).length, 1);
  });
});
