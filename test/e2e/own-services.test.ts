import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/settings/json.ts';
import { launchSimulators } from '../../src/simulator/launch.ts';
import type { LaunchedSimulators } from '../../src/simulator/launch.ts';
import { world } from '../../src/simulator/world.ts';
import { startCommand, temporaryFolder } from '../support/start-command.ts';

/** Settings that name services: here simulated ones, on ports of their own, that the command knows nothing of. */
describe('npm start -- --once with MAILCHIMPSYNC_SETTINGS', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let services: LaunchedSimulators;
  before(async () => {
    services = await launchSimulators({ people: 60 });
  });
  after(async () => {
    await services.stop();
    folder.remove();
  });

  const once = (settings: string | JsonObject, userDirectory = 'user') => {
    const file = join(folder.path, 'settings.json');
    writeFileSync(file, typeof settings === 'string' ? settings : JSON.stringify(settings));
    return startCommand(['--once', '--user-dir', join(folder.path, userDirectory)], { MAILCHIMPSYNC_SETTINGS: file }).ended;
  };

  const act = async (service: string, name: string, args: JsonObject): Promise<void> => {
    const response = await fetch(`${services.urls.control}/act`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ service, act: name, args }),
    });
    assert.equal(response.status, 200, await response.text());
  };

  /** The settings with the value at a path replaced. */
  const changed = (path: readonly string[], value: JsonObject[string]): JsonObject => {
    const replace = (json: JsonObject, [name = '', ...rest]: readonly string[]): JsonObject => ({
      ...json,
      [name]: rest.length === 0 ? value : replace(json[name] as JsonObject, rest),
    });
    return replace(services.settings, path);
  };
  const { listId, apiKey } = world.mailchimp;

  it('tells where the JSON is wrong', async () => {
    const { code, output } = await once('{\n  "lists": { "aaaaaaaaaa": { "subscriptionGroup": "111"", "apiKey": "x" } }\n}');
    assert.equal(code, 2, output);
    assert.match(output, /settings_syntax: .*settings\.json.*line 2, column \d+/);
  });

  it('names the nearest key for one that it does not know', async () => {
    const { code, output } = await once(changed(['lists', listId, 'onTies'], 'latest'));
    assert.equal(code, 2, output);
    assert.match(output, /settings_invalid: [^]*onTies[^]*onTie/);
  });

  it('tells that the dates of the site are in another zone, before anything is applied', async () => {
    const { code, output } = await once(changed(['civicrm', 'timezone'], 'Asia/Tokyo'), 'other-zone');
    assert.equal(code, 2, output);
    assert.match(output, /timezone_mismatch: .*"civicrm\.timezone"/);
    assert.doesNotMatch(output, /submit: /);
  });

  it('tells a wrong Mailchimp key, without showing it', async () => {
    const wrong = `${'0123456789abcdef'.repeat(2)}-us11`;
    const { code, output } = await once(changed(['accounts', 'simulated', 'apiKey'], wrong));
    assert.equal(code, 1, output);
    assert.match(output, /^mailchimp_unauthorized: /m);
    assert.ok(!output.includes(wrong.slice(0, 32)), output);
  });

  it('tells a wrong CiviCRM key, without showing it', async () => {
    const { code, output } = await once(changed(['civicrm', 'apiKey'], 'a-key-that-opens-nothing'));
    assert.equal(code, 1, output);
    assert.match(output, /^civicrm_unauthorized: /m);
    assert.ok(!output.includes('a-key-that-opens-nothing'), output);
  });

  it('names an audience that does not exist', async () => {
    const { [listId]: bound } = services.settings['lists'] as JsonObject;
    const { code, output } = await once(changed(['lists'], { deadbeef01: bound! }));
    assert.equal(code, 2, output);
    assert.match(output, /^audience_missing: .*deadbeef01/m);
  });

  it('names a group that does not exist', async () => {
    const { code, output } = await once(changed(['lists', listId, 'subscriptionGroup'], '4711'));
    assert.equal(code, 2, output);
    assert.match(output, /^group_missing: .*4711/m);
  });

  it('tells that CiviCRM is down', async () => {
    const { code, output } = await once(changed(['civicrm', 'url'], 'http://127.0.0.1:1'));
    assert.equal(code, 1, output);
    assert.match(output, /^civicrm_unreachable: /m);
  });

  it('tells that Mailchimp answers with errors of its own', async () => {
    await act('mailchimp', 'addFault', { kind: 'server-error', method: 'GET', path: '/members', times: 10_000 });
    const { code, output } = await once(services.settings);
    await act('mailchimp', 'clearFaults', {});
    assert.equal(code, 1, output);
    assert.match(output, /^mailchimp_unreachable: /m);
  });

  it('tells that Mailchimp answers writes with errors, one by one', async () => {
    for (const method of ['PUT', 'PATCH', 'POST']) await act('mailchimp', 'addFault', { kind: 'server-error', method, path: '/members', times: 10_000 });
    const { code, output } = await once(services.settings);
    await act('mailchimp', 'clearFaults', {});
    assert.equal(code, 1, output);
    assert.match(output, /^mailchimp_unreachable: /m);
  });

  it('tells that Mailchimp answers batches with errors', async () => {
    await act('mailchimp', 'addFault', { kind: 'server-error', method: 'POST', path: '/batches', times: 10_000 });
    const { code, output } = await once(changed(['lists', listId, 'submitSingly'], 0));
    await act('mailchimp', 'clearFaults', {});
    assert.equal(code, 1, output);
    assert.match(output, /^mailchimp_unreachable: /m);
  });

  it('completes with the next run, judged by reading both services again', async () => {
    const { code, output } = await once(services.settings);
    assert.equal(code, 0, output);
    assert.match(output, /In step, but for \d+ reported with a reason\./);
    assert.doesNotMatch(output, /foretold/);
  });

  it('sends nothing after that', async () => {
    const { code, output } = await once(services.settings);
    assert.equal(code, 0, output);
    assert.match(output, /No update was sent to either side\./);
  });

  it('follows a smart group, which it reads and never writes', async () => {
    await act('civicrm', 'createGroup', { id: 77, title: 'The later ones', search: [['id', '>', 30]] });
    const smart = changed(['lists', listId, 'subscriptionGroup'], '77');
    const { code, output } = await once(smart, 'smart');
    assert.equal(code, 0, output);
    assert.match(output, /smart_group/);
    const again = await once(smart, 'smart');
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /No update was sent to either side\./);
  });

  it('keeps secrets out of the flow and out of what it prints', async () => {
    const { output } = await once(services.settings);
    const flow = readFileSync(join(folder.path, 'user', 'once.json'), 'utf8');
    assert.match(flow, /"id": ?"sync-config"/);
    for (const text of [output, flow]) for (const secret of [apiKey, world.civicrm.apiKey, world.webhookSecret]) assert.ok(!text.includes(secret));
  });

  it('refuses --people, which is for simulated services', async () => {
    const file = join(folder.path, 'settings.json');
    const { code, output } = await startCommand(['--once', '--people', '5', '--user-dir', join(folder.path, 'user')], { MAILCHIMPSYNC_SETTINGS: file }).ended;
    assert.equal(code, 2, output);
    assert.match(output, /--people/);
  });
});
