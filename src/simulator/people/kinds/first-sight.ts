import type { Kind } from '../person.ts';
import { contact, member, person } from '../plans.ts';

const SECOND = 1000;

/** Neither word is surely later: what mails less is done ("Whose word counts", "When a word was said"). */
export const firstSight: readonly Kind[] = [
  {
    name: 'unsubscribed within a second of Added',
    tells: 'Two clocks are not that exact; not subscribed mails less: Removed.',
    make: (maker) => {
      const [left] = maker.moments(1);
      const address = maker.address();
      return person({ members: [member(address, 'unsubscribed', left)], contacts: [contact(address, [['Added', left + SECOND]], { becomes: { group: 'Removed' } })] });
    },
  },
  {
    name: 'subscribed within a second of Removed',
    tells: 'Two clocks are not that exact; not subscribed mails less: unsubscribed.',
    make: (maker) => {
      const [added, removed] = maker.moments(2);
      const address = maker.address();
      const subscribed = removed + SECOND;
      return person({
        members: [member(address, 'subscribed', subscribed, { optedIn: subscribed, becomes: { status: 'unsubscribed' } })],
        contacts: [contact(address, [['Added', added], ['Removed', removed]])],
      });
    },
  },
  {
    name: 'Removed between opt-in and last change',
    tells: 'The last change may have been anything: her yes is no later than the removal. Unsubscribed.',
    make: (maker) => {
      const [added, optedIn, removed, changed] = maker.moments(4);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', changed, { optedIn, becomes: { status: 'unsubscribed' } })],
        contacts: [contact(address, [['Added', added], ['Removed', removed]])],
      });
    },
  },
  {
    name: 'Added past the history, unsubscribed',
    tells: 'A status without history may be of any time; not subscribed mails less: Removed.',
    make: (maker) => {
      const [left] = maker.moments(1);
      const address = maker.address();
      return person({ members: [member(address, 'unsubscribed', left)], contacts: [contact(address, [], { status: 'Added', becomes: { group: 'Removed' } })] });
    },
  },
  {
    name: 'Added past the history, subscribed',
    tells: 'In step, whenever it was.',
    make: (maker) => {
      const [subscribed] = maker.moments(1);
      const address = maker.address();
      return person({ members: [member(address, 'subscribed', subscribed)], contacts: [contact(address, [], { status: 'Added' })] });
    },
  },
];
