import type { SimulatedRequest, SimulatedResponse } from '../service.ts';
import { archiveResults } from './batch-archive.ts';
import type { BatchRunner } from './batch-runner.ts';

const resultPath = /^\/batch-results\/([0-9a-f]+)-response\.tar\.gz$/;

export function isResultPath(path: string): boolean {
  return resultPath.test(path);
}

/**
 * Where results of batches lie: a storage service beside the API, opened by the signature in the URL. It refuses a
 * request that brings credentials as well, as that kind of storage does: the product must not send its key there.
 */
export async function serveResults(request: SimulatedRequest, runner: BatchRunner): Promise<SimulatedResponse> {
  const batchId = resultPath.exec(request.path)?.[1] ?? '';
  if (request.headers['authorization'] !== undefined) {
    return refusal(400, 'InvalidArgument', 'Only one auth mechanism allowed');
  }
  if (!runner.isGoodUrl(batchId, request.query)) return refusal(403, 'AccessDenied', 'Request has expired');
  const batch = runner.remembered().find(({ id }) => id === batchId);
  if (batch?.status !== 'finished') return refusal(404, 'NoSuchKey', 'The specified key does not exist.');
  const body = await archiveResults(batch.id, runner.results(batch));
  return { status: 200, headers: { 'content-type': 'application/x-gzip', 'content-length': String(body.length) }, body };
}

function refusal(status: number, code: string, message: string): SimulatedResponse {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}
