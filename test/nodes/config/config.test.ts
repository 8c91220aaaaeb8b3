import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import helper from 'node-red-node-test-helper';
import fetch from '../../../nodes/fetch/fetch.ts';
import type { EngineNode } from '../../../nodes/lib/engine-node.ts';
import { configOver, delivered, engineThat, lastStatus, loadFlow, logged, SECRETS, SETTINGS, useNodeRed } from '../support/flow.ts';

const KEY = '0123456789abcdef0123456789abcdef-us11';
const LITERAL = JSON.stringify({ lists: { aaaaaaaaaa: { subscriptionGroup: '111', apiKey: KEY } }, accounts: { [KEY]: { apiKey: KEY } } });

const loadConfig = async (settings: string, credentials: object = {}): Promise<EngineNode> => {
  await loadFlow(
    [configOver(engineThat({})), fetch],
    [
      { id: 'tab', type: 'tab', label: 'Test' },
      { id: 'config', type: 'mailchimpsync-config', settings },
      { id: 'user', type: 'mailchimpsync-fetch', z: 'tab', config: 'config', wires: [] },
    ],
    { config: credentials },
  );
  return helper.getNode('config') as EngineNode;
};

/** The credentials as they are kept for a node. */
const keptCredentials = (): unknown => {
  const nodes = createRequire(createRequire(import.meta.url).resolve('node-red'))('@node-red/runtime/lib/nodes') as { getCredentials(id: string): unknown };
  return nodes.getCredentials('config');
};

describe('the configuration node', () => {
  useNodeRed();

  it('reads settings whose references its secrets answer', async () => {
    const config = await loadConfig(SETTINGS, { secrets: SECRETS });
    assert.equal(config.problem, null);
    assert.equal(config.settings?.accounts.get('main')?.apiKey, KEY);
  });

  for (const [what, settings, code, words] of [
    ['are no JSON', '{"lists": {', 'settings_syntax', /line 1, column/],
    ['have a slip', '{"lists": {"aaaaaaaaaa": {"apiKey": "main", "subscriptionGrop": "1"}}, "accounts": {}}', 'settings_invalid', /lists\.aaaaaaaaaa/],
    ['refer to a secret that is not there', SETTINGS, 'settings_secret_missing', /"key"/],
  ] as const)
    it(`says where settings ${what}, and shows it beside the nodes that use them`, async () => {
      const config = await loadConfig(settings);
      assert.equal(config.problem?.code, code);
      assert.match(config.problem.message, words);
      assert.match(logged(), words);
      assert.equal(lastStatus(helper.getNode('user'))?.fill, 'red');
      await assert.rejects(config.work(new AbortController().signal, () => Promise.resolve()), { code });
    });

  it('works with a secret in the text, and warns of it without saying it', async () => {
    const config = await loadConfig(LITERAL);
    assert.equal(config.problem, null);
    assert.match(logged(), /secrets in the settings/);
    assert.ok(!logged().includes(KEY));
  });

  it('does not warn of settings with references only', async () => {
    await loadConfig(SETTINGS, { secrets: SECRETS });
    assert.doesNotMatch(logged(), /secrets in the settings/);
  });

  it('joins secrets entered since the last deployment to those kept, and lets go of those no longer referred to', async () => {
    const config = await loadConfig(SETTINGS, { secrets: JSON.stringify({ key: 'old', gone: 'x' }), added: JSON.stringify({ key: KEY }) });
    assert.equal(config.settings?.accounts.get('main')?.apiKey, KEY);
    assert.deepEqual(keptCredentials(), { secrets: SECRETS });
  });

  it('says that kept secrets cannot be read instead of showing them', async () => {
    const config = await loadConfig(SETTINGS, { secrets: `{"key": "${KEY}"` });
    assert.equal(config.problem?.code, 'settings_invalid');
    assert.ok(!logged().includes(KEY));
  });

  it('leaves secrets out of what it redacts', async () => {
    const config = await loadConfig(SETTINGS, { secrets: JSON.stringify({ key: 'a-secret-of-no-known-shape' }) });
    assert.ok(!config.redact('sent a-secret-of-no-known-shape').includes('a-secret-of-no-known-shape'));
  });

  it('does not open an engine only to close it', async () => {
    let closed = 0;
    const engine = engineThat({ close: () => { closed += 1; return Promise.resolve(); } });
    await loadFlow([configOver(engine)], [{ id: 'config', type: 'mailchimpsync-config', settings: SETTINGS }], { config: { secrets: SECRETS } });
    await helper.clearFlows();
    await delivered();
    assert.equal(closed, 0);
  });
});

