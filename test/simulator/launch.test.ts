import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchSimulators, type LaunchedSimulators } from '../../src/simulator/launch.ts';
import { startSimulators } from '../../src/simulator/simulators.ts';
import { world } from '../../src/simulator/world.ts';

const { listId } = world.mailchimp;
const source = new URL('../../src/simulator/launch.ts', import.meta.url).href;

describe('the simulators as a process of their own', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'launch-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('answer at the URLs that they tell, with the options that they were given', async () => {
    const launched = await launchSimulators({ people: 5, timezone: 'Asia/Tokyo', webhookBase: 'http://127.0.0.1:1999' });
    assert.ok(await summary(launched));
    const { civicrm } = launched.settings as { civicrm: { url: string; timezone: string } };
    assert.deepEqual(civicrm, { url: launched.urls.civicrm, apiKey: world.civicrm.apiKey, timezone: 'Asia/Tokyo' });
    assert.match(launched.fresh ?? '', /not kept/);
    await launched.stop();
    await assert.rejects(summary(launched));
  });

  it('save when stopped', async () => {
    const first = await launchSimulators({ state: directory, people: 5 });
    await subscribe(first);
    const before = await summary(first);
    await first.stop();
    const second = await launchSimulators({ state: directory });
    assert.deepEqual(await summary(second), before);
    assert.equal(second.fresh, null);
    await second.stop();
  });

  it('save when their parent is killed, and the next start waits for that', async () => {
    const script = `import(${JSON.stringify(source)}).then(({ launchSimulators }) => launchSimulators({ state: ${JSON.stringify(directory)} })).then(({ urls }) => console.log(JSON.stringify(urls)))`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const urls = JSON.parse(line.toString()) as LaunchedSimulators['urls'];
    await subscribe({ urls });
    parent.kill('SIGKILL');
    const next = await startSimulators({ state: directory });
    assert.equal(next.mailchimp.state.lists[0]?.members.length, 1);
    await next.close();
  });

  it('keep what was saved when they are killed themselves', async () => {
    const first = await launchSimulators({ state: directory, people: 20 });
    await first.stop();
    const second = await launchSimulators({ state: directory });
    const before = await summary(second);
    process.kill(second.processId, 'SIGKILL');
    await second.ended;
    const third = await launchSimulators({ state: directory });
    assert.deepEqual(await summary(third), before);
    await third.stop();
  });

  it('say why they cannot start', async () => {
    await assert.rejects(launchSimulators({ timezone: 'Nowhere/Land' }), /the simulators did not start: .*Nowhere\/Land/s);
    const launched = await launchSimulators();
    const control = Number(new URL(launched.urls.control).port);
    await assert.rejects(launchSimulators({ ports: { control } }), /did not start: .*EADDRINUSE/);
    await launched.stop();
  });
});

const subscribe = async ({ urls }: Pick<LaunchedSimulators, 'urls'>): Promise<void> => {
  const body = JSON.stringify({ service: 'mailchimp', act: 'person.subscribe', args: { listId, address: 'new@example.org' } });
  const response = await fetch(`${urls.control}/act`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  assert.equal(response.status, 200, await response.text());
};

const summary = async ({ urls }: Pick<LaunchedSimulators, 'urls'>): Promise<unknown> => (await fetch(`${urls.control}/summary`)).json();
