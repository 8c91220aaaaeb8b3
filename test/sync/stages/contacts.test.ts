import assert from 'node:assert/strict';
import type { StageName } from '../../../src/store/entities.ts';
import type { Counts } from '../../../src/sync/stage.ts';
import { P1, P2, P3, openScenario, type Scenario } from '../../support/scenario.ts';
import { closeWorlds, GROUP, LIST, OTHER_GROUP, OTHER_LIST } from '../../support/sync-world.ts';

/** Runs the stages of a run up to this one, and answers its counts; the run is given up. */
async function upTo(s: Scenario, name: StageName, mode: 'incremental' | 'full' = 'incremental', meanwhile: () => void = () => undefined): Promise<Counts> {
  const id = await s.sync.begin(mode);
  await s.sync.goOn(id, { before: name });
  meanwhile();
  const counts = await s.sync.stage(name, id);
  await s.sync.engine.abort(LIST);
  return counts;
}

describe('stage populate', () => {
  closeWorlds();

  it('links a row to the only live contact with its address', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.trashes(s.civi.creates('Betty', P1));
    s.person.subscribes(P1);
    assert.deepEqual(await upTo(s, 'populate'), { found: 1 });
    assert.equal((await s.sync.row(P1)).contactId, wilma);
  });

  it('of several: the lowest id in the group', async () => {
    const s = await openScenario();
    const [, betty, pebbles] = [s.civi.creates('Wilma', P1), s.civi.creates('Betty', P1), s.civi.creates('Pebbles', P1)];
    s.civi.adds(pebbles);
    s.civi.adds(betty);
    s.person.subscribes(P1);
    await upTo(s, 'populate');
    assert.equal((await s.sync.row(P1)).contactId, betty);
  });

  it('nobody in the group: the lowest id with any history in it', async () => {
    const s = await openScenario();
    const [, betty] = [s.civi.creates('Wilma', P1), s.civi.creates('Betty', P1)];
    s.civi.adds(betty);
    s.civi.removes(betty);
    s.person.subscribes(P1);
    await upTo(s, 'populate');
    assert.equal((await s.sync.row(P1)).contactId, betty);
  });

  it('no history either: the lowest id', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.creates('Betty', P1);
    s.person.subscribes(P1);
    await upTo(s, 'populate');
    assert.equal((await s.sync.row(P1)).contactId, wilma);
  });

  it('an address that the database equates is another one', async () => {
    const s = await openScenario();
    s.civi.creates('Rene', 'rené@example.org');
    s.person.subscribes('rene@example.org');
    assert.deepEqual(await upTo(s, 'populate'), { found: 0 });
  });

  it('finds a contact that got the address later, without a full run', async () => {
    const s = await openScenario();
    s.person.subscribes(P1);
    s.passes(5);
    s.person.unsubscribes(P1);
    await s.sync.run();
    assert.equal((await s.sync.row(P1)).contactId, null);
    s.passes(60);
    const wilma = s.civi.creates('Wilma', P1);
    assert.deepEqual(await upTo(s, 'populate'), { found: 1 });
    assert.equal((await s.sync.row(P1)).contactId, wilma);
  });
});

describe('stage create contacts', () => {
  closeWorlds();

  it('makes an Individual with names, address and source', async () => {
    const s = await openScenario();
    s.person.subscribes(P1, { mergeFields: { FNAME: 'Wilma', LNAME: 'Flintstone' } });
    assert.equal((await upTo(s, 'createContacts'))['created'], 1);
    const [wilma] = s.civi.ownersOf(P1);
    const row = s.world.civicrm.tables.contact.get(wilma!);
    assert.deepEqual([row?.contact_type, row?.first_name, row?.last_name, row?.source], ['Individual', 'Wilma', 'Flintstone', 'mailchimpsync']);
  });

  it('with the source that the settings give', async () => {
    const s = await openScenario({ list: { contactSource: 'newsletter form' } });
    s.person.subscribes(P1);
    await s.sync.run();
    assert.equal(s.world.civicrm.tables.contact.get(s.civi.ownersOf(P1)[0]!)?.source, 'newsletter form');
  });

  it('for members who are subscribed only; the others stay in the cache', async () => {
    const s = await openScenario();
    s.person.subscribes(P1);
    s.person.subscribes(P2);
    s.person.unsubscribes(P2);
    s.person.signsUp(P3);
    assert.equal((await upTo(s, 'createContacts'))['created'], 1);
    assert.deepEqual([s.civi.ownersOf(P2), s.civi.ownersOf(P3), (await s.sync.rows()).length], [[], [], 3]);
  });

  it('twice makes nobody twice', async () => {
    const s = await openScenario();
    s.person.subscribes(P1);
    await upTo(s, 'createContacts');
    assert.equal((await upTo(s, 'createContacts', 'full'))['created'], 0);
    assert.equal(s.civi.ownersOf(P1).length, 1);
  });

  it('looks the address up once more just before', async () => {
    const s = await openScenario();
    s.person.subscribes(P1);
    const counts = await upTo(s, 'createContacts', 'incremental', () => s.civi.creates('Wilma', P1));
    assert.deepEqual([counts['created'], counts['found'], s.civi.ownersOf(P1).length], [0, 1, 1]);
  });

  it('an answer that was lost is found again, not made again', async () => {
    const s = await openScenario();
    s.person.subscribes(P1);
    s.world.civicrm.plan({ fault: { kind: 'done-reset' }, entity: 'Contact', action: 'save' });
    await assert.rejects(s.sync.run());
    await s.comesToRest();
    const owners = s.civi.ownersOf(P1);
    assert.equal(owners.length, 1);
    s.assertSides([P1, 'subscribed'], [owners[0]!, 'Added']);
  });

  it('two audiences that meet the same person make one contact', async () => {
    const s = await openScenario({ twoAudiences: true });
    s.person.subscribes(P1);
    s.person.subscribes(P1, {}, OTHER_LIST);
    const [one, other] = [await s.sync.begin(), await s.sync.begin('incremental', { list: OTHER_LIST })];
    await s.sync.goOn(one, { before: 'createContacts' });
    await s.sync.goOn(other, { before: 'createContacts' });
    await Promise.all([s.sync.stage('createContacts', one), s.sync.stage('createContacts', other)]);
    await s.sync.goOn(one);
    await s.sync.goOn(other);
    await s.comesToRest();
    await s.comesToRest({ list: OTHER_LIST });
    const owners = s.civi.ownersOf(P1);
    assert.equal(owners.length, 1);
    assert.deepEqual([s.group(owners[0]!, GROUP), s.group(owners[0]!, OTHER_GROUP)], ['Added', 'Added']);
  });

  it('nobody against a removal that is kept with the row [trashword]', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.passes(5);
    s.civi.trashes(wilma);
    assert.equal((await upTo(s, 'createContacts'))['created'], 0);
  });
});

