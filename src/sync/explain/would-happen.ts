import type { EmailAddress, RowId } from '../../base/ids.ts';
import type { FailReason, SyncStatus } from '../../store/entities.ts';
import { isUnderWay } from '../claims.ts';
import { clockDifference } from '../clock-difference.ts';
import { usersOf, type Cluster } from '../cluster.ts';
import { wantsContact } from '../create-contacts.ts';
import { decide } from '../decide.ts';
import type { Decision, DecisionRules } from '../decision.ts';
import { decisionRules } from '../decision-rules.ts';
import { withoutLeftOut } from '../left-out.ts';
import { whyNoContact } from '../refused-contact.ts';
import type { AudienceContext } from '../stage.ts';
import { WordOrder } from '../words.ts';
import type { Known } from './known.ts';
import { FAIL_REASONS } from './reasons.ts';
import { isStored, newRow } from './new-row.ts';
import { toldDecision, type ToldDecision } from './told-update.ts';
import type { Who } from './who.ts';

/** What a run with data would do with the person now. Nothing of it is written down or done. */
export interface WouldHappen {
  readonly updates: readonly ToldDecision[];
  /** What the rows would be then; without id those that would be made. */
  readonly rows: readonly { readonly row: RowId | null; readonly email: EmailAddress | null; readonly status: SyncStatus; readonly reason: FailReason | null }[];
  /** What else is to be known, in sentences: contacts that would be made, what nothing is done before. */
  readonly notes: readonly string[];
}

/** @param clusters as the next look would leave them */
export function whatWouldHappen(context: AudienceContext, clusters: readonly Cluster[], known: Known, who: Who): WouldHappen {
  const rules = decisionRules(context, true);
  const order = new WordOrder(clockDifference(context));
  const decided = clusters.map((cluster) => decideWhole(context, cluster, rules));
  const isHers = (id: RowId, email: EmailAddress | null): boolean => who.rows.has(id) || (email !== null && who.addresses.has(email));
  const rows = decided.flatMap(({ decision }) => decision.rows);
  const wanting = decided.flatMap(({ cluster }) => cluster.rows.filter((row) => usersOf(cluster, row).length === 0 && wantsContact(row, order) && whyNoContact(row, rules.now.mailchimp) === null));
  return {
    updates: decided.flatMap(({ decision }) => decision.updates.map((update) => toldDecision(update, isHers(update.rowId, null) || update.contactId === who.contact))),
    rows: rows.map((row) => ({ row: isStored(row) ? row.id : null, email: isHers(row.id, row.email) ? row.email : null, status: row.syncStatus, reason: row.failReason })),
    notes: [
      ...(context.settings.enabled ? [] : ['The audience is disabled in the settings: nothing happens until it is enabled.']),
      ...(known.held ? [`Plan ${known.held.id} waits for approval: until it is approved or rejected no run begins.`] : []),
      ...(known.webhooks.some(({ handledAt }) => handledAt === null) ? ['A webhook waits; what it says is not yet heard in this.'] : []),
      ...(clusters.some(({ updates }) => updates.some((update) => update.side === 'mailchimp' && isUnderWay(update))) ? ['An update is on its way to Mailchimp: no more is sent before it is settled.'] : []),
      ...wanting.map((row) => `A contact would be made in CiviCRM for ${isHers(row.id, row.email) ? row.email! : 'somebody else'}, who is subscribed at Mailchimp, and added to the group.`),
      ...rows.flatMap(({ syncStatus, failReason }) => (syncStatus === 'fail' && failReason !== null ? [`Reason ${failReason}: ${FAIL_REASONS[failReason].means} It ends with ${FAIL_REASONS[failReason].ends}.`] : [])),
    ],
  };
}

/** Rows that are made for addresses are decided at once, with their cluster. */
function decideWhole(context: AudienceContext, cluster: Cluster, rules: DecisionRules): { readonly cluster: Cluster; readonly decision: Decision } {
  const decision = withoutLeftOut(cluster, decide(cluster, rules));
  if (decision.newRows.length === 0) return { cluster, decision };
  const made = decision.newRows.map(({ contactId, email }, index) => newRow(context, Math.min(0, ...cluster.rows.map(({ id }) => id)) - 1 - index, { contactId, email, agreedEmail: email }));
  const again: Cluster = { ...cluster, rows: [...decision.rows, ...made] };
  return { cluster: again, decision: withoutLeftOut(again, decide(again, rules)) };
}

/** The lines of it, for people. */
export function wouldHappenInWords({ updates, notes }: WouldHappen): readonly string[] {
  return [...(updates.length === 0 ? ['  Nothing would be asked of either side.'] : updates.map(({ text }) => `  ${text}.`)), ...notes.map((note) => `  ${note}`)];
}
