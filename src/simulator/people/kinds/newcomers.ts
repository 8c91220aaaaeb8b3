import type { EmailPlan, Kind, PersonMaker } from '../person.ts';
import { contact, member, person } from '../plans.ts';

/** Known to one side only. */
export const newcomers: readonly Kind[] = [
  {
    name: 'subscribed, unknown to CiviCRM',
    tells: 'A contact is made once, and Added.',
    make: (maker) => {
      const [subscribed] = maker.moments(1);
      const address = maker.address();
      return person({ members: [member(address, 'subscribed', subscribed)], newContact: { address, interest: false } });
    },
  },
  addedOnly('Added, unknown to Mailchimp', 'Subscribed at the only address.', (address) => [{ address: address() }]),
  {
    name: 'subscribed, in CiviCRM but never in the group',
    tells: 'CiviCRM has no word: Added to the group.',
    make: (maker) => {
      const [subscribed] = maker.moments(1);
      const address = maker.address();
      return person({ members: [member(address, 'subscribed', subscribed)], contacts: [contact(address, [], { becomes: { group: 'Added' } })] });
    },
  },
  {
    name: 'subscribed with an interest, unknown to CiviCRM',
    tells: 'The contact is made, and Added to both groups.',
    make: (maker) => {
      const [subscribed] = maker.moments(1);
      const address = maker.address();
      return person({ members: [member(address, 'subscribed', subscribed, { interest: true })], newContact: { address, interest: true } });
    },
  },
  {
    name: 'Added to both groups, unknown to Mailchimp',
    tells: 'Subscribed with the interest on.',
    make: (maker) => {
      const [added, interested] = maker.moments(2);
      const address = maker.address();
      return person({ contacts: [contact(address, [['Added', added]], { interestPast: [['Added', interested]] })], newMembers: [{ address, interest: true }] });
    },
  },
  addedOnly('Added, with an address for bulk mail', 'Subscribed at the bulk-mail address.', (address) => [
    { address: address(), bulkmail: true },
    { address: address(), primary: true },
    { address: address() },
  ]),
  addedOnly('Added, with a primary address', 'Subscribed at the primary address.', (address) => [{ address: address(), primary: true }, { address: address() }]),
  addedOnly('Added, the primary address on hold', 'Subscribed at the other address: never at one on hold.', (address) => [
    { address: address() },
    { address: address(), primary: true, onHold: true },
  ]),
  {
    name: 'trashed before the first sync, subscribed',
    tells: 'The sync never knew the trashed contact: one is made anew, and Added.',
    make: (maker) => {
      const [added, subscribed] = maker.moments(2);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', subscribed)],
        contacts: [contact(address, [['Added', added]], { trashed: true })],
        newContact: { address, interest: false },
      });
    },
  },
  {
    name: 'merged, Added, unknown to Mailchimp',
    tells: "The duplicate's membership went over to the contact that was kept: subscribed once, at its address.",
    make: (maker) => {
      const [added] = maker.moments(1);
      const address = maker.address();
      return person({
        contacts: [contact(address, [], { becomes: { group: 'Added' } }), contact(address, [['Added', added]], { mergedInto: 0, becomes: { group: null } })],
        newMembers: [{ address, interest: false }],
      });
    },
  },
];

/** `emails`: the first of them is the best. */
function addedOnly(name: string, tells: string, emails: (address: () => string) => readonly [EmailPlan, ...EmailPlan[]]): Kind {
  return {
    name,
    tells,
    make: (maker: PersonMaker) => {
      const [added] = maker.moments(1);
      const made = emails(() => maker.address());
      return person({ contacts: [contact(made, [['Added', added]])], newMembers: [{ address: made[0].address, interest: false }] });
    },
  };
}
