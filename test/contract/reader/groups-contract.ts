import assert from 'node:assert/strict';
import { contactId, groupId, historyId, writeId } from '../../../src/base/ids.ts';
import { groupContact, START, type ReaderWorld, type WorldOptions } from './reader-world.ts';

export const groupsContract = (open: (options?: WorldOptions) => Promise<ReaderWorld>): void => {
  it('smart and disabled groups are told, and those that do not exist left out', async () => {
    const { reader, newsletter, happens } = await open();
    const smart = await happens((acts) => {
      acts.setGroupActive(newsletter, false);
      return groupId(acts.createGroup({ title: 'Smart & <new>', search: [['last_name', '=', 'Rubble']] }));
    });
    assert.deepEqual(await reader.groups([smart, newsletter, groupId(999)]), [
      { id: newsletter, title: 'Newsletter', isActive: false, isSmart: false },
      { id: smart, title: 'Smart & <new>', isActive: true, isSmart: true },
    ]);
  });

  it('who is Added is paged through by contact, live ones only', async () => {
    const { reader, newsletter, person, happens } = await open();
    const [betty, barney, bammBamm] = await happens((acts) => {
      const people = [person('Betty'), person('Barney'), person('Bamm-Bamm'), person('Wilma')] as const;
      for (const one of people) acts.addToGroup(one, newsletter);
      acts.removeFromGroup(people[1], newsletter);
      acts.trash(people[3]);
      return people;
    });
    assert.deepEqual(await reader.addedAfter(newsletter, null, 1), [betty]);
    assert.deepEqual(await reader.addedAfter(newsletter, betty, 10), [bammBamm]);
    assert.deepEqual(await reader.groupContacts([barney, betty], [newsletter]), [groupContact(betty, newsletter), groupContact(barney, newsletter, 'Removed')]);
  });

  it('in a smart group are those whom its search finds or who were added by hand, without those removed by hand', async () => {
    const { reader, person, happens } = await open();
    const [smart, barney, betty, wilma] = await happens((acts) => {
      const people = [person('Barney'), person('Betty'), contactId(acts.createContact({ firstName: 'Wilma', lastName: 'Flintstone' }))] as const;
      const group = groupId(acts.createGroup({ title: 'Smart', search: [['last_name', '=', 'Rubble']] }));
      acts.removeFromGroup(people[1], group);
      acts.addToGroup(people[2], group);
      return [group, ...people] as const;
    });
    assert.deepEqual((await reader.searchResult(smart, [wilma, betty, barney])).members, new Set([barney, wilma]));
    assert.deepEqual((await reader.searchResult(smart, [betty])).members, new Set());
    assert.deepEqual(await reader.searchedAfter(smart, null, 1), [barney]);
    assert.deepEqual(await reader.searchedAfter(smart, barney, 10), [wilma]);
    assert.deepEqual(await reader.groupContacts([barney, betty, wilma], [smart]), [groupContact(betty, smart, 'Removed'), groupContact(wilma, smart)]);
  });

  it('what a search found is as old as CiviCRM’s table of it, until it searches anew', async () => {
    const { reader, person, happens, time } = await open({ timezone: 'Europe/Berlin' });
    const smart = await happens((acts) => groupId(acts.createGroup({ title: 'Smart', search: [['last_name', '=', 'Rubble']] })));
    const first = await reader.searchResult(smart, [await happens(() => person('Barney'))]);
    assert.deepEqual([first.since, first.at], [START, START], 'asked again, because the first time filled the table');
    const betty = await happens(() => person('Betty'));
    time.service.advance(60_000);
    assert.deepEqual(await reader.searchResult(smart, [betty]), { members: new Set(), since: START, at: START });
    time.service.advance(600_000);
    assert.deepEqual(await reader.searchResult(smart, [betty]), { members: new Set([betty]), since: START, at: START + 660_000 });
  });

  it('a smart group that is disabled or gone is no empty one', async () => {
    const { reader, person, happens } = await open();
    const betty = await happens(() => person('Betty'));
    const smart = await happens((acts) => groupId(acts.createGroup({ title: 'Smart', search: [['last_name', '=', 'Rubble']], active: false })));
    for (const group of [smart, groupId(999)]) await assert.rejects(reader.searchResult(group, [betty]), { code: 'group_missing' });
  });

  it('the history is read of some groups and domain-wide, with our marks', async () => {
    const { reader, writer, newsletter, person, happens } = await open();
    const betty = await happens((acts) => {
      const found = person('Betty');
      acts.addToGroup(found, newsletter);
      acts.addToGroup(found, acts.createGroup({ title: 'Other' }));
      acts.optOut(found, { history: true });
      return found;
    });
    await writer.saveGroupContacts([groupContact(betty, newsletter, 'Removed')], writeId('w1'));
    await happens((acts) => acts.deleteFromGroup(betty, newsletter));
    assert.deepEqual(await reader.history([betty], [newsletter]), [
      { id: 1, contactId: betty, groupId: newsletter, date: START, status: 'Added', tracking: null },
      { id: 3, contactId: betty, groupId: null, date: START, status: 'Removed', tracking: null },
      { id: 4, contactId: betty, groupId: newsletter, date: START, status: 'Removed', tracking: 'mailchimpsync:w1' },
      { id: 5, contactId: betty, groupId: newsletter, date: START, status: 'Deleted', tracking: null },
    ]);
    assert.deepEqual((await reader.history([betty], [])).map(({ id }) => id), [3]);
  });

  it('history rows that are seen late, behind later ones, are missing until then', async () => {
    const { reader, newsletter, person, happens } = await open();
    const [betty, transaction] = await happens((acts) => {
      const found = person('Betty');
      const other = acts.createGroup({ title: 'Other' });
      acts.addToGroup(found, newsletter);
      acts.addToGroup(found, other);
      acts.optOut(found, { history: true });
      const begun = acts.begin(found, newsletter, 'Removed');
      acts.addToGroup(person('Barney'), other);
      return [found, begun] as const;
    });
    assert.deepEqual((await reader.historySince(historyId(0), [newsletter], 100)).map((row) => [row.id, row.groupId]), [[1, newsletter], [3, null]]);
    assert.deepEqual(await reader.historyIds(historyId(1), historyId(10)), new Set([1, 2, 3, 5]));
    assert.deepEqual(await reader.historyIds(historyId(3), historyId(2)), new Set());
    await happens((acts) => acts.commit(transaction));
    assert.deepEqual((await reader.historySince(historyId(3), [newsletter], 100)).map((row) => [row.id, row.contactId, row.status]), [[4, betty, 'Removed']]);
    assert.deepEqual((await reader.historySince(historyId(0), [newsletter], 2)).map(({ id }) => id), [1, 3]);
  });

  it('a merge re-points rows or drops them, as CiviCRM does', async () => {
    const { reader, newsletter, person, happens } = await open();
    const [kept, duplicate] = await happens((acts) => {
      const people = [person('Wilma', 'wilma@example.org'), person('Wilma', 'other@example.org')] as const;
      acts.addToGroup(people[1], newsletter);
      acts.merge(people[0], people[1]);
      return people;
    });
    assert.deepEqual(await reader.groupContacts([kept, duplicate], [newsletter]), [groupContact(kept, newsletter)]);
    assert.deepEqual((await reader.history([kept, duplicate], [newsletter])).map((row) => row.contactId), [kept]);
    assert.deepEqual((await reader.emailsOfContacts([kept])).map(({ email }) => email), ['wilma@example.org', 'other@example.org']);
  });
};
