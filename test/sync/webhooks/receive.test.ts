import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { systemClock } from '../../../src/base/clock.ts';
import { readSettings } from '../../../src/settings/read-settings.ts';
import { world } from '../../../src/simulator/world.ts';
import type { WebhookAnswer, WebhookRequest } from '../../../src/sync/engine.ts';
import { receiveWebhook } from '../../../src/sync/receive-webhook.ts';
import { LIST, OTHER_LIST, START, closeWorlds, openWorld, type SyncWorld, type WorldOptions } from '../../support/sync-world.ts';

const SECRET = world.webhookSecret;
const FIELDS: readonly (readonly [string, string])[] = [
  ['type', 'unsubscribe'],
  ['fired_at', '2026-11-24 08:59:58'],
  ['data[action]', 'unsub'],
  ['data[reason]', 'manual'],
  ['data[id]', '8a25ff1d98'],
  ['data[email]', 'Wilma@Example.org'],
  ['data[merges][FNAME]', 'Wilma & Fred'],
  ['data[list_id]', LIST],
];

/** The fields with some changed, or left out where they are null. */
const fieldsWith = (changes: Readonly<Record<string, string | null>> = {}): readonly (readonly [string, string])[] =>
  [...FIELDS.filter(([name]) => !(name in changes)), ...Object.entries(changes).filter((entry): entry is [string, string] => entry[1] !== null)];

const raw = (fields = FIELDS): Buffer => Buffer.from(new URLSearchParams(fields.map(([name, value]) => [name, value])).toString());

const post = (body: unknown, more: Partial<WebhookRequest> = {}): WebhookRequest => ({ method: 'POST', query: { secret: SECRET }, headers: {}, body, ...more });

/** Entries of the inbox as they were stored. */
const stored = async ({ store }: SyncWorld) => (await store.unhandled(LIST, 1000)).map(({ type, email, firedAt, payload }) => ({ type, email, firedAt, ...payload }));

const ENTRY = { type: 'unsubscribe', email: 'wilma@example.org', firedAt: START - 2000, oldEmail: null, action: 'unsub', reason: 'manual' };

async function given(request: WebhookRequest, options: WorldOptions = {}): Promise<{ readonly answer: WebhookAnswer; readonly world: SyncWorld }> {
  const opened = await openWorld(options);
  return { world: opened, answer: await opened.engine.receiveWebhook(request) };
}

const urlWith = (secret: string) => ({ webhook: `https://example.org/hook?secret=${secret}` });

const withSignature = (signature: unknown, body: unknown = raw()): WebhookRequest => post(body, { headers: { 'x-mailchimp-signature': signature } });

/** Refused, and nothing of it kept or logged. */
async function assertRefused(request: WebhookRequest, status: number, options: WorldOptions = {}): Promise<WebhookAnswer> {
  const { answer, world: opened } = await given(request, options);
  assert.equal(answer.status, status);
  assert.deepEqual(await stored(opened), []);
  assert.doesNotMatch(`${answer.body} ${opened.logged.join(' ')}`, /wilma|simulated-webhook/i);
  return answer;
}

