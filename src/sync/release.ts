import type { FailReason, Row } from '../store/entities.ts';
import { rewriteRows } from './commit.ts';
import { pagesOfRows } from './pages.ts';
import type { AudienceContext } from './stage.ts';

/**
 * Lets go of what was refused before, of one reason or of all: the rows are `todo`, and the next run asks once more. For
 * people whose cause has changed where neither side shows it.
 */
export async function release(context: AudienceContext, reason: FailReason | null): Promise<number> {
  let released = 0;
  for await (const page of pagesOfRows(context, { kind: 'status', status: 'fail' })) {
    const rows = page.filter((row) => reason === null || row.failReason === reason);
    released += await rewriteRows(context, rows, async (again) => again.map((row) => ({ rows: [{ kind: 'write', row: forgiven(row) }] })));
  }
  return released;
}

function forgiven(row: Row): Row {
  const { refused: _refused, contactRefused: _contact, renameRefused: _rename, dataRefused: _data, leftOut: _leftOut, leftOutNo: _no, ...memory } = row.memory;
  return { ...row, memory, syncStatus: 'todo' };
}
