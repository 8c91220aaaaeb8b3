import assert from 'node:assert/strict';
import { startCommand, temporaryFolder } from '../support/start-command.ts';

describe('npm start -- --once, nothing else given', function () {
  this.timeout(120_000);
  const userDirectory = temporaryFolder();
  after(() => userDirectory.remove());
  const once = (...words: string[]) => startCommand(['--once', '--user-dir', userDirectory.path, ...words]).ended;

  it('brings the simulated services in step, every person as foretold', async () => {
    const { code, output } = await once('--people', '200');
    assert.equal(code, 0, output);
    assert.match(output, /All 200 people are as foretold\.\nIn step, but for \d+ reported with a reason\./);
    for (const title of ['People by state', 'Differences', 'Updates by outcome', 'Requests by service']) assert.match(output, new RegExp(`^${title}$`, 'm'));
    assert.match(output, /^\d runs?, \d+\.\d seconds$/m);
  });

  it('sends nothing the second time, and says so', async () => {
    const { code, output } = await once();
    assert.equal(code, 0, output);
    assert.match(output, /as they were left/);
    assert.match(output, /^Updates by outcome\n {2}none$/m);
    assert.match(output, /No update was sent to either side\./);
    assert.match(output, /All 200 people are as foretold\./);
  });

  it('makes both services and the store afresh for another number of people, and says so', async () => {
    const { code, output } = await once('--people', '120');
    assert.equal(code, 0, output);
    assert.match(output, /120 people, made afresh: it was made for 200 people, not for 120\./);
    assert.match(output, /All 120 people are as foretold\./);
  });
});

describe('npm start', function () {
  this.timeout(60_000);
  const userDirectory = temporaryFolder();
  after(() => userDirectory.remove());

  it('refuses an option that it does not know', async () => {
    const { code, output } = await startCommand(['--sometimes']).ended;
    assert.equal(code, 2);
    assert.match(output, /--sometimes/);
    assert.match(output, /--people N/);
  });

  it('serves the editor with the flow, syncs, and ends when asked to', async () => {
    const command = startCommand(['--people', '60', '--user-dir', userDirectory.path]);
    const [, url] = await command.says(/Node-RED with the flow: (http:\/\/127\.0\.0\.1:\d+\/)/);
    assert.ok(url !== undefined);
    assert.equal((await fetch(url)).status, 200);
    const flows = (await (await fetch(`${url}flows`)).json()) as readonly { type: string; credentials?: unknown; settings?: string }[];
    const config = flows.find(({ type }) => type === 'mailchimpsync-config');
    assert.match(config?.settings ?? '', /"secret": /);
    assert.equal(config?.credentials, undefined);
    await command.says(/submit: /);
    command.kill('SIGTERM');
    const { code, output } = await command.ended;
    assert.equal(code, 0, output);
    assert.match(output, /Stopped\./);
  });
});
