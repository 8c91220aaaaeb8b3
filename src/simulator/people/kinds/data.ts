import type { Kind, PersonMaker, PersonPlan, PlannedData } from '../person.ts';
import { contact, member, person } from '../plans.ts';

const MONTHLY = 'News: monthly';
const EVENTS = 'News: events';
/** More than Mailchimp shows with a member. */
const MANY = Array.from({ length: 60 }, (_, index) => `campaign ${String(index + 1).padStart(2, '0')}`);
const LONG = 'Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh-Cholmondeley-Majoribanks';
/** What CiviCRM's column holds of it. */
const CUT = LONG.slice(0, 64);

interface Differing {
  readonly name: string;
  readonly tells: string;
  /** Who changed something last. */
  readonly later: 'CiviCRM' | 'Mailchimp';
  /** What each side holds at first, and what both come to hold. */
  readonly member?: (maker: PersonMaker, other: string) => Partial<PlannedData>;
  readonly contact?: (maker: PersonMaker, other: string) => Partial<PlannedData>;
  readonly becomes: (other: string) => { readonly member?: Partial<PlannedData>; readonly contact?: Partial<PlannedData> };
}

/** Subscribed and Added, with names, tags or a job that differ (algorithm.md, "Names"; docs/explanation/data-sync.md). */
export const data: readonly Kind[] = [
  differing({
    name: 'renamed in CiviCRM',
    tells: 'The contact was edited later: the member gets its name.',
    later: 'CiviCRM',
    contact: (_, other) => ({ firstName: other }),
    becomes: (other) => ({ member: { firstName: other } }),
  }),
  differing({
    name: 'renamed at Mailchimp',
    tells: 'The member was changed later: the contact gets its name.',
    later: 'Mailchimp',
    member: (_, other) => ({ firstName: other }),
    becomes: (other) => ({ contact: { firstName: other } }),
  }),
  differing({
    name: 'tagged in CiviCRM',
    tells: 'The tag is bound by its prefix: the member gets it; the other tag is nobody else’s business.',
    later: 'Mailchimp',
    contact: () => ({ tags: [MONTHLY, 'Bowling club'] }),
    becomes: () => ({ member: { tags: [MONTHLY] } }),
  }),
  differing({
    name: 'without a last name at Mailchimp',
    tells: 'Never a blank over a name, however late: the member gets it.',
    later: 'Mailchimp',
    member: () => ({ lastName: '' }),
    becomes: () => ({ member: {} }),
  }),
  differing({
    name: 'a bound tag at Mailchimp alone',
    tells: 'CiviCRM has not that tag: it comes off; the tag that is not bound stays.',
    later: 'Mailchimp',
    member: () => ({ tags: [EVENTS, 'hand-made'] }),
    becomes: () => ({ member: { tags: ['hand-made'] } }),
  }),
  differing({
    name: 'without a first name in CiviCRM',
    tells: 'Never a blank over a name, however late: the contact gets it.',
    later: 'CiviCRM',
    contact: () => ({ firstName: '' }),
    becomes: () => ({ contact: {} }),
  }),
  differing({
    name: 'a job that Mailchimp does not know',
    tells: 'A mapped field: the member gets it.',
    later: 'Mailchimp',
    contact: () => ({ jobTitle: 'Zookeeper' }),
    becomes: () => ({ member: { jobTitle: 'Zookeeper' } }),
  }),
  differing({
    name: 'more than fifty tags at Mailchimp',
    tells: 'All of them are read, not the fifty that are shown: one comes, one goes.',
    later: 'Mailchimp',
    member: () => ({ tags: [...MANY, EVENTS] }),
    contact: () => ({ tags: [MONTHLY] }),
    becomes: () => ({ member: { tags: [...MANY, MONTHLY] } }),
  }),
  differing({
    name: 'a job at Mailchimp alone',
    tells: 'An empty field says nothing: the member keeps it.',
    later: 'CiviCRM',
    member: () => ({ jobTitle: 'Astronaut' }),
    becomes: () => ({}),
  }),
  differing({
    name: 'a name longer than CiviCRM holds',
    tells: 'The part that CiviCRM holds is no other name: nothing to do.',
    later: 'CiviCRM',
    member: () => ({ lastName: LONG }),
    contact: () => ({ lastName: CUT }),
    becomes: () => ({}),
  }),
  {
    name: 'Added with a tag and a job, unknown to Mailchimp',
    tells: 'Subscribed with both.',
    make: (maker) => {
      const [added] = maker.moments(1);
      const address = maker.address();
      const known = { tags: [MONTHLY], jobTitle: 'Zookeeper' };
      return person({ contacts: [contact(address, [['Added', added]], { data: known })], newMembers: [{ address, interest: false, data: known }] });
    },
  },
  {
    name: 'out on both sides, with other data',
    tells: 'Who is not subscribed gets no data.',
    make: (maker) => {
      const [added, removed] = maker.moments(2);
      const address = maker.address();
      return person({
        members: [member(address, 'unsubscribed', removed, { data: { tags: [EVENTS] } })],
        contacts: [contact(address, [['Added', added], ['Removed', removed]], { data: { firstName: maker.otherName(), tags: [MONTHLY], jobTitle: 'Zookeeper' } })],
      });
    },
  },
];

function differing({ name, tells, later, member: atMailchimp, contact: inCivicrm, becomes }: Differing): Kind {
  return {
    name,
    tells,
    make: (maker): PersonPlan => {
      const [added, one, other] = maker.moments(3);
      const address = maker.address();
      const otherName = maker.otherName();
      const [changed, modified] = later === 'Mailchimp' ? [other, one] : [one, other];
      const { member: memberBecomes, contact: contactBecomes } = becomes(otherName);
      return person({
        members: [member(address, 'subscribed', changed, { data: atMailchimp?.(maker, otherName) ?? {}, becomes: { ...(memberBecomes && { data: memberBecomes }) } })],
        contacts: [contact(address, [['Added', added]], { modified, data: inCivicrm?.(maker, otherName) ?? {}, becomes: { ...(contactBecomes && { data: contactBecomes }) } })],
      });
    },
  };
}
