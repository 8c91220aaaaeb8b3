import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readSettings } from '../../src/settings/read-settings.ts';
import { redactor } from '../../src/settings/redact.ts';

const KEY = `${'0123456789abcdef'.repeat(2)}-us11`;

const settings = (webhookSecret = 'hooked & signed') =>
  readSettings({
    lists: { aaaaaaaaaa: { apiKey: 'main', subscriptionGroup: 1, webhooks: { signingSecret: 'signing-secret' } } },
    accounts: {
      main: {
        apiKey: KEY,
        webhookUrl: `https://crm.example.org/hook?${new URLSearchParams({ secret: webhookSecret }).toString()}`,
        batchWebhookSecret: 'batched',
      },
      local: { apiKey: 'odd-form-of-key', apiUrl: 'https://user:proxied@proxy.example.org/3.0' },
    },
    civicrm: { url: 'https://crm.example.org', apiKey: 'civi-key', database: 'mysql://civi:data%2Fbase@h/db' },
    store: { mysql: 'mysql://sync:st0re@h/db' },
  });

const redact = redactor(settings());

const cases: readonly [what: string, text: string, redacted: string][] = [
  ['a key of the settings', 'with odd-form-of-key', 'with ****'],
  ["a key of somebody else's, by its look", `key ${'f'.repeat(32)}-us2.`, 'key ****-us2.'],
  ["CiviCRM's key", 'civi-key was refused', '**** was refused'],
  ['the secret of list webhooks', 'got hooked & signed', 'got ****'],
  ['the same in an address', 'path=/hook?x=hooked+%26+signed', 'path=/hook?x=****'],
  ['the secret of batch webhooks', 'got batched', 'got ****'],
  ['the signing secret of webhooks', 'got signing-secret', 'got ****'],
  ["a database's password, encoded or not", 'data%2Fbase or data/base or st0re', '**** or **** or ****'],
  ["a proxy's password", 'proxied', '****'],
  ['any secret in an address', 'GET /hook?secret=abc&x=1', 'GET /hook?secret=****&x=1'],
  ['user and password in an address', 'https://me:pw@example.org/x', 'https://****@example.org/x'],
  ['a header line', 'Authorization: Basic YTpi', 'Authorization: ****'],
  ['a header in JSON', '{"X-Civi-Auth":"Bearer abc","a":1}', '{"X-Civi-Auth":"****","a":1}'],
  ['a header in a text of JSON', String.raw`{\"authorization\":\"Bearer abc\"}`, String.raw`{\"authorization\":\"****\"}`],
  ['a header as Node prints it', "{ 'X-Civi-Auth': 'Bearer abc' }", "{ 'X-Civi-Auth': '****' }"],
  ['headers as a list', "[ 'Authorization', 'Basic YTpi' ]", "[ 'Authorization', '****' ]"],
  ['an e-mail address', 'wrote to <Jo.O+news@mail.example.org>, then', 'wrote to <****>, then'],
  ['an e-mail address beyond ASCII', 'jörg@bücher.example', '****'],
  ['an e-mail address in a path', '/members/jo%2Bnews%40example.org/tags', '/members/****/tags'],
  ['an e-mail address in a query', 'email=jo@example.org&x=1', 'email=****&x=1'],
  ['nothing in ordinary words', 'node_modules/@scope/pkg: group 5 has 3 people', 'node_modules/@scope/pkg: group 5 has 3 people'],
];

describe('redactor', () => {
  for (const [what, text, redacted] of cases) {
    it(`takes out ${what}`, () => {
      assert.equal(redact(text), redacted);
    });
  }

  it('takes out any secret, whatever it is made of, in an address, a form and JSON', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, maxLength: 30, unit: 'grapheme' }), (given) => {
        const secret = `§${given.replaceAll('${', '')}§`;
        const hide = redactor(settings(secret));
        for (const text of [secret, encodeURIComponent(secret), new URLSearchParams({ q: secret }).toString(), JSON.stringify({ q: secret })]) {
          const told = hide(`before ${text} after`);
          assert.ok(!told.includes(secret) && !told.includes(encodeURIComponent(secret)), told);
          assert.match(told, /^before .*\*\*\*\*.* after$/su);
        }
      }),
    );
  });

  it('leaves what was redacted before as it is', () => {
    for (const [, text] of cases) assert.equal(redact(redact(text)), redact(text));
  });

  it('takes a time that grows with the length of the text only', () => {
    const long = `${'a'.repeat(200_000)} ${'%41'.repeat(100_000)}`;
    assert.equal(redact(long), long);
  });
});
