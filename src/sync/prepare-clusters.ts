import type { AudienceState, Row } from '../store/entities.ts';
import { knownUsers } from './changed-contacts.ts';
import type { Cluster } from './cluster.ts';
import { lookAtMember } from './fetch.ts';
import { loadClusters } from './load-clusters.ts';
import { removeFrom } from './remove-invalid.ts';
import type { AudienceContext } from './stage.ts';

interface PrepareOptions {
  readonly audience: AudienceState;
  readonly signal?: AbortSignal | undefined;
}

/** Loads the whole clusters of some rows, and looks at what has to be looked at before they can be decided. */
export async function prepareClusters(context: AudienceContext, rows: readonly Row[], options: PrepareOptions): Promise<readonly Cluster[]> {
  const loaded = await loadClusters(context, rows, options.signal);
  const left = await redone(context, loaded, options, lostContact, (concerned) => removeFrom(context, options.audience, concerned, { moved: 0, left: 0, deleted: 0 }, options.signal));
  return redone(context, left, options, hasToBeRead, async (concerned) => {
    for (const row of concerned.filter(isInDoubt)) await lookAtMember(context, options.audience, row, { remember: readNow }, options.signal);
  });
}

/** Does something to the rows of some clusters, and loads these once more. */
async function redone(
  context: AudienceContext,
  clusters: readonly Cluster[],
  options: PrepareOptions,
  concerns: (cluster: Cluster) => boolean,
  work: (rows: readonly Row[]) => Promise<void>,
): Promise<readonly Cluster[]> {
  const concerned = clusters.filter(concerns);
  if (concerned.length === 0) return clusters;
  const rows = concerned.flatMap((cluster) => cluster.rows);
  await work(rows);
  const again = await context.store.rowsById(context.settings.listId, rows.map((row) => row.id));
  return [...clusters.filter((cluster) => !concerned.includes(cluster)), ...(await loadClusters(context, again, options.signal))];
}

/**
 * A contact that a row knows went since stage 2, or is gone for good: that moves no `modified_date` by which an
 * incremental run would find it, and what it means is to be kept with the row before anybody else is brought in by it
 * [trashno].
 */
function lostContact(cluster: Cluster): boolean {
  const live = new Set(cluster.contacts.flatMap((each) => (each.contact.isDeleted ? [] : [each.id])));
  return cluster.rows.some((row) => knownUsers(row).some((id) => !live.has(id)));
}

/** Members whose last answer shared its second with other facts [samesecond]. */
const isInDoubt = (row: Row): boolean => row.memory.reread !== undefined;
const hasToBeRead = (cluster: Cluster): boolean => cluster.rows.some(isInDoubt);

const readNow = (row: Row): Row => {
  const { reread: _reread, ...memory } = row.memory;
  return { ...row, memory };
};
