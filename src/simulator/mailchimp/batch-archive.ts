import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { BatchResultRecord } from './records.ts';

/** Entries in one file of an archive: large batches have several files (third party; the number is assumed). */
const resultsAFile = 250;

/**
 * The `.tar.gz` of a batch's results: an entry `./`, then files `./<hex>.json`, one of them empty, each an array of
 * results (third party). The same batch gives the same archive.
 */
export async function archiveResults(batchId: string, results: readonly BatchResultRecord[]): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: './', type: 'directory' });
  archive.entry({ name: fileName(batchId, 'empty') }, '');
  for (let from = 0; from < results.length; from += resultsAFile) {
    archive.entry({ name: fileName(batchId, String(from)) }, JSON.stringify(results.slice(from, from + resultsAFile)));
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

function fileName(batchId: string, part: string): string {
  return `./${createHash('sha256').update(`${batchId}.${part}`).digest('hex').slice(0, 10)}.json`;
}