const ask = async (path: string, body: object): Promise<{ status: number; body: unknown }> => {
  const { status, body: answer } = await helper.request().post(`/mailchimpsync/settings/${path}`).send(body);
  return { status, body: answer };
};

const audiencesOf = async (config: string): Promise<unknown> => (await helper.request().get(`/mailchimpsync/audiences?config=${config}`)).body;

describe('the routes of the dialogs', () => {
  useNodeRed();

  it('check settings as typed, with the secrets kept and those entered since', async () => {
    await loadConfig(SETTINGS, { secrets: SECRETS });
    const kept = await ask('check', { id: 'config', settings: SETTINGS, secrets: {} });
    assert.deepEqual(kept.body, { problems: [], secrets: [{ name: 'key', known: true }], literal: false });
    const unknown = await ask('check', { id: 'new', settings: SETTINGS, secrets: {} });
    assert.deepEqual((unknown.body as { secrets: unknown }).secrets, [{ name: 'key', known: false }]);
    const entered = await ask('check', { id: 'new', settings: SETTINGS, secrets: { key: KEY } });
    assert.deepEqual(entered.body, kept.body);
  });

  it('say line and column of a problem', async () => {
    await loadConfig(SETTINGS, { secrets: SECRETS });
    const { body } = await ask('check', { id: 'config', settings: '{\n  "lists": {},\n  "accounts": {}},\n}', secrets: {} });
    const [problem] = (body as { problems: readonly { position: { line: number; column: number } | null }[] }).problems;
    assert.deepEqual(problem?.position, { line: 3, column: 18 });
  });

  it('say that a text holds secrets, and never repeat them', async () => {
    await loadConfig(SETTINGS, { secrets: SECRETS });
    const { body } = await ask('check', { id: 'config', settings: LITERAL, secrets: {} });
    assert.equal((body as { literal: boolean }).literal, true);
    assert.ok(!JSON.stringify(body).includes(KEY));
  });

  it('move secrets out of the text, so that it can be exported', async () => {
    await loadConfig(SETTINGS, { secrets: SECRETS });
    const { body } = await ask('move', { id: 'config', settings: LITERAL, secrets: {} });
    const moved = body as { settings: string; secrets: Readonly<Record<string, string>> };
    assert.ok(!moved.settings.includes(KEY));
    assert.deepEqual(Object.values(moved.secrets), [KEY]);
    const checked = await ask('check', { id: 'new', ...moved });
    assert.deepEqual(checked.body, { ...(checked.body as object), problems: [], literal: false });
  });

  it('leave a text without secrets, and one that is no JSON, as it is', async () => {
    await loadConfig(SETTINGS, { secrets: SECRETS });
    for (const settings of [SETTINGS, '{"lists": '])
      assert.deepEqual((await ask('move', { id: 'config', settings, secrets: {} })).body, { settings, secrets: {} });
  });

  it('refuse what is no draft', async () => {
    await loadConfig(SETTINGS, { secrets: SECRETS });
    for (const path of ['check', 'move']) assert.equal((await ask(path, { id: 'config' })).status, 400);
  });

  it('name the audiences of a configuration', async () => {
    await loadConfig(SETTINGS, { secrets: SECRETS });
    assert.deepEqual(await audiencesOf('config'), [{ listId: 'aaaaaaaaaa', name: 'Newsletter' }, { listId: 'bbbbbbbbbb', name: 'bbbbbbbbbb' }]);
    assert.deepEqual(await audiencesOf('unknown'), []);
  });
});
