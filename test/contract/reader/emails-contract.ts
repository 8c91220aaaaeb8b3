import assert from 'node:assert/strict';
import { emailAddress } from '../../../src/base/ids.ts';
import type { ReaderWorld, WorldOptions } from './reader-world.ts';

export const emailsContract = (open: (options?: WorldOptions) => Promise<ReaderWorld>): void => {
  it('addresses are told apart that the database equates, and found in whatever case', async () => {
    const { reader, person, happens } = await open();
    const wilma = await happens(() => {
      const found = person('Wilma', 'Wilma@Example.org');
      for (const address of ['wílma@example.org', 'wilma@example.org ', 'grosse@example.org', 'große@example.org', '🪨@example.org', '🦕@example.org']) person('Another', address);
      return found;
    });
    const owners = async (address: string): Promise<readonly string[]> => (await reader.emailsByAddress([emailAddress(address)])).map(({ email }) => email);
    assert.deepEqual((await reader.emailsByAddress([emailAddress('WILMA@example.org')])).map((one) => one.contactId), [wilma]);
    assert.deepEqual(await owners('große@example.org'), ['große@example.org']);
    assert.deepEqual(await owners('🦕@example.org'), ['🦕@example.org']);
    assert.deepEqual((await reader.emailsByAddress(['wilma@example.org', 'wílma@example.org'].map(emailAddress))).map(({ email }) => email), ['wilma@example.org', 'wílma@example.org']);
  });

  it('addresses of trashed contacts find nobody', async () => {
    const { reader, person, happens } = await open();
    await happens((acts) => acts.trash(person('Gazoo', 'gazoo@example.org')));
    assert.deepEqual(await reader.emailsByAddress([emailAddress('gazoo@example.org')]), []);
  });

  it('an address that two contacts have finds both', async () => {
    const { reader, person, happens } = await open();
    const pair = await happens(() => [person('Betty', 'rubbles@example.org'), person('Barney', 'rubbles@example.org')]);
    assert.deepEqual((await reader.emailsByAddress([emailAddress('rubbles@example.org')])).map(({ contactId }) => contactId), pair);
  });

  it('the best address of a contact comes first: bulk mail, primary, then the oldest', async () => {
    const { reader, person, happens } = await open();
    const [betty, barney] = await happens((acts) => {
      const people = [person('Betty', 'a@x.org'), person('Barney', 'z@x.org')] as const;
      acts.addEmail(people[0], 'b@x.org');
      acts.hold(acts.addEmail(people[0], 'c@x.org', { bulkmail: true }), 'opt-out');
      acts.setPrimary(acts.addEmail(people[0], 'd@x.org'));
      return people;
    });
    assert.deepEqual(
      (await reader.emailsOfContacts([barney, betty])).map(({ contactId, email, isPrimary, isBulkmail, onHold }) => [contactId, email, isPrimary, isBulkmail, onHold]),
      [
        [betty, 'c@x.org', false, true, 2],
        [betty, 'd@x.org', true, false, 0],
        [betty, 'a@x.org', false, false, 0],
        [betty, 'b@x.org', false, false, 0],
        [barney, 'z@x.org', true, false, 0],
      ],
    );
  });

  it('an e-mail without an address is none, even as the primary one', async () => {
    const { reader, person, happens } = await open();
    const betty = await happens((acts) => {
      const found = person('Betty', 'betty@example.org');
      acts.setPrimary(acts.addEmail(found, ''));
      acts.addEmail(found, ' ');
      return found;
    });
    assert.deepEqual((await reader.emailsOfContacts([betty])).map(({ email }) => email), ['betty@example.org']);
  });

  it('what was written through the API is read at once', async () => {
    const { reader, writer } = await open();
    const [betty] = await writer.createContacts([{ firstName: 'Betty <3', lastName: "O'Shale", email: emailAddress('betty@example.org'), source: 'mailchimpsync' }]);
    assert.ok(betty !== undefined);
    await writer.addEmail(betty, emailAddress('other@example.org'));
    await writer.holdEmail(betty, emailAddress('betty@example.org'));
    await writer.saveNames(betty, { lastName: 'Rubble' });
    await reader.catchUp();
    assert.deepEqual((await reader.contactsById([betty])).map(({ firstName, lastName }) => [firstName, lastName]), [['Betty <3', 'Rubble']]);
    assert.deepEqual((await reader.emailsOfContacts([betty])).map(({ email, onHold }) => [email, onHold]), [['other@example.org', 0], ['betty@example.org', 1]]);
  });
};