describe('receiving list webhooks', () => {
  closeWorlds();

  describe('takes a body', () => {
    const bodies: Readonly<Record<string, unknown>> = {
      'as it came, in bytes': raw(),
      'as it came, as text': raw().toString(),
      'parsed by http in into objects': { type: 'unsubscribe', fired_at: '2026-11-24 08:59:58', data: { action: 'unsub', reason: 'manual', id: '8a25ff1d98', email: 'Wilma@Example.org', list_id: LIST, merges: { FNAME: 'Wilma & Fred' } } },
      'parsed into flat keys': Object.fromEntries(FIELDS),
    };
    for (const [how, body] of Object.entries(bodies))
      it(`${how}, and stores it before the answer`, async () => {
        const { answer, world: opened } = await given(post(body));
        assert.deepEqual(answer, { status: 200, body: 'ok', listId: LIST });
        assert.deepEqual(await stored(opened), [ENTRY]);
      });
  });

  it('answers a GET, by which Mailchimp checks the address', async () => {
    const { answer } = await given({ method: 'GET', query: {}, headers: {}, body: undefined });
    assert.equal(answer.status, 200);
  });

  it('stores a repeat once, and tells it from another of the same second', async () => {
    const { world: opened } = await given(post(raw()));
    assert.equal((await opened.engine.receiveWebhook(post(Object.fromEntries(FIELDS)))).status, 200);
    assert.equal((await stored(opened)).length, 1);
    await opened.engine.receiveWebhook(post(raw(fieldsWith({ type: 'profile' }))));
    await opened.engine.receiveWebhook(post(raw(fieldsWith({ 'data[id]': '8a25ff1d99' }))));
    await opened.engine.receiveWebhook(post(raw(fieldsWith({ fired_at: '2026-11-24 08:59:59' }))));
    assert.equal((await stored(opened)).length, 4);
  });

  it('tells cleaned ones apart by their address, because they carry no id', async () => {
    const { world: opened } = await given(post(raw(fieldsWith({ type: 'cleaned', 'data[id]': null }))));
    await opened.engine.receiveWebhook(post(raw(fieldsWith({ type: 'cleaned', 'data[id]': null }))));
    await opened.engine.receiveWebhook(post(raw(fieldsWith({ type: 'cleaned', 'data[id]': null, 'data[email]': 'betty@example.org' }))));
    assert.deepEqual((await stored(opened)).map(({ email }) => email), ['wilma@example.org', 'betty@example.org']);
  });

  describe('refuses', () => {
    it('a wrong secret, none, and several', async () => {
      for (const secret of ['wrong', '', undefined, [SECRET, 'x'], { secret: SECRET }]) await assertRefused(post(raw(), { query: { secret } }), 401);
    });

    it("the secret of another audience's webhook", async () => {
      const settings = readSettings({
        lists: { [LIST]: { apiKey: 'main', subscriptionGroup: 1 }, [OTHER_LIST]: { apiKey: 'main', subscriptionGroup: 2 } },
        accounts: { main: { apiKey: `${'0123456789abcdef'.repeat(2)}-us11`, audiences: { [LIST]: urlWith('one'), [OTHER_LIST]: urlWith('other') } } },
      });
      const { store, engine } = await openWorld();
      const receiver = { settings, store, clock: systemClock, log: () => undefined, signingSecret: () => null, mailchimpNow: () => START, heard: () => undefined };
      const statusWith = async (secret: string, list: string): Promise<number> => (await receiveWebhook(receiver, post(raw(fieldsWith({ 'data[list_id]': list })), { query: { secret } }))).status;
      assert.deepEqual([await statusWith('one', LIST), await statusWith('other', OTHER_LIST), await statusWith('other', LIST), await statusWith('one', OTHER_LIST)], [200, 200, 401, 401]);
      assert.equal((await engine.status())[0]?.inbox, 1);
    });

    it('everything of an audience whose webhooks are off', () => assertRefused(post(raw()), 401, { list: { webhooks: { enabled: false } } }));

    const malformed: Readonly<Record<string, unknown>> = {
      'no body': undefined,
      'an empty body': Buffer.alloc(0),
      'bytes that are no form': Buffer.from([0, 255, 254, 128]),
      JSON: Buffer.from(JSON.stringify(Object.fromEntries(FIELDS))),
      'a body without a type': raw(fieldsWith({ type: null })),
      'a body without an audience': raw(fieldsWith({ 'data[list_id]': null })),
      'a body without an address': raw(fieldsWith({ 'data[email]': null })),
      'a time that is none': raw(fieldsWith({ fired_at: 'yesterday' })),
      'a day that there is not': raw(fieldsWith({ fired_at: '2026-13-45 08:59:58' })),
      'a list in place of the data': { type: 'unsubscribe', fired_at: '2026-11-24 08:59:58', data: ['x'] },
      'an address longer than any': raw(fieldsWith({ 'data[email]': `${'é'.repeat(161)}@example.org` })),
      'an id longer than any': raw(fieldsWith({ 'data[id]': '0'.repeat(65) })),
      'a former address longer than any': raw(fieldsWith({ type: 'upemail', 'data[old_email]': `${'x'.repeat(320)}@example.org` })),
      'an address that is an object': { ...Object.fromEntries(FIELDS), 'data[email]': { a: 1 } },
      'keys that reach for the prototype': raw([...FIELDS.filter(([name]) => name !== 'data[list_id]'), ['data[__proto__][list_id]', LIST], ['__proto__[data][list_id]', LIST], ['data[constructor][prototype][list_id]', LIST]]),
    };
    for (const [what, body] of Object.entries(malformed)) it(what, () => assertRefused(post(body), 400));

    it('a body of more than 256 KB, raw or parsed, however it is told', async () => {
      const large = raw([...FIELDS, ['data[merges][NOTE]', 'x'.repeat(256 * 1024)]]);
      await assertRefused(post(large), 413);
      await assertRefused(post(large.toString()), 413);
      await assertRefused(post(Object.fromEntries(FIELDS), { headers: { 'content-length': String(large.length) } }), 413);
    });
  });

  describe('answers and leaves out, without a word of it in the log,', () => {
    const leftOut: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'an audience that is not in the settings': { 'data[list_id]': 'ffffffffff' },
      'an unknown type': { type: 'wilma@example.org' },
      'a campaign': { type: 'campaign' },
      'a member without an e-mail address': { 'data[email]': '' },
    };
    for (const [what, changes] of Object.entries(leftOut))
      it(what, async () => {
        const { answer, world: opened } = await given(post(raw(fieldsWith(changes))));
        assert.equal(answer.status, 200);
        assert.equal(answer.listId, undefined);
        assert.deepEqual(await stored(opened), []);
        assert.equal(opened.logged.length, 1);
        assert.doesNotMatch(opened.logged.join(' '), /wilma|ffffffffff/i);
      });

    it('an audience that is disabled', async () => {
      const { answer, world: opened } = await given(post(raw()), { list: { enabled: false } });
      assert.deepEqual(answer, { status: 200, body: 'ok' });
      assert.deepEqual(await stored(opened), []);
      assert.match(opened.logged.join(' '), /disabled/);
    });
  });

  describe('when they are signed', () => {
    const KEY = 'signing-secret';
    const signed: WorldOptions = { list: { webhooks: { signingSecret: KEY } } };
    const at = (when: number, body: Buffer, key = KEY): string => {
      const stamp = Math.floor(when / 1000);
      return `t=${stamp},v1=${createHmac('sha256', key).update(`${stamp}.`).update(body).digest('hex')}`;
    };

    it('takes a good signature, to either side of five minutes', async () => {
      for (const offset of [0, -299_000, 299_000]) {
        const { answer, world: opened } = await given(withSignature(at(START + offset, raw())), signed);
        assert.equal(answer.status, 200);
        assert.equal((await stored(opened)).length, 1);
      }
    });

    it('takes one good signature among several, as while a secret is changed', async () => {
      const [stamp, good] = at(START, raw()).split(',');
      const { answer } = await given(withSignature(`${stamp},v1=${'0'.repeat(64)},${good}`), signed);
      assert.equal(answer.status, 200);
    });

    it('refuses an old one, and one from the future', async () => {
      for (const offset of [-301_000, 301_000]) assert.match((await assertRefused(withSignature(at(START + offset, raw())), 401, signed)).body, /five minutes/);
    });

    it('refuses a wrong secret, another body, none, and what is no signature', async () => {
      await assertRefused(withSignature(at(START, raw(), 'another')), 401, signed);
      await assertRefused(withSignature(at(START, raw()), raw(fieldsWith({ 'data[email]': 'betty@example.org' }))), 401, signed);
      for (const header of [undefined, '', 'v1=00', 't=1', 't=x,v1=00', `t=1,t=2,v1=00`, ['t=1', 'v1=00'], 't=1,v1='.concat('é'.repeat(40))]) await assertRefused(withSignature(header), 401, signed);
    });

    it('says what to tick when http in has parsed the body', async () => {
      const answer = await assertRefused(withSignature(at(START, raw()), Object.fromEntries(FIELDS)), 401, signed);
      assert.match(answer.body, /do not parse the body/);
    });

    it('asks the secret of the address first', () => assertRefused({ ...withSignature(at(START, raw())), query: { secret: 'wrong' } }, 401, signed));

    it('needs none where signing is off, or no secret is known; then it says so', async () => {
      assert.equal((await given(post(raw()), { list: { webhooks: { signing: false, signingSecret: KEY } } })).answer.status, 200);
      const { answer, world: opened } = await given(withSignature(at(START, raw())));
      assert.equal(answer.status, 200);
      assert.deepEqual((await opened.engine.status())[0]?.webhooks.problems, ['secret_unknown']);
    });
  });
});

