import assert from 'node:assert/strict';
import { SyncError } from '../../src/base/errors.ts';
import { batchId, emailAddress, listId, memberContactId } from '../../src/base/ids.ts';
import { ConnectionBudget } from '../../src/http/budget.ts';
import { createMailchimpApi, type MailchimpEnvironment } from '../../src/mailchimp/client.ts';
import type { MailchimpApi, Member, MemberStatus } from '../../src/mailchimp/api.ts';
import { MaybeDone } from '../../src/mailchimp/send-errors.ts';
import { MailchimpSimulator } from '../../src/simulator/mailchimp/simulator.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { inProcessAdapter } from '../support/in-process-adapter.ts';
import { simulatedTime } from '../support/simulated-time.ts';
import { KEY, LIST, account } from './account.ts';
import { collect } from './archive.ts';

const ORIGIN = 'http://127.0.0.1:8181';
const START = Date.UTC(2026, 10, 24, 9);
const random = { fraction: () => 0.5, token: () => 'ab' };

interface World {
  readonly simulator: MailchimpSimulator;
  readonly api: MailchimpApi;
  readonly time: ReturnType<typeof simulatedTime>;
  readonly budget: ConnectionBudget;
}

function world(apiKey = KEY, more: Partial<MailchimpEnvironment> & { readonly impatient?: boolean } = {}): World {
  const time = simulatedTime(START);
  const seeded = new SeededRandom(1);
  const simulator = new MailchimpSimulator({ clock: time.service, random: () => seeded.fraction(), apiKey: KEY, baseUrl: () => ORIGIN });
  simulator.setup.createList({ id: LIST, name: 'Main audience' });
  const budget = new ConnectionBudget(8);
  const adapter = inProcessAdapter(simulator, { timedOut: (timeout) => time.service.advance(more.impatient === true ? 0 : timeout) });
  const api = createMailchimpApi({ ...account, apiKey, apiUrl: `${ORIGIN}/3.0` }, { clock: time.client, random, adapter, budget, ...more });
  return { simulator, api, time, budget };
}

const imported = (number: number, status: MemberStatus = 'subscribed', lastChanged = START - 3_600_000) => ({
  email: `Person${number}@Example.org`,
  status,
  lastChanged,
  mergeFields: { FNAME: `First ${number}`, LNAME: 'Rubble' },
});
const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

async function allMembers({ api }: World, since: number | null = null, status: MemberStatus | null = null): Promise<Member[]> {
  const members: Member[] = [];
  for (let offset = 0; ; ) {
    const { value } = await api.membersPage({ listId: LIST, count: 1000, offset, since, status });
    members.push(...value.members);
    offset += value.length;
    if (value.length === 0 || offset >= value.totalItems) return members;
  }
}

