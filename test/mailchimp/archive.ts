import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A `.tar.gz` of files by name, beginning with `./` as Mailchimp's do. */
export async function archiveOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: './', type: 'directory' });
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text);
  tar.finalize();
  return gzipSync(await buffer(tar));
}

export const result = (operationId: string | null, statusCode: number, response: unknown): unknown => ({
  operation_id: operationId,
  status_code: statusCode,
  response: typeof response === 'string' ? response : JSON.stringify(response),
});

/** All items of a stream. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
