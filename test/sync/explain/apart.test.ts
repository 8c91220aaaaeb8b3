import assert from 'node:assert/strict';
import { emailAddress } from '../../../src/base/ids.ts';
import { SyncError } from '../../../src/base/errors.ts';
import { openEngine } from '../../../src/sync/open-engine.ts';
import { explained, explainedHere } from '../../support/explained.ts';
import { BATCHED, P1, P2, openScenario } from '../../support/scenario.ts';
import { closeWorlds } from '../../support/sync-world.ts';

const never = new AbortController().signal;

describe('explain, beside runs and without a service', () => {
  closeWorlds();

  it('answers while a run is under way, says so, and the run goes on untouched', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    s.civi.removes(wilma);
    s.passes(60);
    const run = await s.sync.begin();
    await s.sync.goOn(run, { before: 'reconcile' });
    const here = await explainedHere(s, P1);
    assert.equal(here.running, run);
    assert.match(here.text, /Run run\d+ is under way/);
    assert.deepEqual(here.wouldHappen?.updates.map(({ kind }) => kind), ['unsubscribe']);
    await s.sync.goOn(run);
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('tells of an update that is on its way, and that no more is sent before', async () => {
    const s = await openScenario(BATCHED);
    s.civi.adds(s.civi.creates('Wilma', P1));
    s.passes(60);
    await s.sync.run();
    const here = await explainedHere(s, P1);
    assert.deepEqual([here.updates[0]?.state, here.rows[0]?.status], ['submitted', 'live']);
    assert.match(here.text, /An update is on its way to Mailchimp/);
  });

  it('without Mailchimp: what is known, CiviCRM as it is, and no guess', async () => {
    const s = await openScenario();
    await s.joined();
    s.world.mailchimp.faults.add({ kind: 'server-error' }, { times: 1000 });
    const here = await explainedHere(s, P1);
    assert.deepEqual([here.rows.length, here.now.mailchimp, here.now.civicrm?.length, here.wouldHappen], [1, null, 1, null]);
    assert.match(here.now.troubles[0] ?? '', /^Mailchimp could not be looked at: mailchimp_/);
    assert.match(here.text, /Not known: both services are needed for that/);
    assert.match(here.text, /p1@example\.org is subscribed at Mailchimp/);
  });

  it('without CiviCRM: what is known, Mailchimp as it is, and no guess', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.world.civicrm.plan({ fault: { kind: 'status', status: 500 }, times: 1000 });
    for (const asked of [P1, wilma]) {
      const here = await explainedHere(s, asked);
      assert.deepEqual([here.rows.length, here.contactId, here.now.civicrm, here.now.mailchimp?.[0]?.status, here.wouldHappen], [1, wilma, null, 'subscribed', null]);
      assert.match(here.now.troubles[0] ?? '', /^CiviCRM could not be looked at: civicrm_/);
    }
  });

  it('whom nothing is known of while a service does not answer, nobody calls unknown to it', async () => {
    const s = await openScenario();
    s.world.mailchimp.faults.add({ kind: 'server-error' }, { times: 1000 });
    const { known, text } = await explained(s, 'nobody@example.org');
    assert.equal(known, false);
    assert.match(text, /Mailchimp could not be looked at/);
    assert.doesNotMatch(text, /nor Mailchimp/);
  });

  it('gives up a service that is silent, after some patience; the answer comes', async () => {
    const s = await openScenario();
    await s.joined();
    const silent = await openEngine(s.world.settings, {
      store: s.world.store,
      clock: s.world.time.engine,
      adapter: ({ signal }) => new Promise((_, reject) => { signal?.addEventListener?.('abort', () => reject(new Error('stopped'))); }),
    });
    const { known, audiences } = await silent.explain({ email: emailAddress(P1) }, { listIds: null, signal: never, patience: 10 });
    assert.equal(known, true);
    assert.deepEqual(audiences[0]?.now.troubles, ['CiviCRM could not be looked at: no answer in 0.01 seconds', 'Mailchimp could not be looked at: no answer in 0.01 seconds']);
  });

  it('ends when it is stopped', async () => {
    const s = await openScenario();
    await s.joined();
    const stopped = AbortSignal.abort(new SyncError('aborted', 'stopped'));
    await assert.rejects(s.sync.engine.explain({ email: emailAddress(P1) }, { listIds: null, signal: stopped }), (error: SyncError) => error.code === 'aborted');
  });

  it('foretells what Mailchimp shows and no run has seen yet', async () => {
    const s = await openScenario();
    await s.joined();
    s.person.unsubscribes(P1);
    s.passes(60);
    const here = await explainedHere(s, P1);
    assert.deepEqual([here.rows[0]?.mailchimp?.status, here.now.mailchimp?.[0]?.status], ['subscribed', 'unsubscribed']);
    assert.deepEqual(here.wouldHappen?.updates.map(({ kind, side }) => [kind, side]), [['remove', 'CiviCRM']]);
    await s.sync.run();
    assert.deepEqual((await explainedHere(s, P1)).updates[0]?.reason, here.wouldHappen?.updates[0]?.reason, 'it was decided as foretold');
  });

  it('of a contact in the trash, or deleted for good, tells that its deletion counts as a no', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.trashes(wilma);
    const here = await explainedHere(s, wilma);
    assert.ok(here.now.civicrm?.[0]?.isDeleted);
    assert.match(here.text, /in the trash/);
    const unsubscribes = ({ wouldHappen }: typeof here): unknown => wouldHappen?.updates.map(({ kind, reason }) => [kind, /CiviCRM no at/.test(reason)]);
    assert.deepEqual(unsubscribes(here), [['unsubscribe', true]]);
    s.civi.deletesForGood(wilma);
    assert.deepEqual(unsubscribes(await explainedHere(s, P1)), [['unsubscribe', true]]);
    s.passes(60);
    await s.sync.full();
    const after = await explainedHere(s, P1);
    assert.ok(after.rows[0]?.words.some(({ knownFrom }) => knownFrom === 'kept_removal'));
  });

  it('tells of the updates of a row that is gone, by its address', async () => {
    const s = await openScenario(BATCHED);
    const betty = s.civi.creates('Betty', P2);
    s.civi.adds(betty);
    s.passes(60);
    await s.sync.run();
    s.civi.removes(betty);
    await s.comesToRest();
    s.civi.deletesForGood(betty);
    await s.comesToRest();
    const here = await explainedHere(s, P2);
    assert.equal(here.known, true);
    assert.ok(here.updates.some(({ kind }) => kind === 'subscribe'));
  });
});
