import type { ListId, RowId, RunId } from '../base/ids.ts';
import type { Store } from '../store/store.ts';
import type { ReportedRow } from './judge.ts';

/** Updates of one kind with one outcome. */
export type UpdateCount = Awaited<ReturnType<Store['countUpdates']>>[number];

const ROWS_A_PAGE = 1000;

/** The rows of an audience that the sync gave up, each with its reason. */
export const reportedRows = async (store: Store, listId: ListId): Promise<readonly ReportedRow[]> => {
  const reported: ReportedRow[] = [];
  for (let after: RowId | null = null; ; ) {
    const page: Awaited<ReturnType<Store['rows']>> = await store.rows({ listId, after, limit: ROWS_A_PAGE, where: { kind: 'status', status: 'fail' } });
    for (const { email, contactId, failReason } of page) reported.push({ email, contactId, reason: failReason ?? 'other' });
    after = page.at(-1)?.id ?? null;
    if (page.length < ROWS_A_PAGE) return reported;
  }
};

/** What became of the updates that these runs decided, to be read once their results are in. */
export const updatesOfRuns = async (store: Store, runs: readonly RunId[]): Promise<readonly UpdateCount[]> =>
  (await Promise.all(runs.map((run) => store.countUpdates(run)))).flat();
