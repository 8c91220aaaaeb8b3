import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/settings/json.ts';
import { launchSimulators } from '../../src/simulator/launch.ts';
import type { LaunchedSimulators } from '../../src/simulator/launch.ts';
import { world } from '../../src/simulator/world.ts';
import { startCommand, temporaryFolder } from '../support/start-command.ts';

/** Services with many people out of step, and limits that only somebody's approval lets them pass. */
describe('npm start -- --once with a plan beyond the limits', function () {
  this.timeout(180_000);
  const folder = temporaryFolder();
  const file = join(folder.path, 'settings.json');
  let services: LaunchedSimulators;
  before(async () => {
    services = await launchSimulators({ people: 200 });
    const lists = services.settings['lists'] as JsonObject;
    const list = { ...(lists[world.mailchimp.listId] as JsonObject), limits: { people: 2, percent: 0 } };
    writeFileSync(file, JSON.stringify({ ...services.settings, lists: { [world.mailchimp.listId]: list } }));
  });
  after(async () => {
    await services.stop();
    folder.remove();
  });

  const once = (...words: string[]) => startCommand(['--once', '--user-dir', join(folder.path, 'user'), ...words], { MAILCHIMPSYNC_SETTINGS: file }).ended;

  /** What people see on both sides: members, group contacts, contacts. */
  const state = async (): Promise<string> => {
    const response = await fetch(`${services.urls.control}/state`);
    const { result } = (await response.json()) as { result: { mailchimp: { lists: readonly { members: unknown }[] }; civicrm: unknown } };
    return JSON.stringify([result.mailchimp.lists.map(({ members }) => members), result.civicrm]);
  };

  it('with --dry-run prints the plan, changes nothing on either side, and holds nobody up', async () => {
    const before = await state();
    const { code, output } = await once('--dry-run');
    assert.equal(code, 4, output);
    assert.match(output, /^Plan of the audience \w+ \(dry run\)$/m);
    assert.match(output, /^Why it would be held$/m);
    assert.match(output, /^The first 10 of \d+ changes$/m);
    assert.equal(await state(), before);
  });

  it('prints the plan with its reasons, nobody by name or address, and ends with a code of its own', async () => {
    const before = await state();
    const { code, output } = await once();
    assert.equal(code, 4, output);
    assert.match(output, /^Plan of the audience \w+, held for approval$/m);
    assert.match(output, /^ {2}create +\d+ +2$/m);
    assert.match(output, /^ {2}CiviCRM remove: Mailchimp says no at .*: the later counts +\d+$/m);
    assert.match(output, /nothing of it was applied\. Approve it with --once --approve/);
    assert.doesNotMatch(output, /@example/);
    assert.equal(await state(), before);
  });

  it('shows the same plan again, and makes no other, until it is approved', async () => {
    const { code, output } = await once('--dry-run');
    assert.equal(code, 4, output);
    assert.match(output, /^Plan of the audience \w+, held for approval$/m);
  });

  it('with --approve applies it', async () => {
    let { code, output } = await once('--approve');
    // What Mailchimp refused at first is asked for once more, and that may be more than two people again.
    for (let more = 0; code === 4 && more < 2; more++) ({ code, output } = await once('--approve'));
    assert.equal(code, 0, output);
    assert.match(output, /^In step, but for \d+ reported with a reason\.$/m);
    const again = await once('--approve');
    assert.match(again.output, /No plan waited for approval\./);
  });
});
