import { batchId } from '../base/ids.ts';
import type { Checked } from '../http/json.ts';
import type { Batch, BatchOperation, MemberOperation } from './api.ts';
import { readDate } from './dates.ts';
import { checkBatch, checkBatches, type BatchShape } from './shapes.ts';

const FIELDS = ['id', 'status', 'total_operations', 'finished_operations', 'submitted_at'] as const;

/** `POST /batches` for these operations; the body of each is JSON text there, its query `params`. */
export function submission(operations: readonly BatchOperation[]): MemberOperation {
  return {
    method: 'POST',
    path: '/batches',
    body: {
      operations: operations.map(({ method, path, query, body, operationId }) => ({
        method,
        path,
        ...(query === undefined ? {} : { params: query }),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        operation_id: operationId,
      })),
    },
  };
}

/** The query of one page of the account's batches. */
export const batchesQuery = (offset: number, count: number): Record<string, string> => ({
  count: String(count),
  offset: String(offset),
  fields: [...FIELDS.map((field) => `batches.${field}`), 'total_items'].join(','),
});

export function readBatch(body: unknown): Checked<Batch> {
  const shape = checkBatch(body);
  return shape.fits ? readShape(shape.value) : shape;
}

export function readBatches(body: unknown): Checked<{ readonly batches: readonly Batch[]; readonly totalItems: number }> {
  const page = checkBatches(body);
  if (!page.fits) return page;
  const batches: Batch[] = [];
  for (const [at, shape] of page.value.batches.entries()) {
    const batch = readShape(shape);
    if (!batch.fits) return { fits: false, where: `/batches/${at}${batch.where}` };
    batches.push(batch.value);
  }
  return { fits: true, value: { batches, totalItems: page.value.total_items } };
}

function readShape(shape: BatchShape): Checked<Batch> {
  const submittedAt = readDate(shape.submitted_at);
  if (submittedAt === null) return { fits: false, where: '/submitted_at is not a date' };
  return {
    fits: true,
    value: {
      id: batchId(shape.id),
      status: shape.status,
      totalOperations: shape.total_operations,
      finishedOperations: shape.finished_operations,
      submittedAt,
      responseBodyUrl: shape.response_body_url ?? '',
    },
  };
}
