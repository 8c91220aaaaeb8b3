import assert from 'node:assert/strict';
import { joinedCredentials, keptSecrets, withGivenSecrets } from '../../../nodes/config/kept-secrets.ts';

const entered = { secrets: JSON.stringify({ key: 'k', old: 'o' }), added: JSON.stringify({ hook: 'h' }) };
const SIGNING = 'lists.aaaaaaaaaa.webhooks.signingSecret';
const SETTINGS = { accounts: { main: { apiKey: { secret: 'key' }, webhookUrl: { secret: 'hook' } } } };

describe('the secrets of a configuration', () => {
  it('that Mailchimp gave are kept beside those that were entered, and go before them', () => {
    const credentials = withGivenSecrets({ ...entered, added: JSON.stringify({ [SIGNING]: 'entered' }) }, { [SIGNING]: 'given' });
    assert.deepEqual(keptSecrets(credentials), { key: 'k', old: 'o', [SIGNING]: 'given' });
    assert.equal(keptSecrets(withGivenSecrets(credentials, { [SIGNING]: 'newer' }))[SIGNING], 'newer');
  });

  it('that are gone are not replaced by older ones that were entered: every webhook would be refused', () => {
    const credentials = withGivenSecrets({ secrets: JSON.stringify({ [SIGNING]: 'entered' }) }, { [SIGNING]: '' });
    assert.equal(keptSecrets(credentials)[SIGNING], '');
  });

  it('that Mailchimp gave stay when the settings, which do not refer to them, are deployed', () => {
    const credentials = withGivenSecrets(entered, { [SIGNING]: 'given' });
    const joined = joinedCredentials(credentials, SETTINGS);
    assert.deepEqual(joined && keptSecrets(joined), { key: 'k', hook: 'h', [SIGNING]: 'given' });
    assert.equal(joinedCredentials({ secrets: entered.secrets, ...(joined?.given && { given: joined.given }) }, {}), null);
  });

  it('that are entered later go before what was given until then', () => {
    const credentials = withGivenSecrets({ ...entered, added: JSON.stringify({ [SIGNING]: 'entered later' }) }, { [SIGNING]: 'given' });
    const joined = joinedCredentials(credentials, { ...SETTINGS, lists: { aaaaaaaaaa: { webhooks: { signingSecret: { secret: SIGNING } } } } });
    assert.equal(joined && keptSecrets(joined)[SIGNING], 'entered later');
  });
});
