import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { SyncError } from '../../src/base/errors.ts';
import type { OperationResult } from '../../src/mailchimp/api.ts';
import { ARCHIVE_LIMITS, readResultArchive, type ArchiveLimits } from '../../src/mailchimp/result-archive.ts';
import { archiveOf, collect, result } from './archive.ts';

const read = (bytes: Buffer, limits: Partial<ArchiveLimits> = {}): Promise<OperationResult[]> =>
  collect(readResultArchive(Readable.from([bytes]), { ...ARCHIVE_LIMITS, ...limits }));
const invalid = (error: unknown): boolean => error instanceof SyncError && error.code === 'batch_result_invalid';

describe('result archive of a batch', () => {
  it('gives the operations of all its files, past empty ones', async () => {
    const archive = await archiveOf({
      './6373a8b568.json': JSON.stringify([result('1', 200, { id: 'x' }), result('2', 400, { title: 'Invalid Resource' })]),
      './a5f9a835de.json': '',
      './ed30f5fbf3.json': JSON.stringify([result(null, 404, { title: 'Resource Not Found' })]),
    });
    assert.deepEqual(await read(archive), [
      { operationId: '1', statusCode: 200, body: { id: 'x' } },
      { operationId: '2', statusCode: 400, body: { title: 'Invalid Resource' } },
      { operationId: null, statusCode: 404, body: { title: 'Resource Not Found' } },
    ]);
  });

  it('has no body where the response is empty, missing or not JSON', async () => {
    const archive = await archiveOf({ './1.json': JSON.stringify([result('1', 204, ''), { status_code: 204, operation_id: '2', response: null }, result('3', 502, '<html>'), { status_code: 204 }]) });
    assert.deepEqual((await read(archive)).map(({ body }) => body), [null, null, null, null]);
  });

  it('gives nothing for an archive without operations', async () => {
    assert.deepEqual(await read(await archiveOf({ './1.json': '' })), []);
    assert.deepEqual(await read(await archiveOf({})), []);
  });

  it('reads ten thousand operations', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => result(String(at), 200, { id: `hash${at}` }));
    assert.equal((await read(await archiveOf({ './1.json': JSON.stringify(many) }))).length, 10_000);
  });

  for (const [what, text] of [
    ['no JSON', '[{"status_code":2'],
    ['no list', '{"status_code":200}'],
    ['an operation without a status', '[{"operation_id":"1","response":""}]'],
    ['a response that is not text', '[{"status_code":200,"operation_id":"1","response":{}}]'],
  ] as const) {
    it(`is refused with ${what} in a file`, async () => {
      await assert.rejects(read(await archiveOf({ './1.json': text })), invalid);
    });
  }

  it('is refused when it is no archive, damaged or cut off', async () => {
    const archive = await archiveOf({ './1.json': JSON.stringify([result('1', 200, { text: 'x'.repeat(3000) })]) });
    const damaged = Buffer.from(archive);
    damaged.fill(0xff, 20, 40);
    for (const bytes of [Buffer.from('<html>'), gzipSync('not a tar'), damaged, archive.subarray(0, archive.byteLength - 30)]) await assert.rejects(read(bytes), invalid);
  });

  it('is refused before it fills the memory, whatever way it is too large', async () => {
    const bomb = await archiveOf({ './1.json': ' '.repeat(5_000_000) });
    await assert.rejects(read(bomb, { unpacked: 1_000_000 }), invalid);
    await assert.rejects(read(bomb, { file: 1_000_000 }), invalid);
    await assert.rejects(read(bomb, { compressed: 1000 }), invalid);
    await assert.rejects(read(await archiveOf({ './1.json': '', './2.json': '', './3.json': '' }), { files: 2 }), invalid);
  });

  it('passes on what broke its source', async () => {
    const archive = await archiveOf({ './1.json': JSON.stringify([result('1', 200, {})]) });
    const broken = Readable.from(
      (function* pieces() {
        yield archive.subarray(0, 20);
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      })(),
    );
    await assert.rejects(collect(readResultArchive(broken)), { code: 'ECONNRESET' });
  });

  it('lets go of its source when the reader stops early', async () => {
    const source = Readable.from([await archiveOf({ './1.json': JSON.stringify([result('1', 200, {}), result('2', 200, {})]) })]);
    for await (const { operationId } of readResultArchive(source)) if (operationId === '1') break;
    assert.equal(source.destroyed, true);
  });
});