describe('receiving batch webhooks', () => {
  closeWorlds();
  const fields = { type: 'batch_operation_completed', fired_at: '2026-11-24 08:59:58', 'data[id]': 'abc123', 'data[response_body_url]': 'https://attacker.example/results' };

  it('takes the id of the batch and nothing else', async () => {
    const { engine } = await openWorld();
    for (const body of [fields, Buffer.from(new URLSearchParams(fields).toString()), { ...fields, data: { id: 'abc123' } }])
      assert.deepEqual(await engine.receiveBatchWebhook(post(body)), { status: 200, body: 'ok', batchId: 'abc123' });
  });

  it('answers a GET, refuses a wrong secret and what is malformed or too large', async () => {
    const { engine } = await openWorld();
    const statusOf = async (request: WebhookRequest): Promise<number> => (await engine.receiveBatchWebhook(request)).status;
    assert.equal(await statusOf({ method: 'GET', query: {}, headers: {}, body: undefined }), 200);
    assert.equal(await statusOf(post(fields, { query: { secret: 'wrong' } })), 401);
    for (const changed of [{ ...fields, 'data[id]': '../lists' }, { ...fields, type: 'subscribe' }, {}]) assert.equal(await statusOf(post(changed)), 400);
    assert.equal(await statusOf(post('x'.repeat(300 * 1024))), 413);
  });
});
