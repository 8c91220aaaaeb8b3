import assert from 'node:assert/strict';
import { readOptions, writeOptions } from '../../src/simulator/options.ts';

describe("the simulators' command line", () => {
  it('says every option that it reads', () => {
    const options = {
      state: '/var/lib/state',
      people: 5000,
      seed: 7,
      timezone: 'Europe/Warsaw',
      ports: { mailchimp: 8001, civicrm: 8002, control: 8003 },
      webhookBase: 'http://127.0.0.1:1880',
      registerWebhooks: true,
      withParent: true,
    };
    assert.deepEqual(readOptions(writeOptions(options)), options);
    assert.deepEqual(readOptions(writeOptions({})), { ports: {} });
  });

  it('names the option that is wrong', () => {
    assert.throws(() => readOptions(['--people', 'many']), /--people must be a whole number, not "many"/);
    assert.throws(() => readOptions(['--port-civicrm=-1']), /--port-civicrm must be/);
    assert.throws(() => readOptions(['--peopel', '5']), /--peopel/);
  });
});
