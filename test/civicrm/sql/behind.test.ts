import assert from 'node:assert/strict';
import { SyncError } from '../../../src/base/errors.ts';
import { openScenario, P1, type Scenario } from '../../support/scenario.ts';
import { closeWorlds } from '../../support/sync-world.ts';
import { SqlSite, type SqlPlace } from './sql-place.ts';

const historyOf = (s: Scenario, contact: number): readonly string[] => s.world.civicrm.tables.subscriptionHistory.find('contact_id', contact).map(({ status }) => status ?? '');
const isBehind = (error: unknown): boolean => error instanceof SyncError && error.code === 'civicrm_unreachable' && error.message.includes('copy');
/** A run ends because the copy does not catch up, and has written nothing to either side. */
const endsForTheCopy = async (s: Scenario, withData = false): Promise<void> => {
  const before = s.sync.writes;
  await assert.rejects(s.sync.full({ withData }), isBehind);
  assert.equal(s.sync.writes, before, 'something was written');
};

/** A sync that reads a copy of CiviCRM's database; while the copy is held it shows nothing of what is written. */
describe('a sync by SQL whose database is a copy that is behind', () => {
  closeWorlds();
  let site: SqlSite;
  let place: SqlPlace;
  let scenario: Scenario | null = null;
  before(async function () {
    site = await SqlSite.of(this);
  });
  beforeEach(async () => {
    place = await site.place();
  });
  afterEach(async () => {
    await scenario?.world.engine.close();
    scenario = null;
    await place.remove();
  });

  const open = async (): Promise<Scenario> => {
    scenario = await openScenario({ mirror: place.mirror, civicrm: { access: 'sql+api', database: site.readerUrl } });
    await place.mirror.flushed();
    return scenario;
  };

  it('does not write a group contact twice', async () => {
    const s = await open();
    const wilma = await s.joined(P1);
    assert.deepEqual(historyOf(s, wilma), ['Added']);
    place.mirror.hold();
    s.person.unsubscribes(P1);
    s.webhooksAreLost();
    s.passes(30);
    await s.sync.run(); // the copy shows all that APIv4 shows until the removal is written
    assert.deepEqual(historyOf(s, wilma), ['Added', 'Removed']);
    s.passes(30);
    await endsForTheCopy(s);
    await place.mirror.release();
    await s.comesToRest();
    assert.deepEqual(historyOf(s, wilma), ['Added', 'Removed']);
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('takes a contact that it has just made neither for missing nor for deleted', async () => {
    const s = await open();
    s.person.subscribes(P1);
    s.webhooksAreLost();
    s.passes(30);
    place.mirror.hold();
    await assert.rejects(s.sync.run(), isBehind); // the contact was made, and what follows has to see it
    assert.equal(s.civi.ownersOf(P1).length, 1);
    s.passes(30);
    await endsForTheCopy(s);
    assert.equal(s.civi.ownersOf(P1).length, 1);
    await place.mirror.release();
    await s.comesToRest();
    const [wilma, ...others] = s.civi.ownersOf(P1);
    assert.deepEqual(others, []);
    assert.ok(wilma !== undefined);
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.deepEqual(historyOf(s, wilma), ['Added']);
  });

  it('does not send a name back that it has just changed', async () => {
    const s = await open();
    const wilma = await s.joined(P1);
    await s.sync.full({ withData: true });
    s.passes(60);
    s.person.isCalled(P1, 'Betty');
    s.webhooksAreLost();
    s.passes(30);
    place.mirror.hold();
    await s.sync.run('incremental', { withData: true });
    assert.equal(s.world.civicrm.tables.contact.get(wilma)?.first_name, 'Betty');
    s.passes(30);
    await endsForTheCopy(s, true);
    await place.mirror.release();
    await s.comesToRest({ withData: true });
    assert.equal(s.world.civicrm.tables.contact.get(wilma)?.first_name, 'Betty');
    assert.equal(s.memberRecord(P1)?.mergeFields['FNAME'], 'Betty');
  });

  it('does not take a member back to the address that its contact had before', async () => {
    const s = await open();
    const wilma = await s.joined(P1);
    s.person.movesTo(P1, 'new@example.org');
    s.passes(5);
    place.mirror.hold();
    await assert.rejects(s.webhooksArrive(), isBehind); // the address was added, and what follows has to see it
    assert.ok(s.civi.ownersOf('new@example.org').includes(wilma));
    s.passes(30);
    await endsForTheCopy(s);
    await place.mirror.release();
    await s.comesToRest();
    assert.equal(s.member('new@example.org'), 'subscribed');
    assert.equal(s.group(wilma), 'Added');
  });

  it('waits with a webhook until the copy has caught up, and then handles it', async () => {
    const s = await open();
    const wilma = await s.joined(P1);
    place.mirror.hold();
    s.civi.renames(wilma, 'Elisabeth');
    s.passes(5);
    s.person.unsubscribes(P1);
    const [webhook] = s.firedWebhooks();
    await s.world.mailchimp.webhooks.deliver(webhook ?? assert.fail('no webhook was fired'));
    await assert.rejects(s.sync.handleInbox(), isBehind);
    assert.equal(s.group(wilma), 'Added');
    await place.mirror.release();
    await s.sync.handleInbox();
    assert.equal(s.group(wilma), 'Removed');
    await s.comesToRest();
  });
});
