import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { SyncError } from '../../src/base/errors.ts';
import { batchId } from '../../src/base/ids.ts';
import type { OperationResult } from '../../src/mailchimp/api.ts';
import type { MailchimpEnvironment } from '../../src/mailchimp/client.ts';
import { MaybeDone, NotDone } from '../../src/mailchimp/send-errors.ts';
import type { SimulatedService } from '../../src/simulator/service.ts';
import { ScriptedService, empty, html, json } from '../support/scripted-service.ts';
import { archiveOf, collect, result } from './archive.ts';
import { KEY, account, clientOf, problem } from './account.ts';

const ID = batchId('734a070347');
const STORAGE = 'https://storage.test';
const SIGNED = `${STORAGE}/734a070347-response.tar.gz?Signature=s3cret`;

const batchBody = (more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  id: ID,
  status: 'finished',
  total_operations: 1,
  finished_operations: 1,
  errored_operations: 0,
  submitted_at: '2026-11-24T08:00:00+00:00',
  completed_at: '',
  response_body_url: SIGNED,
  ...more,
});

const at = (id: string, hour: string): unknown => batchBody({ id, submitted_at: `2026-11-24T${hour}:00:00+00:00` });

function withStorage(api: SimulatedService, storage: SimulatedService, more: Partial<MailchimpEnvironment> = {}): ReturnType<typeof clientOf> {
  return clientOf(new Map([[new URL(account.apiUrl).origin, api], [STORAGE, storage]]), more);
}

const resultsOf = (client: ReturnType<typeof clientOf>): Promise<OperationResult[]> => collect(client.api.batchResults(ID));
const codeIs = (code: string) => (error: unknown) => {
  assert.ok(error instanceof SyncError && error.code === code, String(error));
  assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), new RegExp(`s3cret|${KEY}`));
  return true;
};

describe('batches', () => {
  it('are submitted with each body as JSON text and each query as params', async () => {
    const service = new ScriptedService(json(batchBody({ status: 'pending', total_operations: 0, finished_operations: 0, response_body_url: '' })));
    const { value } = await clientOf(service).api.submitBatch([
      { method: 'PUT', path: '/lists/a/members/b', query: { skip_merge_validation: 'true' }, body: { status_if_new: 'subscribed' }, operationId: 'store-1' },
      { method: 'DELETE', path: '/lists/a/members/c', operationId: 'store-2' },
    ]);
    assert.deepEqual(JSON.parse(Buffer.from(service.asked[0]?.body ?? '').toString()), {
      operations: [
        { method: 'PUT', path: '/lists/a/members/b', params: { skip_merge_validation: 'true' }, body: '{"status_if_new":"subscribed"}', operation_id: 'store-1' },
        { method: 'DELETE', path: '/lists/a/members/c', operation_id: 'store-2' },
      ],
    });
    assert.deepEqual(value, { id: ID, status: 'pending', totalOperations: 0, finishedOperations: 0, submittedAt: Date.UTC(2026, 10, 24, 8), responseBodyUrl: '' });
  });

  it('that are refused or too many are surely not done; an answer without a batch may be', async () => {
    await assert.rejects(clientOf(new ScriptedService(json(problem(400, 'Invalid Resource'), 400))).api.submitBatch([]), (error: unknown) => error instanceof NotDone && error.code === 'mailchimp_refused');
    await assert.rejects(clientOf(new ScriptedService(json(problem(429, 'Too Many Requests'), 429))).api.submitBatch([]), (error: unknown) => error instanceof NotDone && error.code === 'mailchimp_overloaded');
    await assert.rejects(clientOf(new ScriptedService(json({ id: ID }))).api.submitBatch([]), (error: unknown) => error instanceof MaybeDone);
  });

  it('are null once Mailchimp has forgotten them', async () => {
    assert.equal((await clientOf(new ScriptedService(json(problem(404, 'Resource Not Found'), 404))).api.batch(ID)).value, null);
  });

  it('of a time are listed from all pages, the newest first, each once', async () => {
    const service = new ScriptedService(json({ batches: [at('b', '07'), at('a', '05')], total_items: 4 }), json({ batches: [at('c', '09'), at('b', '07')], total_items: 4 }));
    const found = await clientOf(service).api.batchesSince(Date.UTC(2026, 10, 24, 6));
    assert.deepEqual(found.map(({ id }) => id), ['c', 'b']);
  });
});

