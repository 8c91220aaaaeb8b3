import type { Row, RowMemory, UpdateKind } from '../store/entities.ts';
import { isWaiting } from './claims.ts';
import type { Cluster } from './cluster.ts';
import { unique } from './collections.ts';
import type { Decision } from './decision.ts';
import { memberIsSubscribed } from './member-status.ts';

/** A row of somebody who was left out when a plan was approved: what was planned is not done, until it is released or something else is to be done. */
export const leftOut = (row: Row, kinds: readonly UpdateKind[]): Row => ({
  ...row,
  memory: { ...row.memory, leftOut: unique([...(row.memory.leftOut ?? []), ...kinds]) },
  syncStatus: 'fail',
  failReason: 'left_out',
});

/** No contact is to be made for this row: somebody decided so. */
export const isLeftWithoutContact = ({ contactId, memory }: Row): boolean => contactId === null && memory.leftOut?.includes('create') === true;

/** A decision as far as somebody let it: nothing is done in a cluster while just what was refused is to be done there. */
export function withoutLeftOut(cluster: Cluster, decision: Decision): Decision {
  if (cluster.rows.every(({ memory }) => memory.leftOut === undefined)) return decision;
  const refused = new Map(cluster.rows.map((row) => [row.id, row.memory.leftOut ?? []]));
  const isRefused = decision.updates.some(({ rowId, kind }) => refused.get(rowId)?.includes(kind)) || cluster.rows.some((row) => isLeftWithoutContact(row) && memberIsSubscribed(row));
  if (!isRefused) return { ...decision, rows: decision.rows.map((row) => ({ ...row, memory: forgotten(row.memory) })) };
  return { rows: cluster.rows.map((row) => ({ ...row, syncStatus: 'fail', failReason: 'left_out' })), superseded: cluster.updates.filter(isWaiting).map(({ id }) => id), updates: [], newRows: [] };
}

const forgotten = ({ leftOut: _leftOut, ...memory }: RowMemory): RowMemory => memory;
