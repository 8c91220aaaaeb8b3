import assert from 'node:assert/strict';
import { batchId, contactId, emailAddress, rowId, runId, updateId } from '../../src/base/ids.ts';
import type { UpdateState } from '../../src/store/entities.ts';
import type { Store } from '../../src/store/store.ts';
import { LIST, memberRow, MINUTE, NOW, RUN, stored } from '../contract/store/samples.ts';

/** All states, each on the update whose id is one more. */
const STATES = ['planned', 'queued', 'sending', 'submitted', 'done', 'failed', 'aborted', 'superseded'] as const satisfies readonly UpdateState[];
const SENT = new Set<UpdateState>(['sending', 'submitted', 'done', 'failed']);

const text = (value: unknown): string => `'${JSON.stringify(value)}'`;
const WORD = { value: true, since: NOW - 5, at: NOW, source: 'mailchimp' };
const OPT_OUT = { value: false, since: NOW - 5, at: NOW, source: 'civicrm', by: 8, optOut: true, merged: 0 };
const KEPT = { value: false, since: NOW - 5, at: NOW, source: 'civicrm' };
const MEMORY = { status: WORD, kept: KEPT, refused: { since: NOW - 5, at: NOW, reason: 'compliance' }, names: { firstName: 'Ann' } };

const updateLine = (state: UpdateState, index: number): string => {
  const sent = SENT.has(state) ? NOW : 'NULL';
  return `(${index + 1}, '${LIST}', '${RUN}', 1, ${10 + index}, 'mailchimp', 'subscribe', '${state}', 0, '{"status":"subscribed"}', '{}', 'later word', 0, ${NOW}, ${sent}, NULL, 'key', 'p${index}@example.org', 1, ${state === 'submitted' ? 1 : 'NULL'})`;
};

/**
 * What the first version of this program left in a store, as statements for its first schema in either database: people
 * of every kind, updates in every state, a run that was cut off, a batch under way, webhooks handled and not. It is
 * written by hand, because today's code writes no more what that version wrote.
 */
export const FIRST_SCHEMA_DATA: readonly string[] = [
  `INSERT INTO mailchimpsync_cache (id, version, mailchimp_list_id, civicrm_contact_id, mailchimp_email, agreed_email, mailchimp_contact_id, mailchimp_status, mailchimp_updated, mailchimp_data, mailchimp_looked_at, civicrm_groups, civicrm_data, memory, sync_status, fail_reason)
   VALUES (1, 3, '${LIST}', 7, 'ann@example.org', 'ann@example.org', 'm1', 'subscribed', ${NOW}, '{"timestampOpt":null,"interests":{},"firstName":"Ann","lastName":""}', ${NOW}, '{}', '{"names":{"first":1}}', ${text(MEMORY)}, 'redo', NULL),
          (2, 1, '${LIST}', 8, 'bob@example.org', NULL, 'm2', 'cleaned', ${NOW}, '{"timestampOpt":null,"interests":{},"firstName":"","lastName":""}', ${NOW}, '{}', '{}', '{}', 'fail', 'cleaned'),
          (3, 1, '${LIST}', 9, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}', '{}', '{}', 'todo', NULL)`,
  `INSERT INTO mailchimpsync_former_email VALUES ('${LIST}', 'old@example.org', 1)`,
  `INSERT INTO mailchimpsync_update (id, mailchimp_list_id, run_id, mailchimpsync_cache_id, civicrm_contact_id, side, kind, state, claims, data, origin, reason, unclear, created_at, sent_at, ended_at, member_key, mailchimp_email, is_new, mailchimpsync_batch_id) VALUES ${STATES.map(updateLine).join(', ')}`,
  `INSERT INTO mailchimpsync_update (id, mailchimp_list_id, run_id, mailchimpsync_cache_id, civicrm_contact_id, side, kind, state, claims, data, origin, reason, unclear, created_at, sent_at, ended_at, write_id)
   VALUES (9, '${LIST}', '${RUN}', 1, 7, 'civicrm', 'add', 'done', 0, '{"kind":"group","groupId":111,"status":"Added"}', '{}', 'later word', 0, ${NOW}, ${NOW}, ${NOW}, 'write1')`,
  `INSERT INTO mailchimpsync_run (id, mailchimp_list_id, mode, with_data, dry_run, state, stage, \`cursor\`, counts, started_at)
   VALUES ('${RUN}', '${LIST}', 'full', 1, 0, 'running', 'dataHooks', '17', '{"fetch":{"fetched":2},"createContacts":{"created":1}}', ${NOW})`,
  `INSERT INTO mailchimpsync_lease (mailchimp_list_id, fence, run_id, holder, leased_until) VALUES ('${LIST}', 4, '${RUN}', 'gone', ${NOW})`,
  `INSERT INTO mailchimpsync_audience (mailchimp_list_id, fetched_at, fully_fetched_at, interests, history, history_gaps, modified) VALUES ('${LIST}', ${NOW}, ${NOW}, '[]', 381, '[]', ${NOW})`,
  `INSERT INTO mailchimpsync_contact (mailchimp_list_id, civicrm_contact_id, looked_at, opt_out, unexplained) VALUES ('${LIST}', 8, ${NOW}, ${text(OPT_OUT)}, ${text({ 111: { ...KEPT, after: 380 } })})`,
  `INSERT INTO mailchimpsync_batch (id, account, mailchimp_list_id, mailchimp_batch_id, state, operations, created_at, progress_at, finished_operations) VALUES (1, 'main', '${LIST}', 'batch1', 'submitted', 1, ${NOW}, ${NOW}, 0)`,
  `INSERT INTO mailchimpsync_inbox (mailchimp_list_id, type, fired_at, dedup_key, email, payload, received_at, handled_at, attempts)
   VALUES ('${LIST}', 'profile', ${NOW}, 'a', 'ann@example.org', '{}', ${NOW}, ${NOW}, 1), ('${LIST}', 'unsubscribe', ${NOW}, 'b', 'ann@example.org', '{"action":"unsub"}', ${NOW}, NULL, 0)`,
  `INSERT INTO mailchimpsync_creation_claim (site, email, claimed_by, claimed_at) VALUES ('site', 'cy@example.org', 'gone', ${NOW})`,
];