describe('client of Mailchimp on the simulated service', () => {
  it('reads 2,500 members in three pages', async () => {
    const one = world();
    one.simulator.importMembers(LIST, range(2500).map((number) => imported(number)));
    const members = await allMembers(one);
    assert.equal(new Set(members.map(({ hash }) => hash)).size, 2500);
    assert.equal(members.find(({ email }) => email === 'person7@example.org')?.firstName, 'First 7');
    assert.deepEqual([...one.api.requests()], [['GET members', 3]]);
  });

  it('reads what changed since, archived members when asked for, and counts those without an address', async () => {
    const one = world();
    one.simulator.importMembers(LIST, [imported(1), imported(2, 'unsubscribed', START - 60_000), imported(3, 'archived', START - 60_000), { ...imported(4), id: '', email: '' }]);
    assert.deepEqual((await allMembers(one, START - 120_000)).map(({ email }) => email), ['person2@example.org']);
    assert.deepEqual((await allMembers(one, null, 'archived')).map(({ email }) => email), ['person3@example.org']);
    const { value } = await one.api.membersPage({ listId: LIST, count: 1000, offset: 0, since: 0, status: null });
    assert.deepEqual([value.members.length, value.withoutEmail], [2, 1]);
  });

  it('gets through a storm of every fault that a read can meet', async () => {
    const one = world();
    one.simulator.importMembers(LIST, [imported(1)]);
    const faults = [{ kind: 'too-many-requests', body: true }, { kind: 'too-many-requests', body: false, retryAfter: 20 }, { kind: 'forbidden' }, { kind: 'server-error' }, { kind: 'reset' }, { kind: 'hang' }] as const;
    for (const fault of faults) one.simulator.faults.add(fault);
    // The storm is longer than the deadline of one read, because of the request that hangs.
    await allMembers(one).catch(() => null);
    assert.equal((await allMembers(one)).length, 1);
    assert.equal(one.budget.used, 0);
    assert.ok(one.budget.limit < 8);
  });

  it('has no connection too many after eight that hang, even if it gives them up at once', async () => {
    const one = world(KEY, { impatient: true, deadline: 24 * 3_600_000 });
    one.simulator.importMembers(LIST, [imported(1)]);
    one.simulator.faults.add({ kind: 'hang' }, { times: 8 });
    await Promise.all(range(8).map(() => allMembers(one)));
    assert.equal(one.simulator.log.filter(({ outcome }) => outcome === 429).length, 0);
  });

  it('knows a wrong key, a missing audience and a missing member', async () => {
    const wrong = world('ffffffffffffffffffffffffffffffff-us11');
    await assert.rejects(wrong.api.audience(LIST), (error: unknown) => error instanceof SyncError && error.code === 'mailchimp_unauthorized');
    const one = world();
    assert.equal(await one.api.audience(listId('bbbbbbbbbb')), null);
    assert.deepEqual(await one.api.audience(LIST), { name: 'Main audience', memberCount: 0 });
    assert.equal((await one.api.member(LIST, emailAddress('nobody@example.org'))).value, null);
  });

  it('does not follow the redirect to plain http', async () => {
    const one = world();
    await assert.rejects(one.api.send({ method: 'POST', path: '', body: {} }), (error: unknown) => error instanceof MaybeDone && error.code === 'mailchimp_unexpected');
  });

  it('finds a member by contact id, hash and address', async () => {
    const one = world();
    one.simulator.importMembers(LIST, [imported(1)]);
    const member = (await one.api.member(LIST, emailAddress('person1@example.org'))).value;
    assert.ok(member !== null);
    assert.deepEqual((await one.api.member(LIST, member.hash)).value, member);
    assert.deepEqual((await one.api.member(LIST, memberContactId(member.contactId))).value, member);
  });

  it('reads interests by id', async () => {
    const one = world();
    one.simulator.setup.createInterestCategory(LIST, 'Topics');
    one.simulator.setup.createInterest(LIST, 'Topics', 'News', 'cccccccccc');
    assert.deepEqual([...(await one.api.interests(LIST))], [['cccccccccc', 'News']]);
  });

  it('sends one operation, and a refusal is an answer', async () => {
    const one = world();
    const put = (email: string) => one.api.send({ method: 'PUT', path: `/lists/${LIST}/members/${email}`, body: { email_address: email, status_if_new: 'subscribed' } });
    const { value } = await put('wilma@example.org');
    assert.equal(one.api.readMember(value.body)?.status, 'subscribed');
    assert.equal((await put('nonsense')).value.statusCode, 400);
  });

  it('sends once although the answer is lost', async () => {
    const one = world();
    one.simulator.faults.add({ kind: 'reset', effect: true });
    await assert.rejects(one.api.send({ method: 'PUT', path: `/lists/${LIST}/members/wilma@example.org`, body: { email_address: 'wilma@example.org', status_if_new: 'subscribed' } }), MaybeDone);
    assert.equal((await allMembers(one)).length, 1);
    assert.equal(one.simulator.log.filter(({ method }) => method === 'PUT').length, 1);
  });

  it('takes a batch from its submission to its results', async () => {
    const one = world();
    one.simulator.importMembers(LIST, [imported(1)]);
    one.simulator.batches.manual = true;
    const operations = [
      { method: 'PUT', path: `/lists/${LIST}/members/wilma@example.org`, query: { skip_merge_validation: 'true' }, body: { email_address: 'wilma@example.org', status_if_new: 'subscribed' }, operationId: 'store-1' },
      { method: 'PATCH', path: `/lists/${LIST}/members/missing@example.org`, body: { status: 'unsubscribed' }, operationId: 'store-2' },
      { method: 'DELETE', path: `/lists/${LIST}/members/person1@example.org`, operationId: 'store-3' },
    ] as const;
    const { value: submitted } = await one.api.submitBatch(operations);
    assert.equal(submitted.status, 'pending');
    await one.simulator.batches.runAll(submitted.id);
    one.simulator.batches.finish(submitted.id);
    assert.equal((await one.api.batch(submitted.id)).value?.status, 'finished');
    const results = await collect(one.api.batchResults(submitted.id));
    assert.deepEqual(new Map(results.map(({ operationId, statusCode }) => [operationId, statusCode])), new Map([['store-1', 200], ['store-2', 404], ['store-3', 204]]));
    assert.equal(one.api.readMember(results.find(({ operationId }) => operationId === 'store-1')?.body)?.email, 'wilma@example.org');
    assert.deepEqual((await one.api.batchesSince(START)).map(({ id }) => id), [submitted.id]);
    assert.deepEqual(await one.api.batchesSince(START + 60_000), []);
  });

  it('says when the results of a batch are gone', async () => {
    const one = world();
    await assert.rejects(collect(one.api.batchResults(batchId('0123456789'))), (error: unknown) => error instanceof SyncError && error.code === 'batch_result_invalid');
  });
});
