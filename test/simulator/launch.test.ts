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

  for (const [whom, sign] of [['their parent is', 1], ["their parent's whole process group is", -1]] as const)
    it(`save when ${whom} killed, and the next start waits for that`, async () => {
      const script = `import(${JSON.stringify(source)}).then(({ launchSimulators }) => launchSimulators({ state: ${JSON.stringify(directory)} })).then(({ urls }) => console.log(JSON.stringify(urls)))`;
      const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const urls = JSON.parse(line.toString()) as LaunchedSimulators['urls'];
      await subscribe({ urls });
      process.kill(sign * (parent.pid ?? assert.fail('it was not started')), 'SIGKILL');
      const next = await startSimulators({ state: directory });
      assert.equal(next.mailchimp.state.lists[0]?.members.length, 1);
      await next.close();
    });

  it('keep what was saved when they are killed themselves', async () => {
    const first = await launchSimulators({ state: directory, people: 20 });
    const before = await summary(first);
    await first.stop();
    const second = await launchSimulators({ state: directory });
    process.kill(second.processId, 'SIGKILL');
    await second.ended;
    const third = await launchSimulators({ state: directory });
    assert.deepEqual(await summary(third), before);
    await third.stop();
  });

  it('begin afresh when they were killed before they had saved what they had answered', async () => {
    const first = await launchSimulators({ state: directory, people: 20 });
    await subscribe(first);
    await first.stop();
    const second = await launchSimulators({ state: directory });
    await subscribe(second, 'second@example.org');
    process.kill(second.processId, 'SIGKILL');
    await second.ended;
    const third = await launchSimulators({ state: directory });
    assert.match(third.fresh ?? '', /killed before it had saved/);
    await third.stop();
    const fourth = await launchSimulators({ state: directory });
    assert.equal(fourth.fresh, null);
    await fourth.stop();
  });

  it('say why they cannot start', async () => {
    await assert.rejects(launchSimulators({ timezone: 'Nowhere/Land' }), /the simulators did not start: .*Nowhere\/Land/s);
    const launched = await launchSimulators();
    const control = Number(new URL(launched.urls.control).port);
    await assert.rejects(launchSimulators({ ports: { control } }), /did not start: .*EADDRINUSE/);
    await launched.stop();
  });
});

const subscribe = async ({ urls }: Pick<LaunchedSimulators, 'urls'>, address = 'new@example.org'): Promise<void> => {
  const body = JSON.stringify({ service: 'mailchimp', act: 'person.subscribe', args: { listId, address } });
  const response = await fetch(`${urls.control}/act`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  assert.equal(response.status, 200, await response.text());
};

const summary = async ({ urls }: Pick<LaunchedSimulators, 'urls'>): Promise<unknown> => (await fetch(`${urls.control}/summary`)).json();
