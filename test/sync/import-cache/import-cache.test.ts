import assert from 'node:assert/strict';
import type { Connection } from 'mysql2/promise';
import { SyncError } from '../../../src/base/errors.ts';
import { systemRandom } from '../../../src/base/random.ts';
import { importCache, type ImportCounts } from '../../../src/sync/import-cache/import-cache.ts';
import { importText } from '../../../src/cli/import-cache.ts';
import { openScenario, P1, P2, P3, type Scenario } from '../../support/scenario.ts';
import { closeWorlds, LIST } from '../../support/sync-world.ts';
import { SqlSite } from '../../civicrm/sql/sql-place.ts';
import { addLines, dateText, makeExtensionTables, phpText, shortDate } from './extension.ts';

const importInto = async ({ world }: Scenario): Promise<ImportCounts> => {
  const { audiences } = await importCache({ settings: world.settings, store: world.store, clock: world.time.engine, random: systemRandom });
  return audiences.get(LIST) ?? assert.fail('the audience is missing');
};

/** Somebody unsubscribed by an administrator, Added in CiviCRM after that, and edited at Mailchimp since: `last_changed` is the latest of all. */
async function editedSince(s: Scenario): Promise<{ readonly wilma: number; readonly unsubscribedAt: number; readonly editedAt: number }> {
  s.person.subscribes(P1);
  s.passes(3600);
  s.mailchimpAdmin.unsubscribes(P1);
  const unsubscribedAt = s.now;
  const wilma = s.civi.creates('Wilma', P1);
  s.passes(3600);
  s.civi.adds(wilma);
  s.passes(3600);
  s.person.isCalled(P1, 'Elisabeth');
  s.webhooksAreLost();
  const editedAt = s.now;
  s.passes(3600);
  return { wilma, unsubscribedAt, editedAt };
}

const code = (wanted: string) => (error: unknown): boolean => error instanceof SyncError && error.code === wanted;

describe('moving over from the CiviCRM extension', () => {
  closeWorlds();
  let site: SqlSite;
  let connection: Connection;
  before(async function () {
    site = await SqlSite.of(this);
    connection = await site.connect();
  });
  after(() => connection.end());
  beforeEach(() => makeExtensionTables(connection));

  const open = (): Promise<Scenario> => openScenario({ civicrm: { database: site.administratorUrl } });
  it('without the import, the first run takes the last change of any kind for the unsubscribe', async () => {
    const s = await open();
    const { wilma } = await editedSince(s);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('with it, the first run knows that the unsubscribe was earlier than the addition', async () => {
    const s = await open();
    const { wilma, unsubscribedAt, editedAt } = await editedSince(s);
    await addLines(connection, [{ list: LIST, email: P1, contact: wilma, status: 'unsubscribed', updated: dateText(editedAt), data: { status: 'unsubscribed', 'status@': shortDate(unsubscribedAt) } }]);
    assert.deepEqual(await importInto(s), { imported: 1, known: 0, useless: 0, damaged: 0 });
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('who was in step stays so, and a first run writes nothing', async () => {
    const s = await open();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.person.subscribes(P1);
    const betty = s.civi.creates('Betty', P2);
    s.civi.adds(betty);
    s.civi.removes(betty);
    s.person.subscribes(P2);
    s.person.unsubscribes(P2);
    s.webhooksAreLost();
    const at = dateText(s.now);
    s.passes(600);
    await connection.query('INSERT INTO civicrm_mailchimpsync_status VALUES (?, ?)', [LIST, phpText({ lastSyncTime: dateText(s.now) })]);
    s.passes(600);
    await addLines(connection, [
      { list: LIST, email: P1, contact: wilma, status: 'subscribed', updated: at },
      { list: LIST, email: P2, contact: betty, status: 'unsubscribed', updated: at },
    ]);
    await importInto(s);
    await s.sync.full();
    assert.equal(s.sync.writes, 0);
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    s.assertSides([P2, 'unsubscribed'], [betty, 'Removed']);
  });

  it('a change after the extension looked last was said since then', async () => {
    const s = await open();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.person.subscribes(P1);
    const at = dateText(s.now);
    s.passes(60);
    await addLines(connection, [{ list: LIST, email: P1, contact: wilma, status: 'subscribed', updated: at }]);
    await importInto(s);
    s.person.unsubscribes(P1);
    s.webhooksAreLost();
    s.passes(60);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('of two lines with one address the one that was seen last is taken; the rest of the table is counted', async () => {
    const s = await open();
    const updated = dateText(s.now);
    await addLines(connection, [
      { list: LIST, email: P1, status: 'unsubscribed', updated },
      { list: LIST, email: P1.toUpperCase(), status: 'subscribed', updated: dateText(s.now - 5000) },
      { list: LIST, email: P2, status: 'subscribed', updated: dateText(s.now - 5000) },
      { list: LIST, email: P2, status: 'unsubscribed', updated },
      { list: LIST, contact: 900 },
      { list: LIST, contact: 900 },
      { list: LIST },
      { list: LIST, email: P3, status: 'subscribed', updated, rawData: 'O:1:"x":0:{}' },
      { list: 'ffffffffff', email: P1, status: 'subscribed', updated },
    ]);
    const outcome = await importCache({ settings: s.world.settings, store: s.world.store, clock: s.world.time.engine, random: systemRandom });
    assert.deepEqual([outcome.audiences.get(LIST), outcome.others], [{ imported: 4, known: 3, useless: 1, damaged: 1 }, 1]);
    assert.deepEqual((await s.sync.rows()).map(({ email, member }) => [email, member?.status]), [[P1, 'unsubscribed'], [P2, 'unsubscribed'], [null, undefined], [P3, 'subscribed']]);
    assert.equal(
      importText(outcome, () => 'Newsletter').split('\n').slice(0, 2).join('\n'),
      'Newsletter: 4 rows imported; 3 known already; 1 left out, with neither an address nor a contact, or of an unknown status; 1 without data that could not be read.\nRows of audiences that the settings do not have: 1.',
    );
  });

  it('1,200 lines are read in pages, and a second import finds all of them known', async () => {
    const s = await open();
    await addLines(connection, Array.from({ length: 1200 }, (_, at) => ({ list: LIST, email: `person${at}@example.org`, status: 'subscribed', updated: dateText(s.now) })));
    assert.deepEqual(await importInto(s), { imported: 1200, known: 0, useless: 0, damaged: 0 });
    assert.deepEqual(await importInto(s), { imported: 0, known: 1200, useless: 0, damaged: 0 });
  });

  it('is refused for an audience that was synced here, and without a database', async () => {
    const s = await open();
    const { world } = s;
    const parts = { store: world.store, clock: world.time.engine, random: systemRandom };
    await assert.rejects(importCache({ ...parts, settings: { ...world.settings, civicrm: null } }), code('civicrm_missing'));
    await assert.rejects(importCache({ ...parts, settings: { ...world.settings, civicrm: { ...world.settings.civicrm!, database: null } } }), code('settings_invalid'));
    await s.sync.full();
    await assert.rejects(importInto(s), code('settings_invalid'));
  });

  it('tells where the extension was never installed', async () => {
    await connection.query('DROP TABLE civicrm_mailchimpsync_status');
    const s = await open();
    await assert.rejects(importInto(s), (error: unknown) => error instanceof SyncError && error.code === 'civicrm_unexpected' && error.message.includes('civicrm_mailchimpsync_status'));
  });
});
