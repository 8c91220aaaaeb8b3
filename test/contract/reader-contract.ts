import { contactsContract } from './reader/contacts-contract.ts';
import { datesContract } from './reader/dates-contract.ts';
import { emailsContract } from './reader/emails-contract.ts';
import { groupsContract } from './reader/groups-contract.ts';
import { worldsOf, type OpenPlace } from './reader/reader-world.ts';

/** What every reader of CiviCRM promises, on the same people. `open` makes a site's place anew for each test. */
export const readerContract = (name: string, open: OpenPlace): void => {
  describe(`Reader contract: ${name}`, () => {
    const openWorld = worldsOf(open);

    describe('contacts', () => contactsContract(openWorld));
    describe('e-mails', () => emailsContract(openWorld));
    describe('groups and history', () => groupsContract(openWorld));
    describe('dates', () => datesContract(openWorld));
  });
};
