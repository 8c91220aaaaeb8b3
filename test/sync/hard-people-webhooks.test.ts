import assert from 'node:assert/strict';
import type { ImportedMember } from '../../src/simulator/mailchimp/member-import.ts';
import { openScenario, P1, type Scenario } from '../support/scenario.ts';
import { closeWorlds, LIST, type WorldOptions } from '../support/sync-world.ts';

interface Kind {
  readonly what: string;
  readonly options?: WorldOptions;
  readonly address?: string;
  /** How it was before the webhook; answers the contact, where there is one by then. */
  readonly before: (s: Scenario, address: string) => Promise<number | null>;
  /** What happens at Mailchimp. */
  readonly happens: (s: Scenario, address: string) => void;
  /** Member, group status of the contact, and the reason of the row, as soon as the webhook is handled, and for good. */
  readonly ends: readonly [member: string, group: string, reason: string | null];
}

const joined = (s: Scenario, address: string): Promise<number> => s.joined(address);
const subscribes = (s: Scenario, address: string): void => s.person.subscribes(address);
const marked =
  (flag: 'do_not_email' | 'is_deceased') =>
  async (s: Scenario, address: string): Promise<number> => {
    const contact = await s.joined(address);
    s.civi.acts.setFlag(contact, flag, true);
    await s.comesToRest();
    return contact;
  };

const isThere = (s: Scenario, member: ImportedMember): void => s.world.mailchimp.importMembers(LIST, [member]);

const KINDS: readonly Kind[] = [
  { what: 'who leaves by themselves', before: joined, happens: (s, address) => s.person.unsubscribes(address), ends: ['unsubscribed', 'Removed', null] },
  { what: 'who complains', before: joined, happens: (s, address) => s.person.complains(address), ends: ['unsubscribed', 'Removed', null] },
  { what: 'whose address is cleaned', before: joined, happens: (s, address) => s.mailchimpAdmin.cleans(address), ends: ['cleaned', 'Removed', null] },
  { what: 'who is archived', before: joined, happens: (s, address) => s.mailchimpAdmin.archives(address), ends: ['archived', 'Removed', null] },
  { what: 'do_not_email, who subscribes later', before: marked('do_not_email'), happens: subscribes, ends: ['subscribed', 'Added', 'opted_out'] },
  { what: 'is_deceased, who leaves, with optOut "ignore"', options: { list: { optOut: 'ignore' } }, before: marked('is_deceased'), happens: (s, address) => s.person.unsubscribes(address), ends: ['unsubscribed', 'Removed', null] },
  {
    what: 'whose address is on hold, and who subscribes',
    before: async (s, address) => {
      const contact = await s.left(address);
      s.civi.putsOnHold(contact, address);
      return contact;
    },
    happens: subscribes,
    ends: ['subscribed', 'Added', null],
  },
  {
    what: 'who was cleaned and subscribes anew',
    before: async (s, address) => {
      const contact = await s.joined(address);
      s.mailchimpAdmin.cleans(address);
      await s.comesToRest();
      return contact;
    },
    happens: subscribes,
    ends: ['subscribed', 'Added', null],
  },
  {
    what: 'who was forgotten and subscribes anew',
    before: async (s, address) => {
      const contact = await s.joined(address);
      s.mailchimpAdmin.deletesForGood(address);
      await s.comesToRest();
      s.civi.adds(contact);
      await s.comesToRest();
      assert.equal(await s.failReason(address), 'forgotten');
      return contact;
    },
    happens: subscribes,
    ends: ['subscribed', 'Added', null],
  },
  { what: 'who confirms what double opt-in asked', options: { list: { newMemberStatus: 'pending' } }, before: (s, address) => s.added('Wilma', address), happens: (s, address) => s.person.confirms(address), ends: ['subscribed', 'Added', null] },
  { what: 'who leaves, where removals archive', options: { list: { onRemove: 'archive' } }, before: joined, happens: (s, address) => s.person.unsubscribes(address), ends: ['unsubscribed', 'Removed', null] },
  {
    what: 'a transactional member who subscribes',
    before: async (s, address) => {
      isThere(s, { email: address, status: 'transactional' });
      await s.comesToRest();
      return null;
    },
    happens: subscribes,
    ends: ['subscribed', 'Added', null],
  },
  {
    what: 'a member of an old list, with a mixed-case id',
    address: 'Wilma@Example.ORG',
    before: async (s, address) => {
      isThere(s, { email: address, status: 'subscribed', mixedCaseId: true });
      await s.comesToRest();
      return s.civi.ownersOf(address.toLowerCase())[0]!;
    },
    happens: (s, address) => s.person.unsubscribes(address),
    ends: ['unsubscribed', 'Removed', null],
  },
  ...['zoë@müller.example.org', 'почта@пример.рф', '🎉party@example.org'].map((address): Kind => ({ what: address, address, before: joined, happens: (s) => s.person.unsubscribes(address), ends: ['unsubscribed', 'Removed', null] })),
  ...['zoë@müller.example.org', 'почта@пример.рф', '🎉party@example.org'].map((address): Kind => ({ what: `${address}, not met before`, address, before: () => Promise.resolve(null), happens: subscribes, ends: ['subscribed', 'Added', null] })),
];

describe('hard people, by webhook', () => {
  closeWorlds();

  for (const { what, options, address = P1, before, happens, ends } of KINDS)
    it(what, async () => {
      const s = await openScenario(options);
      const known = await before(s, address);
      s.webhooksAreLost();
      s.passes(60);
      happens(s, address);
      await s.webhooksArrive();
      const seen = (): Promise<readonly unknown[]> => s.failReason(address.toLowerCase()).then((reason) => [s.member(address), s.group(known ?? s.civi.ownersOf(address.toLowerCase())[0]!), reason]);
      assert.deepEqual(await seen(), ends);
      await s.comesToRest();
      assert.deepEqual(await seen(), ends, 'a run undid it');
    });
});
