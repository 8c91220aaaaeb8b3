import assert from 'node:assert/strict';
import { list, minute, read, subscribed, TestAccount, type Answer } from './account.ts';

const ann = 'ann@example.org';
const creating = { email_address: ann, status: 'subscribed' };

/** Ten requests that are under way until `release` is called. */
function tenHeld(account: TestAccount): { readonly answers: Promise<Answer>[]; readonly release: () => void } {
  const { promise: until, resolve: release } = Promise.withResolvers<void>();
  account.simulator.faults.add({ kind: 'held', until }, { times: 10 });
  return { answers: Array.from({ length: 10 }, () => account.get('/ping')), release };
}

describe('simulated Mailchimp: faults', () => {
  it('429 with a problem body, or with none, and Retry-After where asked (from documentation)', async () => {
    const account = new TestAccount();
    account.simulator.faults.add({ kind: 'too-many-requests', body: true, retryAfter: 3 });
    account.simulator.faults.add({ kind: 'too-many-requests', body: false });
    const first = await account.get('/ping');
    assert.deepEqual([first.status, first.body['detail'], first.headers['retry-after']], [429, 'You have exceeded the limit of 10 simultaneous connections.', '3']);
    const second = await account.end('GET', '/ping');
    assert.deepEqual('failure' in second ? null : [second.status, second.body], [429, '']);
    assert.equal((await account.get('/ping')).status, 200);
  });

  it('403 without a body', async () => {
    const account = new TestAccount();
    account.simulator.faults.add({ kind: 'forbidden' });
    assert.deepEqual(read(await account.end('GET', '/ping')).body, {});
  });

  it('hit only the requests that fit, as often as asked', async () => {
    const account = new TestAccount();
    account.have(subscribed('bea@example.org'));
    account.simulator.faults.add({ kind: 'server-error', status: 503 }, { method: 'GET', path: /\/members$/, times: 2 });
    const statuses: number[] = [];
    for (const path of ['/ping', `/lists/${list}/members`, `/lists/${list}/members`, `/lists/${list}/members`]) statuses.push((await account.get(path)).status);
    assert.deepEqual(statuses, [200, 503, 503, 200]);
  });

  it('leave the state alone, or take effect first where asked', async () => {
    for (const kind of ['server-error', 'reset', 'hang', 'broken-json', 'html'] as const) {
      for (const effect of [false, true]) {
        const account = new TestAccount();
        account.simulator.faults.add({ kind, effect });
        const ending = await account.end('POST', `/lists/${list}/members`, { body: creating });
        if (kind === 'reset' || kind === 'hang') assert.deepEqual(ending, { failure: kind });
        else assert.ok(!('failure' in ending));
        assert.equal((await account.member(ann)).status, effect ? 200 : 404, `${kind} ${effect}`);
      }
    }
  });

  it('a slow request is answered in the end, with its effect', async () => {
    const account = new TestAccount();
    account.simulator.faults.add({ kind: 'slow', milliseconds: 1 });
    assert.equal((await account.addMember(creating)).status, 200);
    assert.equal((await account.member(ann)).status, 200);
  });

  it('can be taken back', async () => {
    const account = new TestAccount();
    account.simulator.faults.add({ kind: 'reset' });
    account.simulator.faults.clear();
    assert.equal((await account.get('/ping')).status, 200);
  });

  it('reach the storage of results as well', async () => {
    const account = new TestAccount();
    account.simulator.faults.add({ kind: 'html', status: 502 }, { path: /^\/batch-results\// });
    const ending = await account.simulator.handle({ method: 'GET', path: '/batch-results/0a-response.tar.gz', query: new URLSearchParams(), headers: {}, body: new Uint8Array() });
    assert.equal('failure' in ending ? 0 : ending.status, 502);
  });
});

describe('simulated Mailchimp: simultaneous connections', () => {
  it('ten of a user are served, the eleventh gets 429 (from documentation)', async () => {
    const account = new TestAccount();
    const { answers, release } = tenHeld(account);
    assert.equal((await account.get('/ping')).status, 429);
    release();
    assert.deepEqual(new Set((await Promise.all(answers)).map(({ status }) => status)), new Set([200]));
    assert.equal((await account.get('/ping')).status, 200);
  });

  it('count all keys of the user together', async () => {
    const otherKey = 'fedcba9876543210fedcba9876543210-us11';
    const account = new TestAccount({ otherApiKeys: [otherKey] });
    const { answers, release } = tenHeld(account);
    assert.equal((await account.ask('GET', '/ping', { headers: { authorization: `Bearer ${otherKey}` } })).status, 429);
    release();
    await Promise.all(answers);
  });

  it('stay taken for two minutes by requests that are never answered (from documentation)', async () => {
    const account = new TestAccount();
    account.simulator.faults.add({ kind: 'hang' }, { times: 10 });
    for (let count = 0; count < 10; count++) await account.end('GET', '/ping');
    assert.equal((await account.get('/ping')).status, 429);
    account.later(2 * minute);
    assert.equal((await account.get('/ping')).status, 200);
  });
});