/** That data as today's store shows it: all of it is there, what came since is empty, and work goes on from it. */
export const assertGoesOn = async (store: Store): Promise<void> => {
  const rows = await store.rowsById(LIST, [rowId(1), rowId(2), rowId(3)]);
  assert.deepEqual(rows.map(({ version, syncStatus, failReason }) => [version, syncStatus, failReason]), [[3, 'redo', null], [1, 'fail', 'cleaned'], [1, 'todo', null]]);
  assert.deepEqual([rows[0]?.memory, rows[0]?.hookData, rows[0]?.member?.firstName], [MEMORY, { names: { first: 1 } }, 'Ann']);
  assert.deepEqual((await store.rowsByFormerEmail(LIST, emailAddress('old@example.org'))).map(({ id }) => id), [1]);
  assert.equal(await store.countSubscribed(LIST), 1);

  const updates = await store.updatesOfRun(RUN, null, 100);
  assert.deepEqual(updates.map(({ id, state }) => [id, state]), [...STATES.map((state, index) => [index + 1, state]), [9, 'done']]);
  assert.deepEqual((await store.updatesOfPeople(LIST, [rowId(2)], [emailAddress('p5@example.org')], 10)).map(({ id }) => id), [6], 'a failed update is found by its address');
  assert.deepEqual(await store.countPeople(LIST, NOW - MINUTE), { subscribe: 5, unsubscribe: 0, add: 1, remove: 0, create: 0, rename: 0 }, 'what was changed yesterday counts');
  assert.deepEqual([await store.openPlan(LIST), await store.plans(LIST, 10)], [null, []], 'nothing is held');

  assert.deepEqual(await store.contactMemories(LIST, [contactId(8)]), [{ contactId: 8, lookedAt: NOW, optOut: OPT_OUT, unexplained: { 111: { ...KEPT, after: 380 } } }]);
  assert.equal((await store.audience(LIST)).history, 381);
  assert.equal((await store.batchByBatchId(batchId('batch1')))?.state, 'submitted');
  assert.deepEqual((await store.updatesOfBatch((await store.batchByBatchId(batchId('batch1')))?.id ?? 0)).map(({ id }) => id), [updateId(4)]);
  assert.deepEqual((await store.creationClaims('site')).map(({ email }) => email), ['cy@example.org']);

  assert.equal((await store.inboxOf(LIST, [emailAddress('ann@example.org')], 10)).length, 2);
  await store.forgetHandled(LIST, NOW + MINUTE);
  assert.deepEqual((await store.inboxOf(LIST, [emailAddress('ann@example.org')], 10)).map(({ key }) => key), ['b'], 'what is not handled is never forgotten');
  assert.deepEqual((await store.unhandled(LIST, 10)).map(({ key }) => key), ['b']);

  const resumed = await store.startRun({ id: runId('run-2'), listId: LIST, mode: 'incremental', since: null, withData: true, dryRun: false, startedAt: NOW + MINUTE }, 'new', NOW + MINUTE, MINUTE);
  assert.ok(resumed.kind === 'resumed', resumed.kind);
  assert.deepEqual([resumed.run.id, resumed.run.stage, resumed.run.cursor, resumed.run.counts.fetch], [RUN, 'dataHooks', 17, { fetched: 2 }]);
  assert.ok((await stored(store, [memberRow('dora')]))[0]!.id > 3, 'ids go on where they were');
};
