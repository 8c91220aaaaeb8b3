import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { BatchResultRecord } from '../../../src/simulator/mailchimp/records.ts';
import type { SimulatedResponse } from '../../../src/simulator/service.ts';
import { baseUrl, day, list, minute, read, request, rows, subscribed, TestAccount, text, type Answer } from './account.ts';

const ann = 'ann@example.org';

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly operation_id?: string;
  readonly params?: Readonly<Record<string, string>>;
}

function adding(address: string, operationId: string): Operation {
  const body = JSON.stringify({ email_address: address, status: 'subscribed' });
  return { method: 'POST', path: `/lists/${list}/members`, body, operation_id: operationId };
}

function submit(account: TestAccount, operations: readonly unknown[]): Promise<Answer> {
  return account.ask('POST', '/batches', { body: { operations } });
}

/** An account whose batches a test runs by hand, with one batch of these operations, and its id. */
async function manual(operations: readonly Operation[]): Promise<{ account: TestAccount; id: string }> {
  const account = new TestAccount();
  account.simulator.batches.manual = true;
  return { account, id: text((await submit(account, operations)).body, 'id') };
}

async function download(account: TestAccount, url: string, headers: Readonly<Record<string, string>> = {}): Promise<SimulatedResponse> {
  const { pathname, searchParams } = new URL(url);
  const ending = await account.simulator.handle(request('GET', pathname, { query: Object.fromEntries(searchParams), headers }));
  if ('failure' in ending) throw new Error(`the download ended in a ${ending.failure}`);
  return ending;
}

async function entries(archive: SimulatedResponse): Promise<Entry[]> {
  const unpacking = extract();
  unpacking.end(gunzipSync(archive.body));
  const found: Entry[] = [];
  for await (const entry of unpacking) {
    let content = '';
    for await (const chunk of entry) content += String(chunk);
    found.push({ name: entry.header.name, type: entry.header.type ?? '', text: content });
  }
  return found;
}

async function results(account: TestAccount, id: string): Promise<BatchResultRecord[]> {
  const url = text((await account.get(`/batches/${id}`)).body, 'response_body_url');
  const files = await entries(await download(account, url));
  return files.filter((file) => file.text !== '').flatMap((file) => JSON.parse(file.text) as BatchResultRecord[]);
}