describe('stage clean duplicates', () => {
  closeWorlds();

  it('a contact-only row goes when its contact uses a row with a member', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.civi.putsOnHold(wilma, P1);
    await s.sync.run();
    s.passes(30);
    s.person.subscribes(P1);
    assert.deepEqual(await upTo(s, 'cleanDuplicates'), { removed: 1 });
    assert.deepEqual((await s.sync.rows()).map((row) => [row.email, row.contactId]), [[P1, wilma]]);
  });

  it('not while an update of it may take effect [claimaddr]', async () => {
    const s = await openScenario({ list: { submitSingly: 0 } });
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    await s.sync.run();
    s.civi.gives(wilma, P2);
    s.person.subscribes(P2);
    assert.deepEqual(await upTo(s, 'cleanDuplicates', 'full'), { removed: 0 });
    assert.equal((await s.sync.rows()).length, 2);
  });
});

describe('stage add Civi-only', () => {
  closeWorlds();

  it('makes a row for each live contact that is Added and has none', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    const betty = s.civi.creates('Betty', P2);
    const trashed = s.civi.creates('Pebbles', P3);
    for (const contact of [wilma, betty, trashed]) s.civi.adds(contact);
    s.civi.removes(betty);
    s.civi.trashes(trashed);
    assert.deepEqual(await upTo(s, 'addCiviOnly'), { added: 1 });
    const [row, ...others] = await s.sync.rows();
    assert.deepEqual([row?.contactId, row?.email, row?.member, row?.syncStatus, others.length], [wilma, null, null, 'todo', 0]);
  });

  it('none where the contact uses a row by its address', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    const betty = s.civi.creates('Betty', P1);
    s.civi.adds(betty);
    assert.deepEqual(await upTo(s, 'addCiviOnly', 'full'), { added: 0 });
    assert.equal((await s.sync.row(P1)).contactId, wilma);
  });

  it('in an incremental run, for who was added since', async () => {
    const s = await openScenario();
    await s.added('Wilma', P1);
    const betty = s.civi.creates('Betty', P2);
    s.civi.adds(betty);
    assert.deepEqual(await upTo(s, 'addCiviOnly'), { added: 1 });
    assert.deepEqual(await upTo(s, 'addCiviOnly'), { added: 0 });
  });
});

describe('stage remove invalid', () => {
  closeWorlds();

  it('a row with neither side’s data goes', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma');
    s.civi.adds(wilma);
    await s.sync.run();
    assert.equal((await s.sync.rows()).length, 1);
    s.passes(30);
    s.civi.deletesForGood(wilma);
    assert.equal((await upTo(s, 'removeInvalid', 'full'))['deleted'], 1);
    assert.deepEqual(await s.sync.rows(), []);
  });

  it('a trashed contact is seen by an incremental run, by its modified date', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.trashes(wilma);
    assert.equal((await upTo(s, 'removeInvalid'))['left'], 1);
    assert.equal((await s.sync.row(P1)).contactId, null);
  });

  it('a second time changes nothing', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.merges(s.civi.creates('Betty', P2), wilma);
    assert.equal((await upTo(s, 'removeInvalid'))['moved'], 1);
    assert.deepEqual(await upTo(s, 'removeInvalid', 'full'), { moved: 0, left: 0, deleted: 0 });
  });
});
