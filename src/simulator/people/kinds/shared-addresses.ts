import type { Kind } from '../person.ts';
import { contact, member, person } from '../plans.ts';

/** Several contacts on one address, several addresses on one contact ("Shared addresses"). Contacts' ids rise in the order given. */
export const sharedAddresses: readonly Kind[] = [
  {
    name: 'two contacts at one address, both Added',
    tells: 'Subscribed while one of them is in: in step.',
    make: (maker) => {
      const [one, other, subscribed] = maker.moments(3);
      const address = maker.address();
      return person({ members: [member(address, 'subscribed', subscribed)], contacts: [contact(address, [['Added', one]]), contact(address, [['Added', other]])] });
    },
  },
  {
    name: 'two contacts at one address, one Removed later',
    tells: 'The other keeps the member subscribed; who was removed is not brought in again.',
    make: (maker) => {
      const [one, other, subscribed, removed] = maker.moments(4);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', subscribed)],
        contacts: [contact(address, [['Added', one]]), contact(address, [['Added', other], ['Removed', removed]])],
      });
    },
  },
  {
    name: 'two contacts at one address, neither ever in, subscribed',
    tells: 'One yes brings in one contact: the lowest id.',
    make: (maker) => {
      const [subscribed] = maker.moments(1);
      const address = maker.address();
      return person({ members: [member(address, 'subscribed', subscribed)], contacts: [contact(address, [], { becomes: { group: 'Added' } }), contact(address, [])] });
    },
  },
  {
    name: 'two contacts at one address, both Removed, subscribed later',
    tells: 'One yes brings in one contact: the one that left last.',
    make: (maker) => {
      const [added, first, last, subscribed] = maker.moments(4);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', subscribed)],
        contacts: [
          contact(address, [['Added', added], ['Removed', first]]),
          contact(address, [['Added', added], ['Removed', last]], { becomes: { group: 'Added' } }),
        ],
      });
    },
  },
  {
    name: 'two contacts at one address, both Added, unsubscribed later',
    tells: 'An unsubscribe is a no for all who use the address: both Removed.',
    make: (maker) => {
      const [one, other, left] = maker.moments(3);
      const address = maker.address();
      return person({
        members: [member(address, 'unsubscribed', left)],
        contacts: [contact(address, [['Added', one]], { becomes: { group: 'Removed' } }), contact(address, [['Added', other]], { becomes: { group: 'Removed' } })],
      });
    },
  },
  {
    name: 'two contacts at one address, both Removed after subscribing',
    tells: 'Nobody keeps the member: unsubscribed.',
    make: (maker) => {
      const [added, subscribed, first, last] = maker.moments(4);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', subscribed, { becomes: { status: 'unsubscribed' } })],
        contacts: [contact(address, [['Added', added], ['Removed', first]]), contact(address, [['Added', added], ['Removed', last]])],
      });
    },
  },
  {
    name: 'two contacts at one address, both Added, unknown to Mailchimp',
    tells: 'One member for both.',
    make: (maker) => {
      const [one, other] = maker.moments(2);
      const address = maker.address();
      return person({ contacts: [contact(address, [['Added', one]]), contact(address, [['Added', other]])], newMembers: [{ address, interest: false }] });
    },
  },
  {
    name: 'two contacts at one address, one Added, unknown to Mailchimp',
    tells: 'Subscribed for the one that is in; the other stays out.',
    make: (maker) => {
      const [added] = maker.moments(1);
      const address = maker.address();
      return person({ contacts: [contact(address, []), contact(address, [['Added', added]])], newMembers: [{ address, interest: false }] });
    },
  },
  {
    name: 'two addresses, both subscribed, Added',
    tells: 'Each address is a member of its own: in step.',
    make: (maker) => twoAddresses(maker.moments(3), [maker.address(), maker.address()]),
  },
  {
    name: 'two addresses, one unsubscribed after Added',
    tells: 'She stays by the other address; the unsubscribed one stays out.',
    make: (maker) => {
      const [added, subscribed, left] = maker.moments(3);
      const [one, other] = [maker.address(), maker.address()];
      return person({
        members: [member(one, 'unsubscribed', left), member(other, 'subscribed', subscribed)],
        contacts: [contact([{ address: one, primary: true }, { address: other }], [['Added', added]])],
      });
    },
  },
  {
    name: 'two addresses, both unsubscribed after Added',
    tells: 'No address says yes: Removed.',
    make: (maker) => {
      const [added, first, last] = maker.moments(3);
      const [one, other] = [maker.address(), maker.address()];
      return person({
        members: [member(one, 'unsubscribed', first), member(other, 'unsubscribed', last)],
        contacts: [contact([{ address: one, primary: true }, { address: other }], [['Added', added]], { becomes: { group: 'Removed' } })],
      });
    },
  },
  {
    name: 'two addresses, Removed after subscribing both',
    tells: 'Every subscribed address is unsubscribed.',
    make: (maker) => {
      const [added, first, last, removed] = maker.moments(4);
      const [one, other] = [maker.address(), maker.address()];
      return person({
        members: [member(one, 'subscribed', first, { becomes: { status: 'unsubscribed' } }), member(other, 'subscribed', last, { becomes: { status: 'unsubscribed' } })],
        contacts: [contact([{ address: one, primary: true }, { address: other }], [['Added', added], ['Removed', removed]])],
      });
    },
  },
];

function twoAddresses([added, first, last]: readonly [number, number, number], [one, other]: readonly [string, string]): ReturnType<Kind['make']> {
  return person({
    members: [member(one, 'subscribed', first), member(other, 'subscribed', last)],
    contacts: [contact([{ address: one, primary: true }, { address: other }], [['Added', added]])],
  });
}
