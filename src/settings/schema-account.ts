import { Type } from 'typebox';
import { mapOf, secretText, secretUrl, section, text, wholeNumber, yesOrNo } from './schema-parts.ts';

/** Links of Mailchimp's answers, copied along by the source's tool; nothing here reads them. */
const linksSchema = Type.Array(mapOf(Type.Unknown(), 'a link in braces { }'), { description: 'links in brackets [ ]' });

const webhookSchema = section({
  id: Type.Optional(text('the id of a webhook')),
  list_id: Type.Optional(text('the id of an audience')),
  url: Type.Optional(secretUrl('the web address of a webhook')),
  events: Type.Optional(mapOf(yesOrNo(), 'true or false by event, in braces { }')),
  sources: Type.Optional(mapOf(yesOrNo(), 'true or false by source, in braces { }')),
  _links: Type.Optional(linksSchema),
});

const batchWebhookSchema = section({
  id: Type.Optional(text('the id of a webhook')),
  url: Type.Optional(secretUrl('the web address of a webhook')),
  enabled: Type.Optional(yesOrNo()),
  _links: Type.Optional(linksSchema),
});

const accountAudienceSchema = section({
  name: Type.Optional(text('the name of the audience')),
  interests: Type.Optional(mapOf(text('the name of the interest'), 'names by interest, in braces { }')),
  webhook: Type.Optional(secretUrl('the web address of a webhook')),
  webhooks: Type.Optional(Type.Array(webhookSchema, { description: 'webhooks in brackets [ ]' })),
  webhookFound: Type.Optional(yesOrNo()),
});

/** One Mailchimp account. */
export const accountSchema = section({
  apiKey: secretText('the API key of a Mailchimp account'),
  apiUrl: Type.Optional(secretUrl('the web address of Mailchimp\'s API')),
  connections: Type.Optional(wholeNumber(1, 10, 'connections')),
  account_name: Type.Optional(text('the name of the organisation')),
  email: Type.Optional(text('an e-mail address')),
  first_name: Type.Optional(text('a first name')),
  last_name: Type.Optional(text('a last name')),
  username: Type.Optional(text('a user name')),
  audiences: Type.Optional(mapOf(accountAudienceSchema, 'the audiences of the account by their id, in braces { }')),
  webhookUrl: Type.Optional(secretUrl('the web address for webhooks')),
  batchWebhookSecret: Type.Optional(secretText('a secret')),
  batchWebhook: Type.Optional(secretUrl('the web address of the batch webhook')),
  batchWebhooks: Type.Optional(Type.Array(batchWebhookSchema, { description: 'webhooks in brackets [ ]' })),
  batchWebhookFound: Type.Optional(yesOrNo()),
});
