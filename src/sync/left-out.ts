import type { CivicrmUpdate, MailchimpUpdate, Row, RowMemory, Word } from '../store/entities.ts';
import type { Cluster } from './cluster.ts';
import { unique } from './collections.ts';
import type { DecidedUpdate, Decision } from './decision.ts';
import { memberIsSubscribed } from './member-status.ts';

type Refused = Pick<MailchimpUpdate | CivicrmUpdate, 'kind' | 'origin'>;

/** A row of somebody who was left out when a plan was approved: what was planned is not done, until it is released, a later "no" is said, or something else is to be done. */
export function leftOut(row: Row, refused: readonly Refused[]): Row {
  const { leftOut: before = [], leftOutNo: no, ...memory } = row.memory;
  const nos = [no, ...refused.map(noOf)].flatMap((at) => at ?? []);
  return {
    ...row,
    memory: { ...memory, leftOut: unique([...before, ...refused.map(({ kind }) => kind)]), ...(nos.length > 0 && { leftOutNo: Math.max(...nos) }) },
    syncStatus: 'fail',
    failReason: 'left_out',
  };
}

/** When the "no" was said at the latest that an update brings to Mailchimp. */
const noOf = ({ kind, origin }: Refused): Word['at'] | undefined => (kind === 'unsubscribe' ? origin['status']?.at : undefined);

/** No contact is to be made for this row: somebody decided so. */
export const isLeftWithoutContact = ({ contactId, memory }: Row): boolean => contactId === null && memory.leftOut?.includes('create') === true;

/**
 * A decision as far as somebody let it: nothing is done in a cluster while just what was refused is to be done there, but
 * for a "no" of somebody else who is in it, or one that was said since: nobody is kept from leaving.
 */
export function withoutLeftOut(cluster: Cluster, decision: Decision): Decision {
  if (cluster.rows.every(({ memory }) => memory.leftOut === undefined)) return decision;
  const memories = new Map(cluster.rows.map((row) => [row.id, row.memory]));
  const isRefused = (update: DecidedUpdate): boolean => {
    const { leftOut: kinds, leftOutNo } = memories.get(update.rowId) ?? {};
    return kinds?.includes(update.kind) === true && (noOf(update) ?? 0) <= (leftOutNo ?? Infinity);
  };
  if (!decision.updates.some(isRefused) && !cluster.rows.some((row) => isLeftWithoutContact(row) && memberIsSubscribed(row)))
    return { ...decision, rows: decision.rows.map((row) => ({ ...row, memory: forgotten(row.memory) })) };
  const nos = decision.updates.filter((update) => (update.kind === 'unsubscribe' || update.kind === 'remove') && !isRefused(update));
  const leaving = new Map(decision.rows.filter(({ id }) => nos.some(({ side, rowId }) => side === 'mailchimp' && rowId === id)).map((row) => [row.id, row]));
  return {
    rows: cluster.rows.map((row) => leaving.get(row.id) ?? { ...row, syncStatus: 'fail', failReason: 'left_out' }),
    superseded: decision.superseded,
    updates: nos,
    newRows: [],
  };
}

const forgotten = ({ leftOut: _leftOut, leftOutNo: _no, ...memory }: RowMemory): RowMemory => memory;
