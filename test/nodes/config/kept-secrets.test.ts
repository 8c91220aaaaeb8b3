import assert from 'node:assert/strict';
import { joinedCredentials, keptSecrets, withGivenSecret } from '../../../nodes/config/kept-secrets.ts';

const entered = { secrets: JSON.stringify({ key: 'k', old: 'o' }), added: JSON.stringify({ hook: 'h' }) };
const SIGNING = 'lists.aaaaaaaaaa.webhooks.signingSecret';

describe('the secrets of a configuration', () => {
  it('that Mailchimp gave are kept beside those that were entered, and go before them', () => {
    const credentials = withGivenSecret({ ...entered, added: JSON.stringify({ [SIGNING]: 'entered' }) }, SIGNING, 'given');
    assert.deepEqual(keptSecrets(credentials), { key: 'k', old: 'o', [SIGNING]: 'given' });
    assert.equal(keptSecrets(withGivenSecret(credentials, SIGNING, 'newer'))[SIGNING], 'newer');
    assert.equal(keptSecrets(withGivenSecret(credentials, SIGNING, null))[SIGNING], 'entered');
  });

  it('that Mailchimp gave stay when the settings, which do not refer to them, are deployed', () => {
    const credentials = withGivenSecret(entered, SIGNING, 'given');
    const joined = joinedCredentials(credentials, { accounts: { main: { apiKey: { secret: 'key' }, webhookUrl: { secret: 'hook' } } } });
    assert.deepEqual(joined && keptSecrets(joined), { key: 'k', hook: 'h', [SIGNING]: 'given' });
    assert.equal(joinedCredentials({ secrets: entered.secrets, ...(joined?.given && { given: joined.given }) }, {}), null);
  });
});
