import assert from 'node:assert/strict';
import { groupId, interestId, listId } from '../../src/base/ids.ts';
import { HOUR, MINUTE } from '../../src/base/clock.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import { minimal, sampleText, withCivicrm } from './sample.ts';

const main = listId('aaaaaaaaaa');
const signingOf = (settings: object, secrets: Readonly<Record<string, string>>) => readSettings(settings, { secrets }).audiences.get(main)?.webhookSigning;

const audienceOf = (settings: object) => {
  const audience = readSettings(settings).audiences.get(main);
  assert.ok(audience);
  return audience;
};

const withList = (list: object) => ({ ...minimal(), lists: { aaaaaaaaaa: { ...minimal().lists.aaaaaaaaaa, ...list } } });
const withAccount = (account: object) => ({ ...minimal(), accounts: { main: { ...minimal().accounts.main, ...account } } });
const withSite = (civicrm: object) => ({ ...minimal(), civicrm: { ...withCivicrm().civicrm, ...civicrm } });
const audiences = (audience: object) => ({ audiences: { aaaaaaaaaa: audience } });
const storeOf = (store: object) => readSettings({ ...minimal(), store }).store;

describe('readSettings', () => {
  describe("the source document's sample", () => {
    const settings = readSettings(sampleText);
    const audience = settings.audiences.get(main);

    it('is accepted as it is: text and object come to the same', () => {
      assert.deepEqual(readSettings(JSON.parse(sampleText) as object), settings);
    });

    it('binds the audience by name, group and interest, numbers in place of texts', () => {
      assert.equal(audience?.name, 'Main audience');
      assert.equal(audience?.subscriptionGroup, groupId(111));
      assert.deepEqual([...(audience?.interests ?? [])], [[interestId('cccccccccc'), groupId(22222)]]);
    });

    it('trusts the sides that it names', () => {
      assert.equal(audience?.trustOverride.subscription, 'Mailchimp');
      assert.deepEqual([...(audience?.trustOverride.interests ?? [])], [[interestId('cccccccccc'), 'CiviCRM']]);
    });

    it("finds the account by its key, and Mailchimp's address by the key's end", () => {
      const [account] = [...settings.accounts.values()];
      assert.equal(audience?.account, account);
      assert.equal(account?.apiUrl, 'https://us11.api.mailchimp.com/3.0');
    });

    it('takes the secrets of both webhooks', () => {
      assert.equal(audience?.webhookSecret, 'redacted');
      assert.equal(audience?.account.batchWebhookSecret, 'redacted');
    });

    it('is valid without a section for CiviCRM, and keeps its tables in a file', () => {
      assert.equal(settings.civicrm, null);
      assert.deepEqual(settings.store, { kind: 'sqlite', file: null });
    });
  });

  it('fills in what a list leaves out', () => {
    const { account: _account, interests: _interests, trustOverride: _trust, ...rules } = audienceOf(minimal());
    assert.deepEqual(rules, {
      listId: main,
      name: 'aaaaaaaaaa',
      enabled: true,
      subscriptionGroup: groupId(111),
      onTie: 'mailsLess',
      optOut: 'respect',
      onContactDeleted: 'unsubscribe',
      onAddressChange: 'rename',
      addressFollows: 'owned',
      pendingCounts: false,
      newMemberStatus: 'subscribed',
      onRemove: 'unsubscribe',
      contactSource: 'mailchimpsync',
      submitSingly: 20,
      limits: { people: 25, percent: 10 },
      data: { names: true, tags: null, mergeFields: {} },
      webhookSecret: null,
      webhookUrl: null,
      webhookSigning: { enabled: true, secret: null },
      batchPatience: 12 * 60 * 60 * 1000,
    });
  });

  it('takes every rule of a list as it is given', () => {
    const given = {
      enabled: false,
      onTie: 'latest',
      optOut: 'ignore',
      onContactDeleted: 'recreate',
      onAddressChange: 'ignore',
      addressFollows: 'best',
      pendingCounts: true,
      newMemberStatus: 'pending',
      onRemove: 'archive',
      contactSource: 'mainchimpsync',
      submitSingly: 0,
      data: { names: false, tags: { prefix: 'News: ' }, mergeFields: { CITY: 'address_primary.city', FNAME: 'nick_name' } },
    };
    const audience = audienceOf(withList({ ...given, limits: { people: 100 } }));
    for (const [name, value] of Object.entries(given)) assert.deepEqual({ ...audience }[name], value, name);
    assert.deepEqual(audience.limits, { people: 100, percent: 10 });
  });

  it('takes a mapping of tags', () => {
    const audience = audienceOf(withList({ data: { tags: { mapping: { Member: 'member' } } } }));
    assert.deepEqual(audience.data.tags, { mapping: { Member: 'member' } });
  });

  it('takes the empty lists that PHP writes for empty maps', () => {
    const audience = audienceOf({
      ...withList({ interests: [], trustOverride: [] }),
      accounts: { main: { ...minimal().accounts.main, audiences: [] } },
    });
    assert.equal(audience.interests.size, 0);
  });

  it('keeps 8 connections to an account unless told otherwise', () => {
    assert.equal(audienceOf(minimal()).account.connections, 8);
    assert.equal(audienceOf(withAccount({ connections: 3 })).account.connections, 3);
  });

  it("takes another address of Mailchimp's API, and a key of any form with it", () => {
    const { account } = audienceOf(withAccount({ apiKey: 'try-out', apiUrl: 'http://127.0.0.1:4010/3.0/' }));
    assert.equal(account.apiUrl, 'http://127.0.0.1:4010/3.0');
  });

  describe('the secret of list webhooks', () => {
    const webhookUrl = 'https://crm.example.org/hook?secret=of-account';

    it("is that of the audience's own address first", () => {
      const webhook = 'https://crm.example.org/hook?a=b&secret=of%20audience';
      assert.equal(audienceOf(withAccount({ webhookUrl, ...audiences({ webhook }) })).webhookSecret, 'of audience');
    });

    it("is that of the account's address else, also when the audience's has none", () => {
      assert.equal(audienceOf(withAccount({ webhookUrl })).webhookSecret, 'of-account');
      assert.equal(audienceOf(withAccount({ webhookUrl, ...audiences({ webhook: '' }) })).webhookSecret, 'of-account');
      const webhook = 'https://crm.example.org/hook?secret=';
      assert.equal(audienceOf(withAccount({ webhookUrl, ...audiences({ webhook }) })).webhookSecret, 'of-account');
    });

    it('is none where the list says that webhooks are off', () => {
      const settings = withAccount({ webhookUrl });
      const lists = withList({ webhooks: { enabled: false } }).lists;
      assert.equal(audienceOf({ ...settings, lists }).webhookSecret, null);
    });
  });

  describe('where webhooks are registered', () => {
    const webhookUrl = 'https://crm.example.org/hook?secret=of-account';

    it("is the audience's own address, else the account's", () => {
      assert.equal(audienceOf(withAccount({ webhookUrl })).webhookUrl, webhookUrl);
      const webhook = 'https://crm.example.org/hook?a=b&secret=of-audience';
      assert.equal(audienceOf(withAccount({ webhookUrl, ...audiences({ webhook }) })).webhookUrl, webhook);
    });

    it('carries the secret that is asked of webhooks, wherever that stands', () => {
      const webhook = 'https://crm.example.org/hook?a=b';
      assert.equal(audienceOf(withAccount({ webhookUrl, ...audiences({ webhook }) })).webhookUrl, `${webhook}&secret=of-account`);
      const { account } = audienceOf(withAccount({ batchWebhook: 'https://crm.example.org/batch?secret=old', batchWebhookSecret: 'of & key' }));
      assert.equal(account.batchWebhookUrl, 'https://crm.example.org/batch?secret=of+%26+key');
    });

    it('is nowhere where the list says that webhooks are off, or no address is given', () => {
      const settings = withAccount({ webhookUrl });
      assert.equal(audienceOf({ ...settings, lists: withList({ webhooks: { enabled: false } }).lists }).webhookUrl, null);
      assert.deepEqual([audienceOf(minimal()).webhookUrl, audienceOf(minimal()).account.batchWebhookUrl], [null, null]);
    });
  });

  describe('the signing secret of webhooks', () => {
    const kept = { 'lists.aaaaaaaaaa.webhooks.signingSecret': 'kept by control' };

    it('is what is kept under its own name, because Mailchimp gave it later, else what the settings say', () => {
      const written = withList({ webhooks: { signingSecret: { secret: 'signs' } } });
      assert.deepEqual(signingOf(written, { ...kept, signs: 'written' }), { enabled: true, secret: 'kept by control' });
      assert.deepEqual(signingOf(written, { signs: 'written' }), { enabled: true, secret: 'written' });
      assert.deepEqual(signingOf(minimal(), kept), { enabled: true, secret: 'kept by control' });
      assert.deepEqual(signingOf(withList({ webhooks: { signing: false } }), kept), { enabled: false, secret: 'kept by control' });
    });

    it('is none when the kept one is known to be gone, whatever the settings say', () => {
      const name = 'lists.aaaaaaaaaa.webhooks.signingSecret';
      const gone = { [name]: '', signs: 'written' };
      for (const secret of ['signs', name]) assert.deepEqual(signingOf(withList({ webhooks: { signingSecret: { secret } } }), gone), { enabled: true, secret: null });
      assert.deepEqual(signingOf(minimal(), gone), { enabled: true, secret: null });
    });
  });

  it('takes the patience with batches in hours', () => {
    assert.equal(audienceOf(withList({ batchPatience: 3 })).batchPatience, 3 * 60 * 60 * 1000);
  });

  it('takes the secret of batch webhooks from its own key, else from the address', () => {
    const batchWebhook = 'https://crm.example.org/batch?secret=of-address';
    assert.equal(audienceOf(withAccount({ batchWebhook })).account.batchWebhookSecret, 'of-address');
    assert.equal(
      audienceOf(withAccount({ batchWebhook, batchWebhookSecret: 'own' })).account.batchWebhookSecret,
      'own',
    );
    assert.equal(audienceOf(minimal()).account.batchWebhookSecret, null);
  });

  describe('CiviCRM', () => {
    it('has the defaults of a Standalone site in UTC', () => {
      assert.deepEqual(readSettings(withCivicrm()).civicrm, {
        url: 'https://crm.example.org',
        apiPath: '/civicrm/ajax/api4/',
        apiKey: 'civi-api-key',
        timezone: 'UTC',
        access: 'api',
        database: null,
        historyGap: HOUR,
      });
    });

    it('takes what is given', () => {
      const given = readSettings(
        withSite({
          url: 'https://crm.example.org/site/',
          timezone: 'Europe/Berlin',
          access: 'sql+api',
          database: 'mysql://civi:p%40ss@db.example.org:3307/civicrm',
          historyGap: 5,
        }),
      ).civicrm;
      assert.equal(given?.url, 'https://crm.example.org/site');
      assert.equal(given?.timezone, 'Europe/Berlin');
      assert.equal(given?.access, 'sql+api');
      assert.equal(given?.database, 'mysql://civi:p%40ss@db.example.org:3307/civicrm');
      assert.equal(given?.historyGap, 5 * MINUTE);
    });

    const paths: readonly [written: string, path: string][] = [
      ['Standalone', '/civicrm/ajax/api4/'],
      ['Drupal', '/civicrm/ajax/api4/'],
      ['Backdrop', '/civicrm/ajax/api4/'],
      ['WordPress', '/civicrm/ajax/api4/'],
      ['WordPress without clean URLs', '/?civiwp=CiviCRM&q=civicrm/ajax/api4/'],
      ['Joomla', '/index.php?option=com_civicrm&task=civicrm/ajax/api4/'],
      ['/crm/civicrm/ajax/api4', '/crm/civicrm/ajax/api4/'],
    ];
    for (const [written, path] of paths) {
      it(`finds APIv4 of "${written}"`, () => {
        assert.equal(readSettings(withSite({ apiPath: written })).civicrm?.apiPath, path);
      });
    }
  });

  describe('the store', () => {
    it('is a file where one is named', () => {
      assert.deepEqual(storeOf({ sqlite: '/var/lib/sync.sqlite' }), { kind: 'sqlite', file: '/var/lib/sync.sqlite' });
    });

    it('is a database, with tables that say whose they are', () => {
      const url = 'mysql://sync:secret@localhost/sync';
      assert.deepEqual(storeOf({ mysql: url }), { kind: 'mysql', url, tablePrefix: 'mailchimpsync_' });
      assert.deepEqual(storeOf({ mysql: url, tablePrefix: 'mc_' }), { kind: 'mysql', url, tablePrefix: 'mc_' });
    });
  });
});
