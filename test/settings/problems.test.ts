import assert from 'node:assert/strict';
import { SyncError } from '../../src/base/errors.ts';
import { onlyProblemOf, settingsErrorOf } from './expect.ts';
import { minimal, sampleText, withCivicrm } from './sample.ts';

const KEY = minimal().accounts.main.apiKey;
const list = (own: object = {}) => ({ apiKey: 'main', subscriptionGroup: 111, ...own });
const withLists = (lists: object) => ({ ...minimal(), lists });
const withList = (own: object) => withLists({ aaaaaaaaaa: list(own) });
const withAccounts = (accounts: object) => ({ ...minimal(), accounts });
const withSite = (civicrm: object) => ({ ...withCivicrm(), civicrm: { ...withCivicrm().civicrm, ...civicrm } });

const refusals: readonly [what: string, settings: object, path: string, message: RegExp][] = [
  ['an unknown name at the top', { ...minimal(), civcrm: {} }, 'civcrm', /no such setting here; did you mean "civicrm"\?/u],
  ['an unknown name in a list', withList({ ontie: 'latest' }), 'lists.aaaaaaaaaa.ontie', /did you mean "onTie"\?/u],
  ['an unknown name deep inside', withList({ data: { mergeField: {} } }), 'lists.aaaaaaaaaa.data.mergeField', /did you mean "mergeFields"\?/u],
  ['a name like no other', { ...minimal(), zzzzzzzzzzzz: 1 }, 'zzzzzzzzzzzz', /known here: "lists", "accounts", "civicrm", "store"/u],
  ['a value like a known one', withList({ onTie: 'lastest' }), 'lists.aaaaaaaaaa.onTie', /expected "mailsLess" or "latest".*found "lastest"; did you mean "latest"\?/u],
  ['a side in small letters', withList({ trustOverride: { subscription: 'civicrm' } }), 'lists.aaaaaaaaaa.trustOverride.subscription', /did you mean "CiviCRM"\?/u],
  ['a missing group', withLists({ aaaaaaaaaa: { apiKey: 'main' } }), 'lists.aaaaaaaaaa', /"subscriptionGroup" is missing: the number of a CiviCRM group/u],
  ['a group by name', withList({ subscriptionGroup: 'Newsletter' }), 'lists.aaaaaaaaaa.subscriptionGroup', /expected the number of a CiviCRM group, found a text/u],
  ['a group without meaning', withList({ subscriptionGroup: 0 }), 'lists.aaaaaaaaaa.subscriptionGroup', /found 0/u],
  ['a name with a line break', withList({ interests: { 'a\nb': 1 } }), 'lists.aaaaaaaaaa.interests.a\nb', /line break/u],
  ['too many connections', withAccounts({ main: { apiKey: KEY, connections: 11 } }), 'accounts.main.connections', /from 1 to 10, found 11/u],
  ['a limit beyond all', withList({ limits: { percent: 101 } }), 'lists.aaaaaaaaaa.limits.percent', /from 0 to 100, found 101/u],
  ['no settings but a list', [], '', /expected several settings in braces/u],

  ['an account that is not there', withList({ apiKey: 'mian' }), 'lists.aaaaaaaaaa.apiKey', /no account has the label or key "mian"; did you mean "main"\?/u],
  ['a key that no account has', withList({ apiKey: `${'f'.repeat(32)}-us2` }), 'lists.aaaaaaaaaa.apiKey', /no account has this key/u],
  ['an account by the name of what every object has', withList({ apiKey: 'constructor' }), 'lists.aaaaaaaaaa.apiKey', /no account/u],
  ['a key without data centre', withAccounts({ main: { apiKey: 'f'.repeat(32) } }), 'accounts.main.apiKey', /does not end in a data centre such as "-us11"/u],
  ['a key whose end is no data centre', withAccounts({ main: { apiKey: `${'f'.repeat(32)}-us1.evil.org/` } }), 'accounts.main.apiKey', /data centre/u],
  ['the same key twice', withAccounts({ main: { apiKey: KEY }, other: { apiKey: KEY } }), 'accounts.other.apiKey', /the account "main" has the same key/u],
  ['an address of Mailchimp that is none', withAccounts({ main: { apiKey: KEY, apiUrl: 'us11' } }), 'accounts.main.apiUrl', /expected a web address/u],
  ['an address of a webhook that is none', withAccounts({ main: { apiKey: KEY, webhookUrl: 'hook' } }), 'accounts.main.webhookUrl', /expected a web address/u],

  ['an interest trusted that is not bound', withList({ interests: { cccccccccc: 5 }, trustOverride: { ccccccccc: 'CiviCRM' } }), 'lists.aaaaaaaaaa.trustOverride.ccccccccc', /"ccccccccc" is not bound.*did you mean "cccccccccc"\?/u],
  ['two lists on one group', withLists({ aaaaaaaaaa: list(), bbbbbbbbbb: list({ subscriptionGroup: '111' }) }), 'lists.bbbbbbbbbb.subscriptionGroup', /group 111 is bound already to the list "aaaaaaaaaa"/u],
  ['a list and its interest on one group', withList({ interests: { cccccccccc: 111 } }), 'lists.aaaaaaaaaa.interests.cccccccccc', /group 111 is bound already to the list/u],
  ['interests of two lists on one group', withLists({ aaaaaaaaaa: list({ interests: { cccccccccc: 5 } }), bbbbbbbbbb: list({ subscriptionGroup: 112, interests: { dddddddddd: '5' } }) }), 'lists.bbbbbbbbbb.interests.dddddddddd', /bound already to the interest "cccccccccc" of the list "aaaaaaaaaa"/u],
  ['an interest that the audience does not have', { ...withList({ interests: { cccccccccd: 5 } }), accounts: { main: { apiKey: KEY, audiences: { aaaaaaaaaa: { interests: { cccccccccc: 'News' } } } } } }, 'lists.aaaaaaaaaa.interests.cccccccccd', /no interest "cccccccccd"; did you mean "cccccccccc"\?/u],

  ['tags by prefix and mapping', withList({ data: { tags: { prefix: 'x', mapping: {} } } }), 'lists.aaaaaaaaaa.data.tags', /either "prefix" or "mapping"/u],
  ['a name mapped twice', withList({ data: { mergeFields: { FNAME: 'nick_name' } } }), 'lists.aaaaaaaaaa.data.mergeFields.FNAME', /"names" fills FNAME already/u],
  ['the address mapped', withList({ data: { mergeFields: { EMAIL: 'email' } } }), 'lists.aaaaaaaaaa.data.mergeFields.EMAIL', /cannot be mapped/u],

  ['an address of CiviCRM without https', withSite({ url: 'crm.example.org' }), 'civicrm.url', /begins with "https:\/\/"/u],
  ['an address of CiviCRM with a query', withSite({ url: 'https://crm.example.org/?page=CiviCRM' }), 'civicrm.url', /without "\?"/u],
  ['a path that is none', withSite({ apiPath: 'Wordpres' }), 'civicrm.apiPath', /did you mean "WordPress"\?/u],
  ['a time zone with a slip', withSite({ timezone: 'Europe/Lodnon' }), 'civicrm.timezone', /did you mean "Europe\/London"\?/u],
  ['an offset for a time zone', withSite({ timezone: '+02:00' }), 'civicrm.timezone', /"\+02:00" is not a time zone/u],
  ['reading by SQL without a database', withSite({ access: 'sql+api' }), 'civicrm.database', /the address of CiviCRM's database is needed/u],
  ['a database of another kind', withSite({ access: 'sql+api', database: 'postgres://u@h/db' }), 'civicrm.database', /expected an address such as "mysql/u],
  ['an empty key', withSite({ apiKey: '' }), 'civicrm.apiKey', /the key is empty/u],

  ['two stores', { ...minimal(), store: { sqlite: 'a', mysql: 'mysql://u@h/db' } }, 'store', /either "sqlite" or "mysql"/u],
  ['a prefix for a file', { ...minimal(), store: { tablePrefix: 'x_' } }, 'store.tablePrefix', /only a "mysql" store has a prefix/u],
  ['a prefix that would break SQL', { ...minimal(), store: { mysql: 'mysql://u@h/db', tablePrefix: 'x`; --' } }, 'store.tablePrefix', /letters, digits and underscores/u],
  ['a store without its database', { ...minimal(), store: { mysql: 'mysql://u@h' } }, 'store.mysql', /the name of the database is missing/u],
];

describe('settings that cannot be right', () => {
  for (const [what, settings, path, message] of refusals) {
    it(`${what}: refused by its place`, () => {
      const problem = onlyProblemOf(settings);
      assert.equal(problem.path, path);
      assert.match(problem.message, message);
      assert.equal(settingsErrorOf(settings).code, 'settings_invalid');
    });
  }

  it('everything that the schema does not allow is told at once, in the order of the text', () => {
    const text = JSON.stringify({ stor: {}, ...withLists({ aaaaaaaaaa: list({ onTies: 1, enabled: 'yes' }), b: {} }) }, null, 1);
    const error = settingsErrorOf(text);
    assert.ok(error instanceof SyncError);
    assert.deepEqual(
      error.problems.map(({ path }) => path),
      ['stor', 'lists.aaaaaaaaaa.onTies', 'lists.aaaaaaaaaa.enabled', 'lists.b', 'lists.b'],
    );
    for (const { path, message, position } of error.problems) {
      assert.ok(error.message.includes(`line ${position?.line}, column ${position?.column}, ${path}: ${message}`));
    }
  });

  it('an unknown name is found in the text', () => {
    const text = sampleText.replace('"trustOverride"', '"trustOveride"');
    assert.deepEqual(onlyProblemOf(text).position, { line: 7, column: 7 });
  });

  it('a name that JavaScript treats in its own way is an unknown name', () => {
    const text = '{"__proto__": {"lists": {}}, "lists": {}, "accounts": {}}';
    assert.equal(onlyProblemOf(text).path, '__proto__');
  });
});
