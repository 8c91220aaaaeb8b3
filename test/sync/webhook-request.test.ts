import assert from 'node:assert/strict';
import type { WebhookRequest } from '../../src/sync/engine.ts';
import { readBatchWebhook, readBody, readListWebhook } from '../../src/sync/webhook-request.ts';

const request = (body: unknown): WebhookRequest => ({ method: 'POST', query: {}, headers: {}, body });
const fieldsOf = (body: unknown): unknown => {
  const read = readBody(request(body));
  return read.kind === 'body' ? read.fields : assert.fail(`the body is ${read.kind}`);
};

const FIRED = '2026-11-24 09:00:05';
const nested = { type: 'subscribe', fired_at: FIRED, data: { id: '0123456789', list_id: 'a0d1e2c3b4', email: 'Wilma@Example.org', merges: { FNAME: 'Wilma' } } };
const flat = { type: 'subscribe', fired_at: FIRED, 'data[id]': '0123456789', 'data[list_id]': 'a0d1e2c3b4', 'data[email]': 'Wilma@Example.org', 'data[merges][FNAME]': 'Wilma' };
const raw = new URLSearchParams(flat).toString();
const read = { type: 'subscribe', firedAt: Date.UTC(2026, 10, 24, 9, 0, 5), listId: 'a0d1e2c3b4', dataId: '0123456789', email: 'wilma@example.org', oldEmail: null, action: null, reason: null };

describe('a list webhook', () => {
  for (const [form, body] of [['nested', nested], ['with flat keys', flat], ['as text', raw], ['as bytes', Buffer.from(raw)]] as const)
    it(`is read when its body comes ${form}`, () => {
      assert.deepEqual(readListWebhook(fieldsOf(body)), read);
    });

  it('of an unsubscribe has an action and a reason', () => {
    const webhook = readListWebhook({ ...nested, type: 'unsubscribe', data: { ...nested.data, action: 'unsub', reason: 'manual' } });
    assert.deepEqual([webhook?.action, webhook?.reason], ['unsub', 'manual']);
  });

  it('of a changed address has the new and the old one', () => {
    const webhook = readListWebhook({ type: 'upemail', fired_at: FIRED, data: { list_id: 'a0d1e2c3b4', new_id: '9', new_email: 'New@example.org', old_email: 'Old@example.org' } });
    assert.deepEqual([webhook?.email, webhook?.oldEmail, webhook?.dataId], ['new@example.org', 'old@example.org', '9']);
  });

  it('of a cleaned address comes without an id', () => {
    assert.equal(readListWebhook({ ...nested, type: 'cleaned', data: { list_id: 'a0d1e2c3b4', email: 'p@example.org', reason: 'hard' } })?.dataId, '');
  });

  const broken: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['a text', 'hello'],
    ['without a type', { ...nested, type: undefined }],
    ['without a list', { ...nested, data: { email: 'p@example.org' } }],
    ['without data', { type: 'subscribe', fired_at: FIRED }],
    ['with data that is a text', { ...nested, data: 'x' }],
    ['fired at no time', { ...nested, fired_at: 'yesterday' }],
    ['fired on a day that does not exist', { ...nested, fired_at: '2026-13-41 09:00:00' }],
    ['with a list of addresses', { ...nested, data: { ...nested.data, email: ['a', 'b'] } }],
    ['with a text longer than any', { ...nested, data: { ...nested.data, email: 'x'.repeat(1001) } }],
  ];
  for (const [what, body] of broken)
    it(`is none: ${what}`, () => {
      assert.equal(readListWebhook(body), null);
    });
});

describe('the body of a webhook', () => {
  it('is malformed when it is neither a form nor text', () => {
    for (const body of [undefined, null, 7]) assert.deepEqual(readBody(request(body)), { kind: 'malformed' });
  });

  it('is too large above 256 KiB, as text and as bytes', () => {
    assert.deepEqual(readBody(request('x'.repeat(256 * 1024 + 1))), { kind: 'too_large' });
    assert.deepEqual(readBody(request(new Uint8Array(256 * 1024 + 1))), { kind: 'too_large' });
    assert.equal(readBody(request('x'.repeat(256 * 1024))).kind, 'body');
  });

  it('reaches no prototype, whatever its keys', () => {
    const hostile = '__proto__[polluted]=1&data[__proto__][polluted]=1&constructor[prototype][polluted]=1&data[constructor][prototype][polluted]=1';
    for (const body of [hostile, Object.fromEntries(new URLSearchParams(hostile)), JSON.parse('{"__proto__":{"polluted":1},"data":{}}')]) {
      fieldsOf(body);
      assert.equal(({} as Readonly<Record<string, unknown>>)['polluted'], undefined);
      assert.equal((Object as unknown as Readonly<Record<string, unknown>>)['polluted'], undefined);
    }
  });

  it('leaves out keys nested deeper than any of Mailchimp’s', () => {
    assert.deepEqual(Object.keys(fieldsOf('a[b][c][d][e][f][g]=1&x=1') as object), ['x']);
  });
});

describe('a batch webhook', () => {
  it('names its batch, and nothing else is taken from it', () => {
    const body = 'type=batch_operation_completed&data[id]=8b2428d747&data[response_body_url]=https://evil.example.org/';
    assert.equal(readBatchWebhook(fieldsOf(body)), '8b2428d747');
  });

  it('is none with another type, or an id that could lead elsewhere', () => {
    assert.equal(readBatchWebhook({ type: 'subscribe', data: { id: '8b2428d747' } }), null);
    assert.equal(readBatchWebhook({ type: 'batch_operation_completed', data: { id: '../lists' } }), null);
    assert.equal(readBatchWebhook({ type: 'batch_operation_completed', data: {} }), null);
    assert.equal(readBatchWebhook(undefined), null);
  });
});
