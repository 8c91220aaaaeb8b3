import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readSettings, type References } from '../../src/settings/read-settings.ts';
import { containsLiteralSecrets, moveSecrets, referencedSecrets } from '../../src/settings/secrets.ts';
import type { JsonObject } from '../../src/settings/json.ts';
import type { AccountSettings } from '../../src/settings/settings.ts';
import { minimal, sampleText } from './sample.ts';
import { environment, writtenSettings } from './written-settings.ts';

const sample = JSON.parse(sampleText) as JsonObject;
const KEY = minimal().accounts.main.apiKey;

const unlabelled = ({ label: _label, ...account }: AccountSettings) => account;

/** Settings without the labels of accounts, which moving may change. */
const withoutLabels = (source: object, references: References) => {
  const settings = readSettings(source, references);
  return {
    ...settings,
    accounts: [...settings.accounts.values()].map(unlabelled),
    audiences: [...settings.audiences].map(([id, audience]) => [id, { ...audience, account: unlabelled(audience.account) }]),
  };
};

describe('moveSecrets', () => {
  it('leaves references in place of everything secret in the sample', () => {
    const { settings, secrets } = moveSecrets(sample);
    assert.doesNotMatch(JSON.stringify(settings), /redacted|bbbbbbbb/u);
    assert.deepEqual(Object.values(secrets).sort(), [
      'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-us11',
      'https://example.org/civicrm/mailchimpsync/batch-webhook?secret=redacted',
      'https://example.org/civicrm/mailchimpsync/webhook?secret=redacted',
      'redacted',
    ]);
  });

  it('names an account after its organisation where its name was the key, and the list follows', () => {
    const { settings } = moveSecrets(sample);
    assert.deepEqual(Object.keys(settings['accounts'] ?? {}), ['Example Org']);
    assert.match(JSON.stringify(settings['lists']), /"apiKey":"Example Org"/u);
  });

  it('keeps a label, and leads a list that named the key to it', () => {
    const { settings } = moveSecrets({ ...minimal(), lists: { aaaaaaaaaa: { apiKey: KEY, subscriptionGroup: 1 } } });
    assert.deepEqual(Object.keys(settings['accounts'] ?? {}), ['main']);
    assert.match(JSON.stringify(settings['lists']), /"apiKey":"main"/u);
  });

  it('gives two accounts of one organisation different labels', () => {
    const keys = ['1', '2'].map((digit) => `${digit.repeat(32)}-us1`);
    const accounts = Object.fromEntries(keys.map((apiKey) => [apiKey, { apiKey, account_name: 'Org' }]));
    const { settings } = moveSecrets({ lists: {}, accounts });
    assert.deepEqual(Object.keys(settings['accounts'] ?? {}), ['Org', 'Org 2']);
  });

  it('keeps a key that stood in the name of its account only', () => {
    const { settings, secrets } = moveSecrets({ lists: {}, accounts: { [KEY]: {} } });
    assert.deepEqual(Object.values(secrets), [KEY]);
    assert.equal([...readSettings(settings, { secrets }).accounts.values()][0]?.apiKey, KEY);
  });

  it('never gives a name that the settings refer to already', () => {
    const settings = {
      lists: {},
      accounts: { main: { apiKey: KEY }, other: { apiKey: { secret: 'accounts.main.apiKey' } } },
    };
    assert.deepEqual(Object.keys(moveSecrets(settings).secrets), ['accounts.main.apiKey 2']);
  });

  it('moves what looks like a secret at places that nobody foresaw', () => {
    const { settings, secrets } = moveSecrets({
      accounts: { main: { apikey: KEY, link: { href: `https://example.org/?apikey=${KEY}` }, note: 'no secret' } },
      databse: 'mysql://sync:pa/ss@word@localhost/db',
    });
    assert.deepEqual(Object.values(secrets), [
      KEY,
      `https://example.org/?apikey=${KEY}`,
      'mysql://sync:pa/ss@word@localhost/db',
    ]);
    assert.match(JSON.stringify(settings), /no secret/u);
  });

  it('leaves variables where they are', () => {
    const settings = {
      ...minimal(),
      accounts: { main: { apiKey: '${KEY}', webhookUrl: 'https://example.org/hook?secret=${HOOK}' } },
      store: { mysql: 'mysql://sync:${PASSWORD}@localhost/sync' },
    };
    assert.deepEqual(moveSecrets(settings), { settings, secrets: {} });
  });

  it('leaves addresses without a secret where people can read them', () => {
    const settings = { ...minimal(), accounts: { main: { apiKey: { secret: 'k' }, webhookUrl: 'https://example.org/hook' } } };
    assert.deepEqual(moveSecrets(settings).secrets, {});
  });

  it('takes settings that are not valid at all', () => {
    for (const settings of [{}, { accounts: 7, lists: null }, { accounts: { a: null }, lists: { b: [] } }]) {
      assert.deepEqual(moveSecrets(settings), { settings, secrets: {} });
    }
  });

  it('whatever the settings: they read as before, hold no secret, and moving again changes nothing', () => {
    fc.assert(
      fc.property(writtenSettings, ({ settings, literals }) => {
        const moved = moveSecrets(settings);
        const text = JSON.stringify(moved.settings);
        for (const literal of literals) assert.ok(!text.includes(literal), literal);
        assert.deepEqual(
          withoutLabels(moved.settings, { env: environment, secrets: moved.secrets }),
          withoutLabels(settings, { env: environment }),
        );
        assert.deepEqual(moveSecrets(moved.settings), { settings: moved.settings, secrets: {} });
        assert.deepEqual([...referencedSecrets(moved.settings)].sort(), Object.keys(moved.secrets).sort());
      }),
    );
  });
});

describe('containsLiteralSecrets', () => {
  it('finds them until they are moved', () => {
    assert.equal(containsLiteralSecrets(sample), true);
    assert.equal(containsLiteralSecrets(moveSecrets(sample).settings), false);
  });

  it('finds a key that is left in the name of an account only', () => {
    assert.equal(containsLiteralSecrets({ lists: {}, accounts: { [KEY]: { apiKey: { secret: 'k' } } } }), true);
  });
});
