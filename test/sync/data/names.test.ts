import assert from 'node:assert/strict';
import { byMailchimpApi, changesContact, DATA, mergeFieldAt } from '../../support/data-scenario.ts';
import { openScenario, P1, P2, type Scenario } from '../../support/scenario.ts';
import { closeWorlds, LIST } from '../../support/sync-world.ts';

const names = (s: Scenario, contact: number): readonly unknown[] => [mergeFieldAt(s, P1, 'FNAME'), s.civi.firstNameOf(contact)];
const renamesAtMailchimp = (s: Scenario, first: string): Promise<void> => byMailchimpApi(s, 'PATCH', `/members/${P1}`, { merge_fields: { FNAME: first } });

describe('names', () => {
  closeWorlds();

  it('changed at Mailchimp go to CiviCRM', async () => {
    const s = await openScenario();
    const contact = await s.joined(P1);
    await renamesAtMailchimp(s, 'Pebbles');
    await s.comesToRest(DATA);
    assert.deepEqual(names(s, contact), ['Pebbles', 'Pebbles']);
  });

  it('changed in CiviCRM go to Mailchimp', async () => {
    const s = await openScenario();
    const contact = await s.joined(P1);
    s.civi.renames(contact, 'Betty');
    await s.comesToRest(DATA);
    assert.deepEqual(names(s, contact), ['Betty', 'Betty']);
  });

  for (const [later, expected] of [['Mailchimp', 'Pebbles'], ['CiviCRM', 'Betty']] as const)
    it(`changed on both sides: the later counts (${later})`, async () => {
      const s = await openScenario();
      const contact = await s.joined(P1);
      await s.sync.full(DATA);
      const acts = [() => renamesAtMailchimp(s, 'Pebbles'), () => Promise.resolve(s.civi.renames(contact, 'Betty'))];
      for (const act of later === 'Mailchimp' ? acts.toReversed() : acts) {
        s.passes(60);
        await act();
      }
      await s.comesToRest(DATA);
      assert.deepEqual(names(s, contact), [expected, expected]);
    });

  it('are never overwritten by a blank one, whichever side is blank and later', async () => {
    const s = await openScenario();
    const contact = await s.joined(P1);
    await s.sync.full(DATA);
    s.passes(60);
    await renamesAtMailchimp(s, '');
    await s.comesToRest(DATA);
    assert.deepEqual(names(s, contact), ['Wilma', 'Wilma']);
    s.passes(60);
    await changesContact(s, contact, { first_name: ' ' });
    await s.comesToRest(DATA);
    assert.deepEqual(names(s, contact).map((name) => String(name).trim()), ['Wilma', 'Wilma']);
  });

  for (const [what, name] of [
    ['64 characters', 'x'.repeat(64)],
    ['more than CiviCRM holds', 'y'.repeat(80)],
    ['<', 'Ann <the first>'],
    ['more than CiviCRM holds once < is encoded', `${'z'.repeat(60)}<b>`],
    ['quotes', `Seán "Sonny" O'Hara`],
    ['emoji', 'Zoë 👩‍🚒🎉'],
    ['spaces around', ' Ann '],
  ] as const)
    it(`with ${what} come to rest, and are not copied back cut or mangled`, async () => {
      const s = await openScenario();
      const contact = await s.joined(P1);
      await renamesAtMailchimp(s, name);
      const kept = mergeFieldAt(s, P1, 'FNAME');
      await s.comesToRest(DATA);
      assert.equal(mergeFieldAt(s, P1, 'FNAME'), kept);
      assert.notEqual(s.civi.firstNameOf(contact), 'Wilma');
    });

  it('with more bytes than Mailchimp holds come to rest, and are not copied back cut', async () => {
    const s = await openScenario();
    const contact = s.civi.creates('🦕'.repeat(64), P1);
    s.civi.adds(contact);
    await s.comesToRest(DATA);
    assert.deepEqual(names(s, contact), ['🦕'.repeat(63), '🦕'.repeat(64)]);
  });

  it('by a profile webhook are the person’s own word, and win over an older name in CiviCRM', async () => {
    const s = await openScenario();
    const contact = await s.joined(P1);
    s.civi.renames(contact, 'Betty');
    s.passes(60);
    s.person.isCalled(P1, 'Pebbles');
    await s.webhooksArrive();
    assert.deepEqual(names(s, contact), ['Pebbles', 'Pebbles']);
  });

  it('that differ without a change that anybody dated are found once a day', async () => {
    const s = await openScenario();
    const contact = await s.joined(P1);
    s.civi.renames(contact, 'Betty');
    await s.sync.full(); // without data: the change is seen, and nothing is done about it
    await s.sync.run('incremental', DATA);
    assert.deepEqual(names(s, contact), ['Betty', 'Betty']);
  });

  it('that the audience has no merge field for are not sent again and again, nor taken for blank', async () => {
    const s = await openScenario();
    const list = s.world.mailchimp.state.lists.find(({ id }) => id === LIST)!;
    list.mergeFields = list.mergeFields.filter(({ tag }) => tag !== 'LNAME');
    const contact = s.civi.creates('Wilma', P1);
    s.civi.adds(contact);
    await s.comesToRest(DATA);
    s.civi.renames(contact, 'Betty');
    await s.comesToRest(DATA);
    assert.deepEqual([names(s, contact), s.world.civicrm.tables.contact.get(contact)?.last_name], [['Betty', 'Betty'], 'Flintstone']);
    s.world.mailchimp.setup.createMergeField(LIST, { tag: 'LNAME' });
    await s.comesToRest(DATA);
    assert.equal(mergeFieldAt(s, P1, 'LNAME'), 'Flintstone');
  });

  it('are left alone where the settings say so', async () => {
    const s = await openScenario({ list: { data: { names: false } } });
    const contact = await s.joined(P1);
    s.civi.renames(contact, 'Betty');
    await s.comesToRest(DATA);
    assert.deepEqual(names(s, contact), ['Wilma', 'Betty']);
    const other = s.civi.creates('Fred', P2);
    s.civi.adds(other);
    await s.comesToRest(DATA);
    assert.equal(mergeFieldAt(s, P2, 'FNAME'), '');
  });
});
