import assert from 'node:assert/strict';
import type { MemberRecord } from '../../src/simulator/mailchimp/records.ts';
import { interestId, listId, startControlledWorld, wilma, type ControlledWorld } from './controlled-world.ts';

/** An act with its arguments, and what is to be seen of it afterwards. */
interface Case {
  readonly act: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly before?: (world: ControlledWorld) => unknown;
  readonly shows: (world: ControlledWorld, result: unknown) => unknown;
  readonly as: unknown;
}

const someone = { listId, address: wilma };
const newcomer = { listId, address: 'new@example.org' };
const list = ({ simulators }: ControlledWorld) => simulators.mailchimp.state.lists[0];
const member = (world: ControlledWorld, address = wilma): MemberRecord | undefined => list(world)?.members.find(({ email }) => email === address);
const status = (world: ControlledWorld): string => member(world)?.status ?? 'no member';
const statusOfNewcomer = (world: ControlledWorld): string => member(world, 'new@example.org')?.status ?? 'no member';
const result = (_: ControlledWorld, answered: unknown): unknown => answered;

/** Webhooks to a receiver that is not there, sent by hand. */
const withWebhook = ({ simulators }: ControlledWorld): void => {
  const { mailchimp } = simulators;
  mailchimp.webhooks.manual = true;
  const everything = { subscribe: true, unsubscribe: true, profile: true, cleaned: true, upemail: true, campaign: true };
  mailchimp.state.lists[0]?.webhooks.push({
    id: 'f00000000f',
    url: 'http://127.0.0.1:9/webhook',
    events: everything,
    sources: { user: true, admin: true, api: true },
    signingSecret: null,
    enabled: true,
    failedInARow: 0,
  });
  mailchimp.people.unsubscribe(listId, wilma);
  mailchimp.people.subscribe(listId, wilma);
};
const deliveries = ({ simulators }: ControlledWorld): unknown => simulators.mailchimp.webhooks.all().map(({ id, type, state, attempts }) => [id, type, state, attempts]);

const cases: readonly Case[] = [
  { act: 'person.subscribe', args: { ...newcomer, mergeFields: { FNAME: 'New' }, interests: [interestId] }, shows: statusOfNewcomer, as: 'subscribed' },
  { act: 'person.signUp', args: newcomer, shows: statusOfNewcomer, as: 'pending' },
  { act: 'person.confirm', args: newcomer, before: ({ simulators }) => simulators.mailchimp.people.signUp(listId, 'new@example.org'), shows: statusOfNewcomer, as: 'subscribed' },
  { act: 'person.unsubscribe', args: someone, shows: (world) => [status(world), member(world)?.ownUnsubscribe], as: ['unsubscribed', true] },
  { act: 'person.complain', args: someone, shows: (world) => member(world)?.complaint, as: true },
  { act: 'person.editProfile', args: { ...someone, mergeFields: { FNAME: 'Willi' } }, shows: (world) => member(world)?.mergeFields['FNAME'], as: 'Willi' },
  { act: 'person.setInterest', args: { ...someone, interestId, on: true }, shows: (world) => member(world)?.interests, as: [interestId] },
  { act: 'person.changeAddress', args: { ...someone, to: 'new@example.org' }, shows: statusOfNewcomer, as: 'subscribed' },
  { act: 'administrator.subscribe', args: newcomer, shows: statusOfNewcomer, as: 'subscribed' },
  { act: 'administrator.unsubscribe', args: someone, shows: (world) => [status(world), member(world)?.ownUnsubscribe], as: ['unsubscribed', false] },
  { act: 'administrator.archive', args: someone, shows: status, as: 'archived' },
  { act: 'administrator.deletePermanently', args: someone, shows: (world) => [status(world), Object.keys(list(world)?.forgotten ?? {})], as: ['no member', [wilma]] },
  { act: 'administrator.clean', args: { ...someone, reason: 'hard' }, shows: status, as: 'cleaned' },
  { act: 'administrator.addTag', args: { ...someone, tag: 'Donor' }, shows: (world) => [list(world)?.tags[0]?.name, member(world)?.tags.length], as: ['Donor', 1] },
  {
    act: 'administrator.removeTag',
    args: { ...someone, tag: 'Donor' },
    before: ({ simulators }) => simulators.mailchimp.administrators.addTag(listId, wilma, 'Donor'),
    shows: (world) => member(world)?.tags,
    as: [],
  },
  { act: 'administrator.markTooManySignups', args: newcomer, shows: (world) => list(world)?.tooManySignups, as: ['new@example.org'] },
  { act: 'createList', args: { name: 'Second', id: 'b000000001', doubleOptIn: true }, shows: ({ simulators }) => simulators.mailchimp.state.lists.map(({ name }) => name), as: ['Newsletter', 'Second'] },
  { act: 'createInterestCategory', args: { listId, title: 'More' }, shows: (world) => list(world)?.categories.map(({ title }) => title), as: ['Topics', 'More'] },
  {
    act: 'createInterest',
    args: { listId, category: 'Topics', name: 'Courses', id: 'c000000001' },
    shows: (world) => list(world)?.categories[0]?.interests.map(({ id }) => id),
    as: [interestId, 'c000000001'],
  },
  { act: 'deleteInterest', args: { listId, interestId }, shows: (world) => list(world)?.categories[0]?.interests, as: [] },
  {
    act: 'createMergeField',
    args: { listId, tag: 'SIZE', name: 'Size', required: true },
    shows: (world) => list(world)?.mergeFields.filter(({ required }) => required).map(({ tag }) => tag),
    as: ['SIZE'],
  },
  { act: 'importMembers', args: { listId, members: [{ email: 'new@example.org', status: 'cleaned' }] }, shows: statusOfNewcomer, as: 'cleaned' },
  { act: 'webhooks.setManual', args: { manual: true }, shows: ({ simulators }) => simulators.mailchimp.webhooks.manual, as: true },
  { act: 'webhooks.waiting', args: {}, before: withWebhook, shows: (_, answered) => (answered as { type: string }[]).map(({ type }) => type), as: ['unsubscribe', 'subscribe'] },
  { act: 'webhooks.all', args: {}, before: withWebhook, shows: (_, answered) => (answered as unknown[]).length, as: 2 },
  { act: 'webhooks.deliver', args: { id: 2 }, before: withWebhook, shows: (world, answered) => [answered, deliveries(world)], as: [0, [[1, 'unsubscribe', 'waiting', 0], [2, 'subscribe', 'waiting', 1]]] },
  { act: 'webhooks.deliverDue', args: {}, before: withWebhook, shows: deliveries, as: [[1, 'unsubscribe', 'waiting', 1], [2, 'subscribe', 'waiting', 1]] },
  { act: 'webhooks.lose', args: { id: 1 }, before: withWebhook, shows: deliveries, as: [[1, 'unsubscribe', 'lost', 0], [2, 'subscribe', 'waiting', 0]] },
  {
    act: 'webhooks.repeat',
    args: { id: 1 },
    before: withWebhook,
    shows: (world, answered) => [answered, deliveries(world)],
    as: [3, [[1, 'unsubscribe', 'waiting', 0], [2, 'subscribe', 'waiting', 0], [3, 'unsubscribe', 'waiting', 0]]],
  },
  { act: 'webhooks.reorder', args: { ids: [2] }, before: withWebhook, shows: deliveries, as: [[2, 'subscribe', 'waiting', 0], [1, 'unsubscribe', 'waiting', 0]] },
  {
    act: 'webhooks.fireCampaign',
    args: { listId, campaignId: 'ca00000001', subject: 'May' },
    before: withWebhook,
    shows: ({ simulators }) => simulators.mailchimp.webhooks.all().map(({ type }) => type),
    as: ['unsubscribe', 'subscribe', 'campaign'],
  },
  { act: 'batches.setManual', args: { manual: true }, shows: ({ simulators }) => simulators.mailchimp.batches.manual, as: true },
  { act: 'clearFaults', args: {}, before: ({ simulators }) => simulators.mailchimp.faults.add({ kind: 'reset' }), shows: async ({ simulators }) => (await fetch(`${simulators.urls.mailchimp}/3.0/`)).status, as: 401 },
  {
    act: 'addFault',
    args: { kind: 'server-error', method: 'GET', path: '^/3\\.0/lists', times: 1, status: 503 },
    shows: async ({ simulators }) => [(await fetch(`${simulators.urls.mailchimp}/3.0/`)).status, (await fetch(`${simulators.urls.mailchimp}/3.0/lists`)).status, (await fetch(`${simulators.urls.mailchimp}/3.0/lists`)).status],
    as: [401, 503, 401],
  },
  { act: 'batches.all', args: {}, shows: result, as: [] },
  { act: 'batches.unfinished', args: {}, shows: result, as: [] },
];

