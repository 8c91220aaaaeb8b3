import * as fc from 'fast-check';
import type { Json, JsonObject } from '../../src/settings/json.ts';

/** Variables that generated settings may name. */
export const environment = { SECRET: 'from the environment', DATA_CENTRE: 'us9' };

/** A secret that stands in no other text by chance; sometimes with a variable in it, or what addresses have to encode. */
const secretText = fc
  .tuple(fc.stringMatching(/^[a-z0-9]{12}$/u), fc.constantFrom('', ' ${SECRET}', '/?#&@', 'ü'))
  .map(([unique, rest]) => `s3cret${unique}${rest}`);

const apiKey = fc
  .tuple(fc.stringMatching(/^[0-9a-f]{32}$/u), fc.integer({ min: 1, max: 21 }))
  .map(([digits, dataCentre]) => `${digits}-us${dataCentre}`);

const webhookUrl = fc.option(secretText, { nil: null }).map((secret) => ({
  secret,
  url: `https://crm.example.org/hook${secret === null ? '' : `?a=b&secret=${encodeURIComponent(secret)}`}`,
}));

const account = fc.record({
  key: apiKey,
  namedByKey: fc.boolean(),
  byVariable: fc.boolean(),
  organisation: fc.option(fc.constantFrom('Example Org', 'account', 'main 0', '${SECRET}'), { nil: null }),
  webhook: webhookUrl,
  ownWebhook: webhookUrl,
  batchSecret: fc.option(secretText, { nil: null }),
});
type Account = typeof account extends fc.Arbitrary<infer Value> ? Value : never;

const compact = (values: Readonly<Record<string, Json | null>>): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));

const accountEntry = (given: Account, index: number): [string, JsonObject] => [
  given.namedByKey ? given.key : `main ${index}`,
  compact({
    apiKey: given.byVariable ? `${given.key.replace(/us\d+$/u, '')}\${DATA_CENTRE}` : given.key,
    account_name: given.organisation,
    webhookUrl: given.webhook.url,
    batchWebhookSecret: given.batchSecret,
    batchWebhook: given.webhook.url,
    audiences: {
      [`list${index}`]: { webhook: given.ownWebhook.url, webhooks: [{ url: given.ownWebhook.url }] },
    },
  }),
];

/**
 * Valid settings, with secrets written out in all the ways that they may be,
 * and the texts that must not be left in them.
 */
export const writtenSettings = fc
  .record({
    accounts: fc.uniqueArray(account, { maxLength: 3, selector: ({ key }) => key.slice(0, 32) }),
    listsByKey: fc.boolean(),
    civiKey: fc.option(secretText, { nil: null }),
    password: fc.option(fc.stringMatching(/^[a-z]{12}$/u), { nil: null }),
  })
  .map(({ accounts, listsByKey, civiKey, password }) => {
    const entries = accounts.map(accountEntry);
    const lists = entries.map(([name, written], index): [string, JsonObject] => [
      `list${index}`,
      { apiKey: listsByKey ? (written['apiKey'] ?? name) : name, subscriptionGroup: index + 1 },
    ]);
    const settings = compact({
      lists: Object.fromEntries(lists),
      accounts: Object.fromEntries(entries),
      civicrm: civiKey === null ? null : { url: 'https://crm.example.org', apiKey: civiKey },
      store: password === null ? null : { mysql: `mysql://sync:${password}@localhost/sync` },
    });
    const secrets = [civiKey, password, ...accounts.flatMap((given) => [given.webhook.secret, given.ownWebhook.secret, given.batchSecret])];
    const literals = [
      ...accounts.map(({ key }) => key.slice(0, 32)),
      ...secrets.filter((secret) => secret !== null).map((secret) => secret.slice(0, 18)),
    ];
    return { settings, literals };
  });
