import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import helper from 'node-red-node-test-helper';
import { registerSimulatorNode, type Launch } from '../../nodes/simulator/simulator-node.ts';
import { launchSimulators, type LaunchedSimulators } from '../../src/simulator/launch.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import { lastStatus, loadFlow, messageAt, useNodeRed } from './support/flow.ts';

const NODE = { id: 'node', type: 'mailchimpsync-simulator', z: 'tab', people: '20', mailchimpPort: '', civicrmPort: '', controlPort: '', webhooks: false, wires: [['out']] };

describe('the simulator node', () => {
  let userDirectory: string;

  before(() => {
    userDirectory = mkdtempSync(join(tmpdir(), 'mailchimpsync-simulator-node-'));
  });
  useNodeRed();
  after(() => rmSync(userDirectory, { recursive: true, force: true }));

  const loadSimulator = async (launch: Launch): Promise<void> => {
    helper.settings({ userDir: userDirectory, uiPort: 1880 });
    await loadFlow([(RED) => registerSimulatorNode(RED, launch)], [
      { id: 'tab', type: 'tab', label: 'Test' },
      NODE,
      { id: 'out', type: 'helper', z: 'tab', wires: [] },
      { id: 'catcher', type: 'catch', z: 'tab', wires: [['caught']] },
      { id: 'caught', type: 'helper', z: 'tab', wires: [] },
    ]);
  };

  it('starts both services, says where they are and how to reach them, and ends them when it closes', async () => {
    const launched: LaunchedSimulators[] = [];
    await loadSimulator(async (options) => {
      const simulators = await launchSimulators(options);
      launched.push(simulators);
      return simulators;
    });
    const message = await messageAt('out');
    const urls = message['urls'] as LaunchedSimulators['urls'];
    assert.equal(readSettings(message.payload as object).civicrm?.url, urls.civicrm);
    const answer = await fetch(`${urls.mailchimp}/3.0/ping`);
    assert.equal(answer.status, 401);
    assert.deepEqual(lastStatus(helper.getNode('node')), { fill: 'green', shape: 'dot', text: `${new URL(urls.mailchimp).host}, :${new URL(urls.civicrm).port}` });
    await helper.clearFlows();
    assert.equal(await launched[0]?.ended, '');
    await assert.rejects(fetch(`${urls.mailchimp}/3.0/ping`));
  });

  it('answers a message with the settings', async () => {
    await loadSimulator(launchSimulators);
    await messageAt('out');
    const again = messageAt('out');
    helper.getNode('node').receive({ topic: 'kept' });
    const message = await again;
    assert.equal(message.topic, 'kept');
    assert.ok((message.payload as { lists?: object }).lists);
  });

  it('tells a catch node when the services cannot start', async () => {
    const failure = Promise.withResolvers<LaunchedSimulators>();
    await loadSimulator(() => failure.promise);
    const caught = messageAt('caught');
    failure.reject(new Error('the port 1891 is taken'));
    const { error } = (await caught) as { error?: { code: string; message: string } };
    assert.equal(error?.code, 'internal');
    assert.match(error.message, /1891 is taken/);
    assert.equal(lastStatus(helper.getNode('node'))?.fill, 'red');
  });

  it('tells a catch node when the services end by themselves', async () => {
    const ended = Promise.withResolvers<string>();
    const running: LaunchedSimulators = {
      urls: { mailchimp: 'http://127.0.0.1:1', civicrm: 'http://127.0.0.1:2', control: 'http://127.0.0.1:3' },
      settings: {}, fresh: null, processId: 0, ended: ended.promise, stop: () => Promise.resolve(),
    };
    await loadSimulator(() => Promise.resolve(running));
    const caught = messageAt('caught');
    ended.resolve('out of memory');
    assert.match(((await caught) as { error?: { message: string } }).error?.message ?? '', /out of memory/);
  });
});
