import { inMixedCase } from '../names.ts';
import type { Kind, Past, PersonMaker, PlannedStatus } from '../person.ts';
import { contact, member, person } from '../plans.ts';

/** Most people: subscribed and Added, whichever came first, some with the interest on both sides. */
export const inStep: Kind = {
  name: 'in step',
  tells: 'Subscribed and Added: nothing to do.',
  make: (maker) => {
    const [one, other, interested] = maker.moments(3);
    const address = maker.address();
    const [added, subscribed] = maker.chance(0.5) ? [one, other] : [other, one];
    const interest = maker.chance(0.3);
    return person({
      members: [member(address, 'subscribed', subscribed, { interest })],
      contacts: [contact(address, [['Added', added]], interest ? { interestPast: [['Added', interested]] } : {})],
    });
  },
};

/** Different, but nothing is to be done about it. */
export const agreeing: readonly Kind[] = [
  out('out on both sides', 'Unsubscribed and Removed: nothing to do.', 'unsubscribed', removed),
  out('out at Mailchimp, never in the group', 'Neither side has her: nothing to do.', 'unsubscribed', () => []),
  out('archived and Removed', 'Neither side has her: nothing to do.', 'archived', removed),
  unknownToCivicrm('unsubscribed'),
  unknownToCivicrm('pending'),
  unknownToCivicrm('transactional'),
  {
    name: 'only in CiviCRM, not in the group',
    tells: 'Nobody asked for her to be at Mailchimp.',
    make: (maker) => person({ contacts: [contact(maker.address(), maker.chance(0.5) ? removed(maker) : [])] }),
  },
  {
    name: 'unconfirmed and Added',
    tells: 'A pending member is in step with Added; nobody but herself confirms.',
    make: (maker) => pendingWith(maker, (added) => [['Added', added]]),
  },
  {
    name: 'unconfirmed and Removed',
    tells: 'A pending that nobody of us asked for is left alone: the removal is older than the first look at it.',
    make: (maker) => pendingWith(maker, (date) => [['Added', date], ['Removed', date + 3_600_000]]),
  },
  {
    name: 'subscribed with capitals in the address',
    tells: 'Addresses are compared in lower case: one contact, in step.',
    make: (maker) => {
      const [added, subscribed] = maker.moments(2);
      const address = maker.address();
      return person({ members: [member(inMixedCase(address), 'subscribed', subscribed)], contacts: [contact(address, [['Added', added]])] });
    },
  },
  {
    name: 'subscribed at an address that is not the primary one',
    tells: 'An address of the contact is left alone, whichever is primary; the other gets no member.',
    make: (maker) => {
      const [subscribed, added] = maker.moments(2);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', subscribed)],
        contacts: [contact([{ address: maker.address(), primary: true }, { address }], [['Added', added]])],
      });
    },
  },
  {
    name: 'the same address twice on a contact',
    tells: 'Twice on one contact is one contact: in step.',
    make: (maker) => {
      const [added, subscribed] = maker.moments(2);
      const address = maker.address();
      return person({ members: [member(address, 'subscribed', subscribed)], contacts: [contact([{ address, primary: true }, { address }], [['Added', added]])] });
    },
  },
  {
    name: 'merged, and in step',
    tells: "The duplicate's membership went over to the contact that was kept: in step, one contact.",
    make: (maker) => {
      const [added, subscribed] = maker.moments(2);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', subscribed)],
        contacts: [contact(address, [], { becomes: { group: 'Added' } }), contact(address, [['Added', added]], { mergedInto: 0, becomes: { group: null } })],
      });
    },
  },
];

function removed(maker: PersonMaker): Past {
  const [added, gone] = maker.moments(2);
  return [['Added', added], ['Removed', gone]];
}

function out(name: string, tells: string, status: PlannedStatus, past: (maker: PersonMaker) => Past): Kind {
  return {
    name,
    tells,
    make: (maker) => {
      const [left] = maker.moments(1);
      const address = maker.address();
      return person({ members: [member(address, status, left)], contacts: [contact(address, past(maker))] });
    },
  };
}

function unknownToCivicrm(status: PlannedStatus): Kind {
  return {
    name: `${status}, unknown to CiviCRM`,
    tells: 'Only a subscribed member brings a contact into being.',
    make: (maker) => {
      const [changed] = maker.moments(1);
      return person({ members: [member(maker.address(), status, changed)] });
    },
  };
}

function pendingWith(maker: PersonMaker, past: (date: number) => Past): ReturnType<Kind['make']> {
  const [date, signedUp] = maker.moments(2);
  const address = maker.address();
  return person({ members: [member(address, 'pending', signedUp)], contacts: [contact(address, past(date))] });
}
