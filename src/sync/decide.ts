import type { Row, RowMemory, Word } from '../store/entities.ts';
import { isUnderWay, isWaiting } from './claims.ts';
import { bestAddressOf, usersOf, type Cluster, type ClusterContact } from './cluster.ts';
import { inStep, RowDecisions } from './decide-rows.ts';
import { civicrmSaying, judgeSubscriptions, type Verdict } from './decide-subscription.ts';
import type { DecidedCivicrmUpdate, Decision, DecisionRules } from './decision.ts';

/**
 * Decides a cluster: whose word counts for each contact, and what has to be written so that the states of both sides
 * follow it. Pure: what comes out is data. The table of algorithm.md, "Subscription, decided per cluster", is
 *
 * | Mailchimp | CiviCRM | later | outcome | where |
 * |---|---|---|---|---|
 * | – | – | – | which of the two words is the later, and which rows keep a contact subscribed | `decide-subscription.ts` |
 * | subscribed | Added | any | in sync | |
 * | not | not Added | any | in sync | |
 * | not, or gone | Added | Mailchimp | remove from the group | `decideGroup` |
 * | subscribed | not Added | Mailchimp | add to the group | `decideGroup` |
 * | subscribed | not Added | CiviCRM | every subscribed row → `unsubscribed` | `unsubscribing` in `decide-member.ts` |
 * | unsubscribed, archived, transactional, gone | Added | CiviCRM | subscribe again, not at an address on hold | `subscribing` |
 * | cleaned | Added | CiviCRM | `fail: cleaned`; once the contact has another address in its place, that one | `subscribing`, `decide-subscription.ts` |
 * | never seen | Added | – | subscribe with the best address; none: `fail: no_email` | `subscribing` |
 * | any | in a smart group, or not | – | the group is never written: what would be is reported, `fail: smart_group` | `decideGroup`, `decide-rows.ts` |
 * | refused before | Added | CiviCRM | `fail` with that reason, nothing sent; likewise | `subscribing`, `decide-subscription.ts` |
 */
export function decide(cluster: Cluster, rules: DecisionRules): Decision {
  const superseded = cluster.updates.filter(isWaiting).map((update) => update.id);
  if (cluster.contacts.some((contact) => contact.contact.isDeleted)) return heldBack(cluster, superseded); // stage 2 has to look first
  const rows = cluster.rows.map((row) => remember(row, usersOf(cluster, row)));
  const current: Cluster = { ...cluster, rows };
  const verdicts = judgeSubscriptions(current, rules);
  if (verdicts.length === 0 && current.contacts.length === 0) return { rows: rows.map(inStep), superseded, updates: [], newRows: [] };

  const groupUpdates = verdicts.flatMap((verdict) => decideGroup(verdict, current, rules) ?? []);
  if (cluster.updates.some((update) => update.side === 'mailchimp' && isUnderWay(update))) return { ...heldBack(current, superseded), updates: groupUpdates };

  const decided = new RowDecisions(current, verdicts, rules).all();
  return {
    rows: decided.map(({ row }) => row),
    superseded,
    updates: [...groupUpdates, ...decided.flatMap(({ updates }) => updates), ...rows.flatMap((row) => decideHolds(row, current))],
    newRows: verdicts.flatMap(({ contact, needsRow }) => {
      const email = contact && needsRow ? bestAddressOf(contact) : undefined;
      return contact && email ? [{ contactId: contact.id, email }] : [];
    }),
  };
}

/** CiviCRM's side of the table: the group follows the winner. A smaller right while an update is under way [underway]. */
function decideGroup(verdict: Verdict, cluster: Cluster, rules: DecisionRules): DecidedCivicrmUpdate | undefined {
  const { contact, word } = verdict;
  if (!contact || contact.subscription.searched) return undefined;
  const { subscribed } = civicrmSaying(contact, rules.order);
  if (subscribed === word.value || (word.value && contact.memory.optOut)) return undefined; // an opt-out is never taken back by the sync
  if (!holdsEitherWay(word, cluster, rules)) return undefined;
  return {
    side: 'civicrm',
    kind: word.value ? 'add' : 'remove',
    contactId: contact.id,
    rowId: cluster.rows.find((row) => usersOf(cluster, row).includes(contact))?.id ?? cluster.rows[0]!.id,
    ask: { kind: 'group', groupId: rules.settings.subscriptionGroup, status: word.value ? 'Added' : 'Removed' },
    origin: { status: word },
    reason: verdict.reason,
    unclear: verdict.unclear,
  };
}

/** Whether a decision is the same whatever becomes of the updates under way: a no surely later than what they relay [underway]. */
function holdsEitherWay(word: Word, cluster: Cluster, rules: DecisionRules): boolean {
  const underWay = cluster.updates.filter((update) => update.side === 'mailchimp' && isUnderWay(update));
  return underWay.length === 0 || (!word.value && underWay.every((update) => update.origin['status'] !== undefined && rules.order.surelyLater(word, update.origin['status'])));
}

/** The address of a cleaned member goes on hold in CiviCRM, once for each contact that has it. */
function decideHolds(row: Row, cluster: Cluster): readonly DecidedCivicrmUpdate[] {
  const { email } = row;
  if (row.member?.status !== 'cleaned' || email === null || row.memory.held) return [];
  return usersOf(cluster, row)
    .filter((contact) => contact.emails.some((each) => each.email === email && each.onHold === 0))
    .map((contact) => ({ side: 'civicrm', kind: 'data', contactId: contact.id, rowId: row.id, ask: { kind: 'hold', email }, origin: {}, reason: 'cleaned at Mailchimp', unclear: false }));
}

/** A row held back stays `todo`. */
export const heldBack = (cluster: Cluster, superseded: Decision['superseded']): Decision => ({
  rows: cluster.rows.map((row) => ({ ...row, syncStatus: 'todo' })),
  superseded,
  updates: [],
  newRows: [],
});

/** What a decision remembers of a row, whatever comes out: who used it, and which word of its own it heard [heard]. */
function remember(row: Row, users: readonly ClusterContact[]): Row {
  const { held, ...before } = row.memory;
  const memory: RowMemory = { ...before, ...(held && row.member?.status === 'cleaned' && { held }), users: users.map((contact) => contact.id), heard: row.memory.own?.at ?? null };
  const own = users.find((contact) => contact.id === row.contactId) ?? users[0];
  const groups = own ? Object.fromEntries([own.subscription, ...own.interests.values()].flatMap((saying) => (saying.shown ? [saying.shown] : []))) : row.groups;
  return { ...row, memory, groups };
}
