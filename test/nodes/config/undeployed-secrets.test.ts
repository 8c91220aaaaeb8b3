import assert from 'node:assert/strict';
import { UndeployedSecrets, type RuntimeSettings } from '../../../nodes/config/undeployed-secrets.ts';
import { readSettings } from '../../../src/settings/read-settings.ts';
import type { Settings } from '../../../src/settings/settings.ts';

const NAME = 'lists.aaaaaaaaaa.webhooks.signingSecret';

const settingsWith = (digits: string, list = 'aaaaaaaaaa'): Settings =>
  readSettings({ lists: { [list]: { apiKey: 'main', subscriptionGroup: 1 } }, accounts: { main: { apiKey: `${digits.repeat(32 / digits.length)}-us11` } } });
const SETTINGS = settingsWith('0123456789abcdef');

/** Node-RED's own settings, in memory; `stored` is what it would write. */
function runtimeSettings(available = true): RuntimeSettings & { readonly stored: Record<string, unknown> } {
  const stored: Record<string, unknown> = {};
  return {
    stored,
    available: () => available,
    get: (name) => {
      if (!available) throw new Error('Settings not available');
      return structuredClone(stored[name]);
    },
    set: (name, value) => {
      if (!available) return Promise.reject(new Error('Settings not available'));
      stored[name] = structuredClone(value) as unknown;
      return Promise.resolve();
    },
  };
}

describe('secrets given since the last deployment', () => {
  it('are found again by the same node, and stand nowhere as they are', async () => {
    const runtime = runtimeSettings();
    assert.equal(await new UndeployedSecrets(runtime, 'one').keep(SETTINGS, NAME, 'given'), true);
    assert.deepEqual(new UndeployedSecrets(runtime, 'one').read(SETTINGS), { [NAME]: 'given' });
    assert.deepEqual(new UndeployedSecrets(runtime, 'other').read(SETTINGS), {});
    const text = JSON.stringify(runtime.stored);
    for (const form of ['given', Buffer.from('given').toString('base64').slice(0, 6)]) assert.ok(!text.includes(form));
  });

  it('tell what is gone from what never was', async () => {
    const secrets = new UndeployedSecrets(runtimeSettings(), 'one');
    assert.deepEqual(secrets.read(SETTINGS), {});
    await secrets.keep(SETTINGS, NAME, null);
    assert.deepEqual(secrets.read(SETTINGS), { [NAME]: '' });
  });

  it('count as gone with another API key, or when somebody changed them: a webhook is taken without a signature then, not refused', async () => {
    const runtime = runtimeSettings();
    const secrets = new UndeployedSecrets(runtime, 'one');
    await secrets.keep(SETTINGS, NAME, 'given');
    assert.deepEqual(secrets.read(settingsWith('fedcba9876543210')), { [NAME]: '' });
    for (const text of ['', 'AAAA', 'A'.repeat(200)]) {
      runtime.stored['mailchimpsyncGivenSecrets'] = { one: { [NAME]: text } };
      assert.deepEqual(secrets.read(SETTINGS), { [NAME]: '' });
    }
    for (const value of [null, 'x', { one: 'x' }, { one: { [NAME]: 1 } }]) {
      runtime.stored['mailchimpsyncGivenSecrets'] = value;
      assert.deepEqual(secrets.read(SETTINGS), {});
    }
  });

  it('of an audience that the settings no longer have are left alone, and those of other nodes', async () => {
    const runtime = runtimeSettings();
    const [one, other] = [new UndeployedSecrets(runtime, 'one'), new UndeployedSecrets(runtime, 'other')];
    await one.keep(SETTINGS, NAME, 'given');
    await other.keep(SETTINGS, NAME, 'given to the other');
    assert.deepEqual(one.read(settingsWith('0123456789abcdef', 'bbbbbbbbbb')), {});
    await one.drop(new Set(['another name']));
    assert.deepEqual(one.read(SETTINGS), { [NAME]: 'given' });
    await one.drop(new Set([NAME]));
    assert.deepEqual(one.read(SETTINGS), {});
    await other.drop();
    assert.deepEqual(runtime.stored, { mailchimpsyncGivenSecrets: {} });
  });

  it('are not kept where Node-RED cannot store settings, which is told and no error', async () => {
    const secrets = new UndeployedSecrets(runtimeSettings(false), 'one');
    assert.equal(await secrets.keep(SETTINGS, NAME, 'given'), false);
    await secrets.drop();
    assert.deepEqual(secrets.read(SETTINGS), {});
  });
});
