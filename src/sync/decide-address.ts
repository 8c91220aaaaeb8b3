import type { FailReason, MailchimpAsk, Row } from '../store/entities.ts';
import { addressesOf, bestAddressOf, usersOf, type Cluster } from './cluster.ts';
import type { ContactEdit } from './decide-names.ts';
import type { DecisionRules } from './decision.ts';
import { memberIsSubscribed } from './member-status.ts';

export interface AddressDecision {
  readonly ask: Pick<MailchimpAsk, 'email'>;
  readonly civicrm: ContactEdit | undefined;
  readonly row: Partial<Pick<Row, 'agreedEmail'>>;
  readonly fail: FailReason | null;
}

const LEFT_ALONE: AddressDecision = { ask: {}, civicrm: undefined, row: {}, fail: null };

/**
 * The address of a member that ends subscribed, three-way against the one last agreed on [addrbase]: changed at
 * Mailchimp → given to the contact; no longer one of the contact's → the member gets the contact's best; where that is
 * not to be had, the old one stays and is reported. A rename revives nobody: only a member that is subscribed now is renamed.
 */
export function decideAddress(row: Row, cluster: Cluster, rules: DecisionRules): AddressDecision {
  const owner = cluster.contacts.find((contact) => contact.id === row.contactId);
  if (!owner || row.member === null || row.email === null) return LEFT_ALONE;
  const has = addressesOf(owner);
  const best = bestAddressOf(owner);
  const owned = has.includes(row.email);
  if (owned && (rules.settings.addressFollows === 'owned' || best === row.email || !best)) return { ...LEFT_ALONE, row: { agreedEmail: row.email } };
  if (!owned && row.email !== row.agreedEmail)
    return { ...LEFT_ALONE, civicrm: { contactId: owner.id, ask: { kind: 'email', email: row.email }, reason: 'address changed at Mailchimp' } };
  const otherOwner = usersOf(cluster, row).some((contact) => contact !== owner);
  if (rules.settings.onAddressChange === 'ignore' || otherOwner || !memberIsSubscribed(row)) return LEFT_ALONE;
  const taken = cluster.rows.some((other) => other.email === best);
  const isPending = row.member.status === 'pending'; // Mailchimp gives a new address to nobody but the subscribed: once confirmed, it will
  if (!best || taken || isPending || row.memory.renameRefused === best) return owned ? { ...LEFT_ALONE, row: { agreedEmail: row.email } } : { ...LEFT_ALONE, fail: 'address' };
  return { ...LEFT_ALONE, ask: { email: best } };
}