describe('simulated Mailchimp: batches', () => {
  it('a fresh one is pending, with nothing counted and empty texts (recorded)', async () => {
    const { body } = await submit(new TestAccount(), [adding(ann, 'one')]);
    assert.match(text(body, 'id'), /^[0-9a-f]{10}$/);
    assert.deepEqual(
      [body['status'], body['total_operations'], body['finished_operations'], body['errored_operations'], body['completed_at'], body['response_body_url']],
      ['pending', 0, 0, 0, '', ''],
    );
    assert.equal(body['submitted_at'], '2026-03-01T12:00:00+00:00');
  });

  it('does nothing when it is taken: the members come later', async () => {
    for (const byHand of [false, true]) {
      const account = new TestAccount();
      account.simulator.batches.manual = byHand;
      assert.equal((await submit(account, [adding(ann, 'one')])).status, 200);
      assert.equal((await account.member(ann)).status, 404);
    }
  });

  it('in manual mode does nothing at all by itself', async () => {
    const { account, id } = await manual([adding(ann, 'one')]);
    for (let step = 0; step < 10; step++) await account.simulator.work();
    assert.equal((await account.get(`/batches/${id}`)).body['status'], 'pending');
    assert.equal((await account.member(ann)).status, 404);
  });

  it('in automatic mode runs on with every look and every step of work, through the documented statuses', async () => {
    const account = new TestAccount();
    const { body } = await submit(account, [adding(ann, 'one'), adding('bea@example.org', 'two')]);
    const seen = new Set<string>();
    let looks = 0;
    for (let status = ''; status !== 'finished' && looks < 20; looks++) {
      status = text((await account.get(`/batches/${text(body, 'id')}`)).body, 'status');
      seen.add(status);
    }
    assert.ok(seen.has('finished'));
    assert.ok([...seen].every((status) => ['pending', 'preprocessing', 'started', 'finalizing', 'finished'].includes(status)));
    assert.equal((await account.members()).body['total_items'], 2);
  });

  it('finishes by work alone, a thousand operations too', async () => {
    const account = new TestAccount();
    await submit(account, Array.from({ length: 1000 }, (_one, place) => adding(`p${place}@example.org`, `op ${place}`)));
    for (let step = 0; step < 12; step++) await account.simulator.work();
    assert.equal(account.simulator.batches.unfinished().length, 0);
    assert.equal((await account.members()).body['total_items'], 1000);
  });

  it('runs operations in an order of its own', async () => {
    const account = new TestAccount();
    const sent = Array.from({ length: 20 }, (_one, place) => `p${place}@example.org`);
    await submit(account, sent.map((address, place) => adding(address, `op ${place}`)));
    for (let step = 0; step < 6; step++) await account.simulator.work();
    const made = account.simulator.state.lists[0]?.members.map(({ email }) => email) ?? [];
    assert.notDeepEqual(made, sent);
    assert.deepEqual(made.toSorted(), sent.toSorted());
  });

  it('gives every answer with its operation, refusals too: finished is not success', async () => {
    const { account, id } = await manual([adding(ann, 'one'), adding('foo@example.com', 'two'), { method: 'DELETE', path: `/lists/${list}/members/${ann}`, operation_id: 'three' }]);
    for (const place of [0, 1, 2]) await account.simulator.batches.run(id, place);
    account.simulator.batches.finish(id);
    const { body } = await account.get(`/batches/${id}`);
    assert.deepEqual([body['status'], body['total_operations'], body['finished_operations'], body['errored_operations']], ['finished', 3, 3, 1]);
    const found = await results(account, id);
    assert.deepEqual(found.map((one) => [one.operation_id, one.status_code]), [['one', 200], ['two', 400], ['three', 204]]);
    assert.equal((JSON.parse(found[0]?.response ?? '') as { email_address: string }).email_address, ann);
    assert.equal((JSON.parse(found[1]?.response ?? '') as { title: string }).title, 'Invalid Resource');
    assert.equal(found[2]?.response, '', 'an empty text for a 204 (unverified)');
  });

  it('packs results as ./, an empty file and, for large batches, several files of ./<hex>.json (third party)', async () => {
    const { account, id } = await manual(Array.from({ length: 600 }, (_one, place) => ({ method: 'GET', path: '/ping', operation_id: `op ${place}` })));
    await account.simulator.batches.runAll(id);
    account.simulator.batches.finish(id);
    const archive = await download(account, text((await account.get(`/batches/${id}`)).body, 'response_body_url'));
    const files = await entries(archive);
    assert.deepEqual([files[0]?.name, files[0]?.type], ['./', 'directory']);
    assert.ok(files.slice(1).every(({ name }) => /^\.\/[0-9a-f]+\.json$/.test(name)));
    assert.ok(files.some((file) => file.type === 'file' && file.text === ''));
    assert.ok(files.filter((file) => file.text !== '').length > 1);
    assert.equal((await results(account, id)).length, 600);
  });

  it('can lose the operation ids (third party)', async () => {
    const { account, id } = await manual([adding(ann, 'one')]);
    account.simulator.batches.loseOperationIds(id);
    await account.simulator.batches.runAll(id);
    account.simulator.batches.finish(id);
    assert.deepEqual((await results(account, id)).map((one) => one.operation_id), [null]);
  });

  it('passes params as query parameters', async () => {
    const account = new TestAccount();
    account.simulator.batches.manual = true;
    account.simulator.setup.createMergeField(list, { tag: 'CITY', required: true });
    const id = text((await submit(account, [{ ...adding(ann, 'one'), params: { skip_merge_validation: 'true' } }])).body, 'id');
    await account.simulator.batches.runAll(id);
    assert.equal((await account.member(ann)).status, 200);
  });

  it('may say finished hours after the last operation, or never', async () => {
    const { account, id } = await manual([adding(ann, 'one')]);
    await account.simulator.batches.runAll(id);
    account.later(7 * 60 * minute);
    await account.simulator.work();
    const before = (await account.get(`/batches/${id}`)).body;
    assert.deepEqual([before['status'], before['finished_operations'], before['response_body_url']], ['finalizing', 1, '']);
    account.simulator.batches.finish(id);
    assert.equal((await account.get(`/batches/${id}`)).body['completed_at'], '2026-03-01T19:00:00+00:00');
  });

  it('may answer 5xx for one operation, with or without its effect', async () => {
    const { account, id } = await manual([adding(ann, 'one'), adding('bea@example.org', 'two')]);
    await account.simulator.batches.run(id, 0, 'server-error');
    await account.simulator.batches.run(id, 1, 'server-error-after-effect');
    account.simulator.batches.finish(id);
    assert.deepEqual((await results(account, id)).map((one) => one.status_code), [500, 500]);
    assert.equal((await account.member(ann)).status, 404);
    assert.equal((await account.member('bea@example.org')).status, 200);
  });

  it('runs an operation once, however often it is told to', async () => {
    const { account, id } = await manual([adding(ann, 'one')]);
    await Promise.all([account.simulator.batches.run(id, 0), account.simulator.batches.run(id, 0)]);
    await account.simulator.batches.run(id, 0);
    assert.deepEqual([account.simulator.batches.all()[0]?.finished, account.simulator.batches.all()[0]?.errored], [1, 0]);
  });

  it('gives URLs of results that live ten minutes; a fresh look gives a fresh one', async () => {
    const { account, id } = await manual([adding(ann, 'one')]);
    await account.simulator.batches.runAll(id);
    account.simulator.batches.finish(id);
    const url = text((await account.get(`/batches/${id}`)).body, 'response_body_url');
    assert.ok(url.startsWith(`${baseUrl}/batch-results/`));
    assert.equal((await download(account, url)).status, 200);
    account.later(10 * minute);
    assert.equal((await download(account, url)).status, 403);
    assert.equal((await results(account, id)).length, 1);
  });

  it('refuses the key at the storage, and a URL that was tampered with', async () => {
    const { account, id } = await manual([adding(ann, 'one')]);
    account.simulator.batches.finish(id);
    const url = text((await account.get(`/batches/${id}`)).body, 'response_body_url');
    assert.equal((await download(account, url, { authorization: 'Bearer key' })).status, 400);
    assert.equal((await download(account, url.replace('Signature=', 'Signature=0'))).status, 403);
  });

  it('forgets a batch seven days after its end (third party)', async () => {
    const { account, id } = await manual([adding(ann, 'one')]);
    account.simulator.batches.finish(id);
    account.later(7 * day - minute);
    const url = text((await account.get(`/batches/${id}`)).body, 'response_body_url');
    account.later(minute);
    assert.equal((await account.get(`/batches/${id}`)).status, 404);
    assert.equal((await download(account, url)).status, 404);
  });

  it('stops a batch by DELETE: what had run stays run, the rest never runs', async () => {
    const { account, id } = await manual([adding(ann, 'one'), adding('bea@example.org', 'two')]);
    await account.simulator.batches.run(id, 0);
    assert.equal((await account.ask('DELETE', `/batches/${id}`)).status, 204);
    await account.simulator.batches.run(id, 1);
    assert.equal((await account.get(`/batches/${id}`)).body['status'], 'canceled');
    assert.deepEqual(account.simulator.state.lists[0]?.members.map(({ email }) => email), [ann]);
  });

  it('lists batches newest first, in pages', async () => {
    const account = new TestAccount();
    account.simulator.batches.manual = true;
    const ids: string[] = [];
    for (const address of ['a@example.org', 'b@example.org', 'c@example.org']) ids.push(text((await submit(account, [adding(address, address)])).body, 'id'));
    const page = await account.get('/batches', { count: '2', fields: 'batches.id,total_items' });
    assert.deepEqual(rows(page, 'batches').map((batch) => batch['id']), [ids[2], ids[1]]);
    assert.equal(page.body['total_items'], 3);
  });

  it('refuses a batch beyond 500 pending ones with 429 (from documentation)', async () => {
    const account = new TestAccount();
    account.simulator.batches.manual = true;
    for (let count = 0; count < 500; count++) await submit(account, [adding(ann, 'one')]);
    assert.equal((await submit(account, [adding(ann, 'one')])).status, 429);
    account.simulator.batches.finish(account.simulator.batches.all()[0]?.id ?? '');
    assert.equal((await submit(account, [adding(ann, 'one')])).status, 200);
  });

  it('refuses operations that are badly formed', async () => {
    const account = new TestAccount();
    account.have(subscribed(ann));
    const good = adding('bea@example.org', 'one');
    const bad = [{ ...good, body: { status: 'subscribed' } }, { ...good, method: 'FETCH' }, { ...good, path: `lists/${list}` }, { ...good, path: `/3.0/lists/${list}` }, { ...good, id: 'one' }];
    for (const operation of bad) assert.equal((await submit(account, [operation])).status, 400);
    assert.equal((await submit(account, [])).status, 400);
  });

  it('runs on after a restart', async () => {
    const account = new TestAccount();
    await submit(account, [adding(ann, 'one'), adding('bea@example.org', 'two')]);
    const restarted = new TestAccount();
    restarted.simulator.load(JSON.parse(JSON.stringify(account.simulator.save())));
    for (let step = 0; step < 6; step++) await restarted.simulator.work();
    assert.equal(restarted.simulator.batches.unfinished().length, 0);
    assert.equal((await restarted.members()).body['total_items'], 2);
  });

  it('answers 404 for an unknown batch', async () => {
    assert.equal(read(await new TestAccount().end('GET', '/batches/beef')).status, 404);
  });
});