describe('results of a batch', () => {
  it('are fetched from a fresh address, without our credentials', async () => {
    const api = new ScriptedService(json(batchBody()));
    const storage = new ScriptedService({ status: 200, headers: {}, body: await archiveOf({ './1.json': JSON.stringify([result('store-1', 200, { id: 'x' })]) }) });
    assert.deepEqual(await resultsOf(withStorage(api, storage)), [{ operationId: 'store-1', statusCode: 200, body: { id: 'x' } }]);
    assert.equal(storage.asked[0]?.headers['authorization'], undefined);
    assert.doesNotMatch(JSON.stringify(storage.asked[0]?.headers), new RegExp(Buffer.from(KEY).toString('base64').slice(4, 20)));
  });

  for (const status of [403, 404]) {
    it(`whose address has expired (${status}) are fetched from a fresh one`, async () => {
      const api = new ScriptedService(json(batchBody()));
      const storage = new ScriptedService(empty(status), { status: 200, headers: {}, body: await archiveOf({ './1.json': JSON.stringify([result('1', 200, {})]) }) });
      assert.equal((await resultsOf(withStorage(api, storage))).length, 1);
      assert.equal(api.asked.length, 2);
    });

    it(`that stay away (${status}) are given up after one fresh address`, async () => {
      const storage = new ScriptedService(empty(status));
      await assert.rejects(resultsOf(withStorage(new ScriptedService(json(batchBody())), storage)), codeIs('batch_result_invalid'));
      assert.equal(storage.asked.length, 2);
    });
  }

  it('are asked for again while the storage is out of order, until the deadline', async () => {
    const storage = new ScriptedService(empty(503));
    await assert.rejects(resultsOf(withStorage(new ScriptedService(json(batchBody())), storage, { deadline: 60_000 })), codeIs('mailchimp_unreachable'));
    assert.ok(storage.asked.length > 3);
  });

  for (const [what, body, code] of [
    ['of a batch that is not finished', json(batchBody({ status: 'started', response_body_url: '' })), 'batch_result_invalid'],
    ['of a batch that is forgotten', json(problem(404, 'Resource Not Found'), 404), 'batch_result_invalid'],
    ['at a file address', json(batchBody({ response_body_url: 'file:///etc/passwd?s3cret' })), 'batch_result_invalid'],
    ['at no address', json(batchBody({ response_body_url: 's3cret' })), 'batch_result_invalid'],
  ] as const) {
    it(`${what} are an error`, async () => {
      const storage = new ScriptedService(empty(500));
      await assert.rejects(resultsOf(withStorage(new ScriptedService(body), storage)), codeIs(code));
      assert.equal(storage.asked.length, 0);
    });
  }

  it('that are a page or a redirect are an error', async () => {
    await assert.rejects(resultsOf(withStorage(new ScriptedService(json(batchBody())), new ScriptedService(html(200)))), codeIs('batch_result_invalid'));
    await assert.rejects(resultsOf(withStorage(new ScriptedService(json(batchBody())), new ScriptedService(empty(302, { location: SIGNED })))), codeIs('batch_result_invalid'));
  });

  it('larger than the limits are an error', async () => {
    const storage = new ScriptedService({ status: 200, headers: {}, body: await archiveOf({ './1.json': ' '.repeat(100_000) }) });
    const limits = { archiveLimits: { compressed: 10_000, unpacked: 10_000, file: 10_000, files: 10 } };
    await assert.rejects(resultsOf(withStorage(new ScriptedService(json(batchBody())), storage, limits)), codeIs('batch_result_invalid'));
  });
});
