import assert from 'node:assert/strict';
import { isList, isObject, type Json } from '../../src/settings/json.ts';
import { readSettings, type References } from '../../src/settings/read-settings.ts';

const KEY = '0123456789abcdef'.repeat(2);
const SECRETS = [KEY, 'hooked-secret', 'batch-secret', 'civi-secret', 'db-password', 'referred-secret', 'env-secret'];

const settings: Json = {
  lists: {
    aaaaaaaaaa: { apiKey: `${KEY}-us11`, subscriptionGroup: '111', interests: { cccccccccc: 5 }, onTie: 'latest' },
    bbbbbbbbbb: { apiKey: 'second', subscriptionGroup: 2 },
  },
  accounts: {
    [`${KEY}-us11`]: {
      apiKey: `${KEY}-us11`,
      audiences: { aaaaaaaaaa: { webhook: 'https://crm.example.org/hook?secret=hooked-secret' } },
      batchWebhookSecret: 'batch-secret',
    },
    second: { apiKey: { secret: 'second' }, apiUrl: 'https://user:env-secret@proxy.example.org', webhookUrl: '${HOOK}' },
  },
  civicrm: { url: 'https://crm.example.org', apiKey: 'civi-secret', access: 'sql+api', database: 'mysql://u:db-password@h/db' },
  store: { mysql: 'mysql://u:db-password@h/db' },
};
const references: References = {
  env: { HOOK: 'https://crm.example.org/hook?secret=env-secret' },
  secrets: { second: 'referred-secret' },
};

/** Every copy of a value in which one place, at any depth, was spoilt in some way. */
const spoilt = function* (value: Json): Generator<Json> {
  yield 5;
  yield [value];
  yield { wrong: value };
  if (typeof value === 'string') {
    yield `${value}x`;
    yield value.slice(1);
    yield `\${MISSING}${value}`;
  }
  if (isList(value)) {
    for (const [index, item] of value.entries()) for (const bad of spoilt(item)) yield value.with(index, bad);
  } else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      const { [name]: _gone, ...others } = value;
      yield others;
      yield { ...others, [`${name}x`]: item };
      yield { ...others, [name.slice(1)]: item };
      for (const bad of spoilt(item)) yield { ...value, [name]: bad };
    }
  }
};

describe('an error about settings', () => {
  it('tells no secret, wherever the settings are spoilt', () => {
    assert.ok(readSettings({ ...settings }, references));
    let refused = 0;
    for (const bad of spoilt(settings)) {
      const text = JSON.stringify(bad, null, 1);
      try {
        readSettings(text, references);
      } catch (error) {
        refused += 1;
        assert.ok(error instanceof Error);
        const told = `${error.message}\n${error.stack}\n${JSON.stringify(error)}`;
        for (const secret of SECRETS) assert.ok(!told.includes(secret.slice(1)), `"${secret}" in: ${told}`);
      }
    }
    assert.ok(refused > 150, `only ${refused} refused`);
  });
});
