import type { EmailPlan, Kind } from '../person.ts';
import { contact, member, person } from '../plans.ts';

/** Added in CiviCRM, and cannot be subscribed: reported with a reason, both sides left as they are. */
export const failing: readonly Kind[] = [
  {
    name: 'Added after cleaned',
    tells: 'Mailchimp mails no cleaned address: `cleaned`.',
    make: (maker) => {
      const [cleaned, added] = maker.moments(2);
      const address = maker.address();
      return person({ members: [member(address, 'cleaned', cleaned)], contacts: [contact(address, [['Added', added]])], held: [address], failure: 'cleaned' });
    },
  },
  {
    name: 'Added after unsubscribed, address on hold',
    tells: 'CiviCRM itself would not mail the address: `on_hold`.',
    make: (maker) => {
      const [left, added] = maker.moments(2);
      const address = maker.address();
      return person({
        members: [member(address, 'unsubscribed', left)],
        contacts: [contact([{ address, onHold: true }], [['Added', added]])],
        failure: 'on_hold',
      });
    },
  },
  addedWith('Added without an address', 'There is nothing to subscribe: `no_email`.', () => []),
  addedWith('Added, the only address on hold', 'No address may be mailed: `no_email`.', (address) => [{ address, onHold: true }]),
  {
    name: 'Added after the address was deleted for good',
    tells: 'Mailchimp takes a forgotten address from the person alone: `forgotten`.',
    make: (maker) => {
      const [added] = maker.moments(1);
      const address = maker.address();
      return person({ contacts: [contact(address, [['Added', added]])], forgotten: [address], failure: 'forgotten' });
    },
  },
  {
    name: 'Added with a fake address',
    tells: 'Mailchimp refuses the address: `address_refused`.',
    make: (maker) => {
      const [added] = maker.moments(1);
      return person({ contacts: [contact(maker.fakeAddress(), [['Added', added]])], failure: 'address_refused' });
    },
  },
  {
    name: 'Added, signed up to many lists of late',
    tells: 'Mailchimp takes the address again in some days: `later`.',
    make: (maker) => {
      const [added] = maker.moments(1);
      const address = maker.address();
      return person({ contacts: [contact(address, [['Added', added]])], tooManySignups: [address], failure: 'later' });
    },
  },
];

function addedWith(name: string, tells: string, emails: (address: string) => readonly EmailPlan[]): Kind {
  return {
    name,
    tells,
    make: (maker) => {
      const [added] = maker.moments(1);
      return person({ contacts: [contact(emails(maker.address()), [['Added', added]])], failure: 'no_email' });
    },
  };
}