/** These act on a batch; one test tells their story. */
const storyOfABatch = ['batches.run', 'batches.runAll', 'batches.finish', 'batches.loseOperationIds'];

describe('control: Mailchimp', () => {
  let world: ControlledWorld;
  beforeEach(async () => {
    world = await startControlledWorld();
  });
  afterEach(async () => world.simulators.close());

  for (const { act, args, before, shows, as } of cases)
    it(act, async () => {
      before?.(world);
      assert.deepEqual(await shows(world, await world.act('mailchimp', act, args)), as);
    });

  it('runs a batch by hand, operation by operation, says finished, and loses the ids of its results', async () => {
    const { mailchimp, urls } = world.simulators;
    await world.act('mailchimp', 'batches.setManual', { manual: true });
    const operations = [0, 1, 2].map((place) => ({ method: 'GET', path: `/lists/${listId}`, operation_id: String(place) }));
    const headers = { authorization: 'Bearer 51a1a7ed51a1a7ed51a1a7ed51a1a7ed-us11', 'content-type': 'application/json' };
    const response = await fetch(`${urls.mailchimp}/3.0/batches`, { method: 'POST', headers, body: JSON.stringify({ operations }) });
    const { id: batchId } = (await response.json()) as { id: string };
    const batch = (): (string | number)[] => mailchimp.batches.all().flatMap(({ status: said, finished, errored }) => [said, finished, errored]);

    await world.act('mailchimp', 'batches.run', { batchId, place: 1, fault: 'server-error' });
    assert.deepEqual(batch(), ['started', 1, 1]);
    await world.act('mailchimp', 'batches.runAll', { batchId });
    assert.deepEqual(batch(), ['finalizing', 3, 1]);
    await world.act('mailchimp', 'batches.finish', { batchId });
    assert.deepEqual(batch(), ['finished', 3, 1]);
    await world.act('mailchimp', 'batches.loseOperationIds', { batchId });
    assert.ok(mailchimp.batches.all().every(({ losesOperationIds }) => losesOperationIds));
    await assert.rejects(world.act('mailchimp', 'batches.finish', { batchId: 'none' }), /no batch none/);
  });

  it('has no act without a test', async () => {
    const { body } = await world.ask('GET', '/acts');
    const offered = Object.keys((body.result as Record<string, object>)['mailchimp'] ?? {});
    assert.deepEqual(offered.sort(), [...cases.map(({ act }) => act), ...storyOfABatch].sort());
  });
});
