import type { Kind, PlannedStatus } from '../person.ts';
import { contact, member, person } from '../plans.ts';

/** One side says yes, the other no, and one of them surely later ("Subscription, decided per cluster"). */
export const laterWord: readonly Kind[] = [
  saidNoAfterAdded('unsubscribed'),
  {
    name: 'Removed after subscribing',
    tells: 'CiviCRM has the later word: unsubscribed at Mailchimp.',
    make: (maker) => {
      const [added, subscribed, removed] = maker.moments(3);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', subscribed, { becomes: { status: 'unsubscribed' } })],
        contacts: [contact(address, [['Added', added], ['Removed', removed]])],
      });
    },
  },
  addedAfterNo('unsubscribed'),
  {
    name: 'subscribed after Removed',
    tells: 'Mailchimp has the later word: Added to the group.',
    make: (maker) => {
      const [added, removed, subscribed] = maker.moments(3);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', subscribed)],
        contacts: [contact(address, [['Added', added], ['Removed', removed]], { becomes: { group: 'Added' } })],
      });
    },
  },
  {
    name: 'left by herself, Added later',
    tells: 'Mailchimp refuses to subscribe her, so she is asked once to confirm: pending.',
    make: (maker) => {
      const [left, added] = maker.moments(2);
      const address = maker.address();
      return person({
        members: [member(address, 'unsubscribed', left, { bySelf: true, becomes: { status: 'pending' } })],
        contacts: [contact(address, [['Added', added]])],
      });
    },
  },
  saidNoAfterAdded('archived'),
  saidNoAfterAdded('transactional'),
  addedAfterNo('archived'),
  addedAfterNo('transactional'),
  {
    name: 'Added again after unsubscribing',
    tells: 'Of several history rows the last one counts: subscribed again.',
    make: (maker) => {
      const [first, unsubscribed, removed, again] = maker.moments(4);
      const address = maker.address();
      return person({
        members: [member(address, 'unsubscribed', unsubscribed, { becomes: { status: 'subscribed' } })],
        contacts: [contact(address, [['Added', first], ['Removed', removed], ['Added', again]])],
      });
    },
  },
  {
    name: 'deleted from the group after subscribing',
    tells: 'A deleted membership is a removal too: unsubscribed, without a row in the group.',
    make: (maker) => {
      const [added, subscribed, deleted] = maker.moments(3);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', subscribed, { becomes: { status: 'unsubscribed' } })],
        contacts: [contact(address, [['Added', added], ['Deleted', deleted]])],
      });
    },
  },
  {
    name: 'subscribed after the group awaited her',
    tells: 'Pending in the group is not Added; Mailchimp has the later word: Added.',
    make: (maker) => {
      const [asked, subscribed] = maker.moments(2);
      const address = maker.address();
      return person({
        members: [member(address, 'subscribed', subscribed)],
        contacts: [contact(address, [['Pending', asked]], { becomes: { group: 'Added' } })],
      });
    },
  },
  {
    name: 'cleaned after Added',
    tells: 'Mail bounced for good: Removed from the group, the address on hold.',
    make: (maker) => {
      const [added, cleaned] = maker.moments(2);
      const address = maker.address();
      return person({
        members: [member(address, 'cleaned', cleaned)],
        contacts: [contact(address, [['Added', added]], { becomes: { group: 'Removed' } })],
        held: [address],
      });
    },
  },
];

function saidNoAfterAdded(status: PlannedStatus): Kind {
  return {
    name: `${status} after Added`,
    tells: 'Mailchimp has the later word: Removed from the group.',
    make: (maker) => {
      const [added, left] = maker.moments(2);
      const address = maker.address();
      return person({ members: [member(address, status, left)], contacts: [contact(address, [['Added', added]], { becomes: { group: 'Removed' } })] });
    },
  };
}

function addedAfterNo(status: PlannedStatus): Kind {
  return {
    name: `Added after ${status}`,
    tells: 'CiviCRM has the later word: subscribed again at Mailchimp.',
    make: (maker) => {
      const [left, added] = maker.moments(2);
      const address = maker.address();
      return person({ members: [member(address, status, left, { becomes: { status: 'subscribed' } })], contacts: [contact(address, [['Added', added]])] });
    },
  };
}
