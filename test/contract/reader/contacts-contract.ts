import assert from 'node:assert/strict';
import { contactId, emailAddress } from '../../../src/base/ids.ts';
import type { ReaderWorld, WorldOptions } from './reader-world.ts';
import { START } from './reader-world.ts';

export const contactsContract = (open: (options?: WorldOptions) => Promise<ReaderWorld>): void => {
  it('the probe passes', async () => {
    await (await open()).reader.probe();
  });

  it('contacts in the trash are seen, by id and in the change feed; those deleted for good are not', async () => {
    const { reader, person, time, happens } = await open();
    const [betty, gazoo, hoppy] = await happens(() => [person('Betty'), person('Gazoo'), person('Hoppy')] as const);
    time.service.advance(60_000);
    const changed = time.service.now();
    await happens((acts) => {
      acts.trash(gazoo);
      acts.deletePermanently(hoppy);
    });
    assert.deepEqual((await reader.contactsById([hoppy, gazoo, betty])).map(({ id, isDeleted }) => [id, isDeleted]), [[betty, false], [gazoo, true]]);
    assert.deepEqual(await reader.modifiedSince(changed, null, 100), [gazoo]);
    assert.deepEqual(await reader.modifiedSince(changed + 1000, null, 100), []);
  });

  it('the change feed goes on past an id, up to a limit', async () => {
    const { reader, person, time, happens } = await open();
    time.service.advance(60_000);
    const since = time.service.now();
    const people = await happens(() => ['Betty', 'Barney', 'Wilma'].map((name) => person(name)));
    assert.deepEqual(await reader.modifiedSince(since, null, 2), people.slice(0, 2));
    assert.deepEqual(await reader.modifiedSince(since, people[1] ?? null, 2), people.slice(2));
  });

  it('all that decides about mailing is read, and names as people write them', async () => {
    const { reader, person, happens } = await open();
    const id = await happens((acts) => {
      const rocky = person('Rock <b>& "Roll"</b> &amp;');
      acts.optOut(rocky);
      acts.setFlag(rocky, 'do_not_email', true);
      acts.setFlag(rocky, 'is_deceased', true);
      return rocky;
    });
    assert.deepEqual(await reader.contactsById([id]), [
      { id, type: 'Individual', firstName: 'Rock <b>& "Roll"</b> &amp;', lastName: 'Rubble', isDeleted: false, isOptOut: true, doNotEmail: true, isDeceased: true, modified: START },
    ]);
  });

  it('2,500 are read in chunks, whatever the order asked for, and each once', async () => {
    const { reader, happens } = await open();
    const people = Array.from({ length: 2500 }, (_, at) => ({ firstName: `Person ${at}`, lastName: 'Rubble', created: START, emails: [{ email: `person${at}@example.org` }] }));
    const ids = (await happens((acts) => acts.importContacts(people))).map(contactId);
    assert.deepEqual((await reader.contactsById([...ids.toReversed(), ...ids])).map(({ id }) => id), ids);
    assert.equal((await reader.emailsOfContacts(ids)).length, 2500);
    assert.equal((await reader.emailsByAddress(people.map((_, at) => emailAddress(`Person${at}@example.org`)))).length, 2500);
  });

  it('nothing is asked for, nothing found', async () => {
    const { reader, newsletter } = await open();
    assert.deepEqual(
      [await reader.contactsById([]), await reader.emailsByAddress([]), await reader.emailsOfContacts([]), await reader.groups([]), await reader.groupContacts([], [newsletter]), await reader.history([], [newsletter])],
      [[], [], [], [], [], []],
    );
  });

  for (const version of ['6.18', '6.15', '6.5'] as const) {
    it(`merges are followed to the last survivor, and back, on CiviCRM ${version}`, async () => {
      const { reader, person, happens } = await open({ version });
      const [first, second, third, lone] = await happens((acts) => {
        const people = [person('Wilma'), person('Wilma'), person('Wilma'), person('Pebbles')] as const;
        acts.merge(people[1], people[0]);
        acts.merge(people[2], people[1]);
        return people;
      });
      assert.deepEqual(await reader.mergedTo([first, second, third, lone, contactId(999_999)]), new Map([[first, third], [second, third]]));
      assert.deepEqual(new Set((await reader.mergedFrom([third, lone])).get(third)), new Set([first, second]));
      assert.deepEqual((await reader.contactsById([first, second, third])).map(({ isDeleted }) => isDeleted), [true, true, false]);
    });
  }
};
