import type { Readable } from 'node:stream';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { SyncError } from '../base/errors.ts';
import { parseJson } from '../http/json.ts';
import type { OperationResult } from './api.ts';
import { checkResultFile } from './shapes.ts';

/** What a result archive may at most be, in bytes and files: a thousand operations take about 3 MB in a handful of files. */
export interface ArchiveLimits {
  readonly compressed: number;
  readonly unpacked: number;
  readonly file: number;
  readonly files: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = { compressed: 64 * 1024 * 1024, unpacked: 512 * 1024 * 1024, file: 64 * 1024 * 1024, files: 10_000 };

const invalid = (what: string): SyncError =>
  new SyncError('batch_result_invalid', `The result file of a batch cannot be used: ${what}. Its updates are decided anew after the members are read.`);

/**
 * Unpacks the `.tar.gz` of a batch's results in a stream and reads its files one by one.
 * Real archives begin with an entry `./` and hold empty files (facts/mailchimp.md).
 * Errors: `batch_result_invalid` for what is damaged, too large, or of another shape; an error of `source` itself as it is.
 */
export async function* readResultArchive(source: Readable, limits: ArchiveLimits = ARCHIVE_LIMITS): AsyncGenerator<OperationResult> {
  let broken: unknown;
  source.once('error', (error) => (broken ??= error));
  const entries = extract();
  // PassThrough between: tar-stream's own stream type is not one of Node's.
  const unpacked = new PassThrough();
  const unpacking = pipeline(source, atMost(limits.compressed, 'compressed'), createGunzip(), atMost(limits.unpacked, 'unpacked'), unpacked, entries);
  unpacking.catch(() => entries.destroy());
  let files = 0;
  try {
    for await (const entry of entries) {
      files += 1;
      if (files > limits.files) throw invalid(`more than ${limits.files} files`);
      if ((entry.header.size ?? 0) > limits.file) throw invalid(`a file of more than ${limits.file} bytes`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk);
      if (entry.header.type === 'file') yield* readFile(Buffer.concat(chunks));
    }
    await unpacking;
  } catch (error) {
    if (broken !== undefined) throw broken;
    const cause = await unpacking.catch((failure: unknown) => failure);
    if (error instanceof SyncError) throw error;
    throw cause instanceof SyncError ? cause : invalid('the archive is damaged or cut off');
  } finally {
    source.destroy();
    entries.destroy();
  }
}

function* readFile(bytes: Buffer): Generator<OperationResult> {
  if (bytes.byteLength === 0) return;
  const results = checkResultFile(parseJson(bytes));
  if (!results.fits) throw invalid(`a file in it is not a list of operations: ${results.where}`);
  for (const { status_code: statusCode, operation_id: operationId, response } of results.value) {
    // A body that is no JSON (an error page, an empty text) tells nothing beyond the status.
    yield { statusCode, operationId: operationId ?? null, body: parseJson(response ?? '') ?? null };
  }
}

function atMost(limit: number, what: string): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.byteLength;
      if (seen > limit) done(invalid(`more than ${limit} bytes ${what}`));
      else done(null, chunk);
    },
  });
}
