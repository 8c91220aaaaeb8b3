import type { BatchRunner } from '../batch-runner.ts';
import { checkShape, notAccepted, type BodyShape, type Call } from '../call.ts';
import { instantText } from '../instants.ts';
import { ownLinks } from '../links.ts';
import { invalidFields, notFound } from '../problem.ts';
import type { BatchOperationRecord, BatchRecord } from '../records.ts';
import { noContent, ok, paging, selection, type Outcome, type Route } from '../routes.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

const operationShape: BodyShape = { method: 'string', path: 'string', params: 'object', body: 'string', operation_id: 'string' };

export function batchRoutes(runner: BatchRunner): readonly Route[] {
  return [
    { method: 'GET', path: '/batches', query: paging, run: (call) => all(call, runner) },
    { method: 'POST', path: '/batches', query: [], run: (call) => start(call, runner) },
    { method: 'GET', path: '/batches/{batch}', query: selection, run: (call) => one(call, runner) },
    { method: 'DELETE', path: '/batches/{batch}', query: [], run: (call) => cancel(call, runner) },
  ];
}

/** `total_operations` is 0 and the times and the URL are empty texts as long as they are not known (recorded). */
function show(call: Call, runner: BatchRunner, batch: BatchRecord): Record<string, unknown> {
  const counted = batch.status !== 'pending' && batch.status !== 'preprocessing';
  return {
    id: batch.id,
    status: batch.status,
    total_operations: counted ? batch.total : 0,
    finished_operations: batch.finished,
    errored_operations: batch.errored,
    submitted_at: instantText(batch.submittedAt),
    completed_at: instantText(batch.completedAt),
    response_body_url: runner.resultUrl(batch),
    _links: ownLinks(call.base, '/batches', `/batches/${batch.id}`),
  };
}

function known(call: Call, runner: BatchRunner): BatchRecord {
  const batch = runner.remembered().find(({ id }) => id === call.part('batch'));
  if (batch === undefined) throw notFound();
  return batch;
}

/** Newest first (assumed). A look moves the automatic ones on. */
function all(call: Call, runner: BatchRunner): Outcome {
  const batches = runner.remembered().toReversed();
  const body = {
    batches: call.page(batches).map((batch) => show(call, runner, batch)),
    total_items: batches.length,
    _links: ownLinks(call.base, '/', '/batches'),
  };
  return ok(body);
}

function one(call: Call, runner: BatchRunner): Outcome {
  return ok(show(call, runner, known(call, runner)));
}

function start(call: Call, runner: BatchRunner): Outcome {
  const { operations } = call.json({ operations: 'array' });
  const given = operations as readonly unknown[] | undefined;
  if (given === undefined || given.length === 0) {
    throw invalidFields([{ field: 'operations', message: 'This collection should contain 1 element or more.' }]);
  }
  return ok(show(call, runner, runner.submit(given.map((raw, place) => readOperation(call, raw, place)))));
}

function readOperation(call: Call, raw: unknown, place: number): BatchOperationRecord {
  const field = `operations.item:${place}.`;
  const { method, path, params, body, operation_id: operationId } = checkShape(raw, operationShape, call.strict, field);
  if (typeof method !== 'string' || !methods.includes(method)) throw notAccepted(`${field}method`, methods);
  if (typeof path !== 'string' || !path.startsWith('/') || path.startsWith('/3.0')) {
    throw invalidFields([{ field: `${field}path`, message: 'Must be relative to the root of the API, e.g. /lists.' }]);
  }
  return {
    method,
    path,
    params: Object.fromEntries(Object.entries(params ?? {}).map(([name, value]) => [name, String(value)])),
    body: typeof body === 'string' ? body : '',
    operationId: typeof operationId === 'string' ? operationId : null,
  };
}

function cancel(call: Call, runner: BatchRunner): Outcome {
  runner.cancel(known(call, runner));
  return noContent;
}
