import assert from 'node:assert/strict';
import { readSettings } from '../../src/settings/read-settings.ts';
import { onlyProblemOf, settingsErrorOf } from './expect.ts';
import { minimal, withCivicrm } from './sample.ts';

const site = (civicrm: object) => ({ ...withCivicrm(), civicrm: { ...withCivicrm().civicrm, ...civicrm } });
const secret = (name: string) => ({ secret: name });

describe('variables in settings', () => {
  it('are put into values, whole or in part, several in one', () => {
    const env = { HOST: 'crm.example.org', KEY: 'k-e-y', GROUP: '7', PORT: '8443' };
    const settings = readSettings(
      {
        ...site({ url: 'https://${HOST}:${PORT}', apiKey: '${KEY}' }),
        lists: { aaaaaaaaaa: { apiKey: 'main', subscriptionGroup: '${GROUP}' } },
      },
      { env },
    );
    assert.equal(settings.civicrm?.url, 'https://crm.example.org:8443');
    assert.equal(settings.civicrm?.apiKey, 'k-e-y');
    assert.equal([...settings.audiences.values()][0]?.subscriptionGroup, 7);
  });

  it('are not looked for in names, nor in what was put in', () => {
    const { main } = minimal().accounts;
    const settings = readSettings(
      { lists: { aaaaaaaaaa: { apiKey: '${LABEL}', subscriptionGroup: 1 } }, accounts: { '${A}': main } },
      { env: { LABEL: '${A}', A: 'never' } },
    );
    assert.deepEqual([...settings.accounts.keys()], ['${A}']);
  });

  it('without a value are told all together, by name and place', () => {
    const error = settingsErrorOf(JSON.stringify(site({ url: '${CIVI_URL}', apiKey: '${CIVI_KEY}' }), null, 1));
    assert.equal(error.code, 'settings_secret_missing');
    assert.deepEqual(
      error.problems.map(({ path }) => path),
      ['civicrm.url', 'civicrm.apiKey'],
    );
    assert.match(error.problems[0]?.message ?? '', /"CIVI_URL" is not set/u);
    assert.match(error.problems[1]?.message ?? '', /"CIVI_KEY" is not set/u);
  });

  it('are not found among what every object has', () => {
    assert.match(onlyProblemOf(site({ apiKey: '${constructor}' })).message, /"constructor" is not set/u);
  });
});

describe('secrets by reference', () => {
  it('stand wherever a key, a secret, a password or an address that holds one may stand', () => {
    const settings = readSettings(
      {
        lists: { aaaaaaaaaa: { apiKey: secret('key'), subscriptionGroup: 1 } },
        accounts: {
          main: {
            apiKey: secret('key'),
            apiUrl: secret('api'),
            webhookUrl: secret('hook'),
            batchWebhookSecret: secret('batch'),
          },
        },
        civicrm: { url: secret('site'), apiKey: secret('civi'), access: 'sql+api', database: secret('database') },
        store: { mysql: secret('database') },
      },
      {
        env: { PASSWORD: 'pw' },
        secrets: {
          key: 'mailchimp-key',
          api: 'https://user:pw@proxy.example.org/3.0',
          hook: 'https://crm.example.org/hook?secret=hooked',
          batch: 'batched',
          site: 'https://crm.example.org',
          civi: 'civi-key',
          database: 'mysql://sync:${PASSWORD}@localhost/sync',
        },
      },
    );
    const [audience] = [...settings.audiences.values()];
    assert.equal(audience?.account.apiKey, 'mailchimp-key');
    assert.equal(audience?.account.apiUrl, 'https://user:pw@proxy.example.org/3.0');
    assert.equal(audience?.webhookSecret, 'hooked');
    assert.equal(audience?.account.batchWebhookSecret, 'batched');
    assert.equal(settings.civicrm?.apiKey, 'civi-key');
    assert.equal(settings.civicrm?.database, 'mysql://sync:pw@localhost/sync');
    assert.deepEqual(settings.store, { kind: 'mysql', url: 'mysql://sync:pw@localhost/sync', tablePrefix: 'mailchimpsync_' });
  });

  it('without a value are told by name and place', () => {
    const error = settingsErrorOf(site({ apiKey: { secret: 'civi' } }), { secrets: { other: 'x' } });
    assert.equal(error.code, 'settings_secret_missing');
    assert.equal(error.problems[0]?.path, 'civicrm.apiKey');
    assert.match(error.message, /the secret "civi" has no value/u);
  });

  it('are refused where no secret belongs', () => {
    const problem = onlyProblemOf(site({ timezone: { secret: 'zone' } }), { secrets: { zone: 'UTC' } });
    assert.equal(problem.path, 'civicrm.timezone');
  });
});
