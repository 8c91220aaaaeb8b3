import type { ContactPlan, Kind, Moment } from '../person.ts';
import { contact, member, person } from '../plans.ts';

type Flags = Partial<Pick<ContactPlan, 'optOut' | 'doNotEmail' | 'deceased'>>;

/** Who may not be mailed is not subscribed in CiviCRM, whatever the group says; the group stays as it is. */
export const notMailable: readonly Kind[] = [
  subscribedBut('opted out by a link in a mail', (date) => ({ optOut: { date } })),
  subscribedBut('opted out by a tick', () => ({ optOut: 'tick' })),
  subscribedBut('do not e-mail', () => ({ doNotEmail: true })),
  subscribedBut('deceased', () => ({ deceased: true })),
  {
    name: 'opted out and Added, unknown to Mailchimp',
    tells: 'An opt-out is a no for every group: not subscribed, and Added as before.',
    make: (maker) => {
      const [added, date] = maker.moments(2);
      return person({ contacts: [contact(maker.address(), [['Added', added]], { optOut: { date } })] });
    },
  },
  {
    name: 'opted out, never in the group, subscribed',
    tells: 'An opt-out is a no for every group: unsubscribed, and no row in the group.',
    make: (maker) => {
      const [subscribed, date] = maker.moments(2);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', subscribed, { becomes: { status: 'unsubscribed' } })],
        contacts: [contact(address, [], { optOut: { date } })],
      });
    },
  },
];

function subscribedBut(what: string, flags: (date: Moment) => Flags): Kind {
  return {
    name: `Added and subscribed, ${what}`,
    tells: 'May not be mailed: unsubscribed at Mailchimp, and Added as before.',
    make: (maker) => {
      const [subscribed, added, date] = maker.moments(3);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', subscribed, { becomes: { status: 'unsubscribed' } })],
        contacts: [contact(address, [['Added', added]], flags(date))],
      });
    },
  };
}
