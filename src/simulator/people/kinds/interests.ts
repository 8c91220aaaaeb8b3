import type { Kind, Moment, Past } from '../person.ts';
import { contact, member, person } from '../plans.ts';

interface InterestCase {
  /** Whether the member has the interest at first. */
  readonly on: boolean;
  /** Of the interest group, before (`first`) and after (`last`) the member was changed. */
  readonly past: (first: Moment, last: Moment, changed: Moment) => Past;
  readonly becomes: { readonly interest: boolean; readonly interestGroup: 'Added' | 'Removed' | null };
}

/** Subscribed and Added; the interest's own words differ ("Interests"). */
export const interests: readonly Kind[] = [
  differing('interest on after Removed', 'Mailchimp has the later word: Added to the interest group.', {
    on: true,
    past: (first) => [['Removed', first]],
    becomes: { interest: true, interestGroup: 'Added' },
  }),
  differing('interest off after Added', 'Mailchimp has the later word: Removed from the interest group.', {
    on: false,
    past: (first) => [['Added', first]],
    becomes: { interest: false, interestGroup: 'Removed' },
  }),
  differing('Added to the interest group later', 'CiviCRM has the later word: the interest is on.', {
    on: false,
    past: (_, last) => [['Added', last]],
    becomes: { interest: true, interestGroup: 'Added' },
  }),
  differing('Removed from the interest group later', 'CiviCRM has the later word: the interest is off.', {
    on: true,
    past: (first, last) => [['Added', first], ['Removed', last]],
    becomes: { interest: false, interestGroup: 'Removed' },
  }),
  differing('interest on, never in the interest group', 'CiviCRM has no word: Added to the interest group.', {
    on: true,
    past: () => [],
    becomes: { interest: true, interestGroup: 'Added' },
  }),
  differing('interest on within a second of Removed', 'Neither is surely later, and off mails less: off.', {
    on: true,
    past: (_first, _last, changed) => [['Removed', changed - 1000]],
    becomes: { interest: false, interestGroup: 'Removed' },
  }),
  {
    name: 'interests differ, out on both sides',
    tells: 'Nothing more is sent for somebody who is not subscribed.',
    make: (maker) => {
      const [added, interested, left, removed] = maker.moments(4);
      const address = maker.address();
      return person({
        members: [member(address, 'unsubscribed', left)],
        contacts: [contact(address, [['Added', added], ['Removed', removed]], { interestPast: [['Added', interested]] })],
      });
    },
  },
];

function differing(name: string, tells: string, { on, past, becomes }: InterestCase): Kind {
  return {
    name,
    tells,
    make: (maker) => {
      const [added, first, changed, last] = maker.moments(4);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', changed, { interest: on, becomes: { interest: becomes.interest } })],
        contacts: [contact(address, [['Added', added]], { interestPast: past(first, last, changed), becomes: { interestGroup: becomes.interestGroup } })],
      });
    },
  };
}
