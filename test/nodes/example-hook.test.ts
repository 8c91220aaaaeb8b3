import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import helper from 'node-red-node-test-helper';
import dataHooks from '../../nodes/data-hooks/data-hooks.ts';
import hookReturn from '../../nodes/hook-return/hook-return.ts';
import { contactId, listId, rowId, runId } from '../../src/base/ids.ts';
import { readHookAnswer } from '../../src/sync/data/hook-answer.ts';
import type { HookAnswer, HookRow } from '../../src/sync/data/hook-runner.ts';
import { configOver, engineThat, loadFlow, logged, messageAt, SECRETS, SETTINGS, useNodeRed, type FlowNode } from './support/flow.ts';
import { RUN_MESSAGE, runLike } from './support/runs.ts';

const core = createRequire(createRequire(import.meta.url).resolve('node-red'));
const coreNode = (file: string): ((RED: NodeAPI) => void) => core(`@node-red/nodes/core/${file}.js`) as (RED: NodeAPI) => void;
const example = JSON.parse(readFileSync(join(import.meta.dirname, '../../examples/04 membership end date.json'), 'utf8')) as FlowNode[];

interface Params {
  readonly where: readonly unknown[];
}

const person = (id: number): HookRow => ({ id: rowId(id), contactId: contactId(100 + id), email: null, member: null, memory: null });

describe('the example of a hook', () => {
  useNodeRed();
  let site: Server;
  const asked: { path: string; key: string; params: Params }[] = [];
  let answer: { status: number; values: readonly unknown[] };

  before(async () => {
    site = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const params = JSON.parse(new URLSearchParams(Buffer.concat(parts).toString()).get('params') ?? 'null') as Params;
        asked.push({ path: request.url ?? '', key: String(request.headers['x-civi-auth']), params });
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify({ values: answer.values }));
      });
    });
    await new Promise<void>((resolve) => { site.listen(0, '127.0.0.1', resolve); });
  });
  after(() => new Promise((resolve) => { site.close(resolve); }));

  /** The example as it ships, with the address of a site, asked about two people. */
  async function run(): Promise<HookAnswer | null | undefined> {
    let answered: HookAnswer | null | undefined;
    const engine = engineThat({
      runStage: async (stage, _id, { hook, signal }) => {
        const rows = [person(1), person(2)];
        answered = await hook?.rows?.({ runId: runId('run-1'), listId: listId('aaaaaaaaaa'), all: true }, rows, (given) => readHookAnswer(given, rows, { names: true, tags: null, mergeFields: {} }), signal);
        return { kind: 'done', counts: {}, run: runLike({ stage }) };
      },
    });
    const flow = example.map((node): FlowNode => {
      if (node.type === 'debug') return { ...node, type: 'helper' };
      if (node.type !== 'tab') return node;
      const env = [['CIVICRM_URL', `http://127.0.0.1:${(site.address() as AddressInfo).port}`], ['CIVICRM_KEY', 'the key']].map(([name, value]) => ({ name, value, type: 'str' }));
      return { ...node, env };
    });
    await loadFlow([configOver(engine), dataHooks, hookReturn, coreNode('common/90-comment'), coreNode('function/10-function'), coreNode('network/21-httprequest')], [...flow, { id: 'sync-config', type: 'mailchimpsync-config', settings: SETTINGS }], { 'sync-config': { secrets: SECRETS } });
    const on = messageAt('paid-on');
    helper.getNode('paid-hooks').receive({ sync: RUN_MESSAGE });
    await on;
    return answered;
  }

  it('reads the end dates of all its people in one request, and gives them back as a merge field', async () => {
    answer = { status: 200, values: [{ contact_id: 101, last_end_date: '2027-01-31' }] };
    const given = await run();
    assert.deepEqual(given, new Map([[rowId(1), { wants: { 'merge:PAIDTO': '2027-01-31' } }], [rowId(2), { wants: { 'merge:PAIDTO': '' } }]]));
    const [request, ...more] = asked;
    assert.deepEqual([request?.path, request?.key, more], ['/civicrm/ajax/api4/Membership/get', 'Bearer the key', []]);
    assert.deepEqual(request?.params.where[0], ['contact_id', 'IN', [101, 102]]);
  });

  it('skips its people at once when CiviCRM fails', async () => {
    answer = { status: 503, values: [] };
    assert.equal(await run(), null);
    assert.match(logged(), /2 rows are skipped: The hook failed on its way: .*CiviCRM answered with status 503/);
  });
});
