import { isDeepStrictEqual } from 'node:util';

import { writeId, type RowId, type RunId, type WriteId } from '../base/ids.ts';
import type { AudienceState, NewUpdate, Row, UpdateKind } from '../store/entities.ts';
import type { Unit, UpdateChange } from '../store/store.ts';
import type { Cluster } from './cluster.ts';
import { unique } from './collections.ts';
import { commitOptions } from './commit.ts';
import { decide, heldBack } from './decide.ts';
import type { DecidedUpdate, Decision } from './decision.ts';
import { decisionRules } from './decision-rules.ts';
import { isDead } from './holder.ts';
import { withoutLeftOut } from './left-out.ts';
import { bareRow } from './bare-row.ts';
import { prepareClusters } from './prepare-clusters.ts';
import type { AudienceContext } from './stage.ts';

export interface PlanOptions {
  readonly audience: AudienceState;
  readonly runId: RunId | null;
  readonly withData: boolean;
  /** Leaves the rows of a cluster `todo` whose decision it does not permit. */
  readonly permits?: (cluster: Cluster, decision: Decision) => boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Planned {
  /** Rows of all clusters that were decided. */
  readonly rows: readonly RowId[];
  readonly updates: number;
  readonly unclear: number;
  /** Updates by kind. */
  readonly kinds: Readonly<Partial<Record<UpdateKind, number>>>;
}

/**
 * Decides the clusters of some rows and writes the decisions as updates in `planned`: nothing is applied, nothing sent.
 * A cluster of which a row was written or claimed by somebody else meanwhile is left as it is, `todo`.
 */
export async function planRows(context: AudienceContext, rows: readonly Row[], options: PlanOptions): Promise<Planned> {
  const clusters = await prepareClusters(context, rows, options);
  await releaseDeadClaims(context, clusters);
  const rules = decisionRules(context, options.withData);
  const mark = writeId(context.random.token(8)); // one for all: contact and group tell the updates of a call apart
  const decided = clusters.map((cluster) => ({ cluster, decision: permitted(cluster, withoutLeftOut(cluster, decide(cluster, rules)), options) }));
  const units = decided.map(({ cluster, decision }) => unitOf(context, cluster, decision, mark, options));
  const outcomes = await context.store.commit(context.settings.listId, units, commitOptions(context));
  const done = decided.filter((_, index) => outcomes[index]?.kind === 'done').map(({ decision }) => decision);
  const updates = done.flatMap((decision) => decision.updates);
  const planned: Planned = {
    kinds: countsOf(updates),
    rows: clusters.flatMap((cluster) => cluster.rows.map((row) => row.id)),
    updates: updates.length,
    unclear: updates.filter((update) => update.unclear).length,
  };
  // A row made for an address is decided at once: left for later it would be cleaned up as a duplicate of its contact's other row.
  const made = outcomes.flatMap((outcome) => (outcome.kind === 'done' ? outcome.rows : []));
  if (made.length === 0) return planned;
  return together(planned, await planRows(context, await context.store.rowsById(context.settings.listId, made), options));
}

function permitted(cluster: Cluster, decision: Decision, { permits }: PlanOptions): Decision {
  if (!permits || permits(cluster, decision)) return decision;
  return heldBack(cluster, decision.superseded);
}

function together(one: Planned, other: Planned): Planned {
  const kinds = { ...one.kinds };
  for (const kind of Object.keys(other.kinds) as UpdateKind[]) kinds[kind] = (kinds[kind] ?? 0) + (other.kinds[kind] ?? 0);
  return { kinds, rows: unique([...one.rows, ...other.rows]), updates: one.updates + other.updates, unclear: one.unclear + other.unclear };
}

function countsOf(updates: readonly DecidedUpdate[]): Planned['kinds'] {
  const counts: Partial<Record<UpdateKind, number>> = {};
  for (const { kind } of updates) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Claims that a dead process left are ended, so that its rows can be decided. */
async function releaseDeadClaims(context: AudienceContext, clusters: readonly Cluster[]): Promise<void> {
  const claimants = unique(clusters.flatMap((cluster) => cluster.rows.flatMap((row) => row.claimedBy ?? [])));
  for (const claimant of claimants.filter(isDead)) await context.store.releaseRows(context.settings.listId, claimant);
}

function unitOf(context: AudienceContext, cluster: Cluster, decision: Decision, mark: WriteId, options: PlanOptions): Unit {
  const before = new Map(cluster.rows.map((row) => [row.id, row]));
  const changed = decision.rows.filter((row) => before.get(row.id)?.syncStatus === 'todo' || !isDeepStrictEqual(before.get(row.id), row));
  return {
    rows: [
      ...changed.map((row) => ({ kind: 'write' as const, row })),
      ...decision.newRows.map(({ contactId, email }) => ({ kind: 'insert' as const, row: { ...bareRow(context.settings.listId), contactId, email, agreedEmail: email } })),
    ],
    updates: [
      ...decision.superseded.map((id): UpdateChange => ({ kind: 'write', id, from: ['planned', 'queued'], set: { state: 'superseded', endedAt: context.clock.now() } })),
      ...decision.updates.map((update): UpdateChange => ({ kind: 'insert', update: newUpdate(context, update, mark, options) })),
    ],
    contacts: cluster.contacts.map((contact) => contact.memory),
  };
}

function newUpdate(context: AudienceContext, decided: DecidedUpdate, mark: WriteId, options: PlanOptions): NewUpdate {
  const base = {
    listId: context.settings.listId,
    runId: options.runId,
    state: 'planned',
    claims: false,
    createdAt: context.clock.now(),
    sentAt: null,
    endedAt: null,
    failReason: null,
    answer: null,
  } as const;
  return decided.side === 'mailchimp' ? { ...base, ...decided, batch: null, settledAs: null } : { ...base, ...decided, writeId: mark };
}
