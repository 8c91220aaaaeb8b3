import { Type } from 'typebox';
import { accountName, groupNumber, mapOf, secretText, section, side, text, wholeNumber, yesOrNo } from './schema-parts.ts';

const limitsSchema = section({
  people: Type.Optional(wholeNumber(0, 100_000_000, 'people')),
  percent: Type.Optional(
    Type.Number({ minimum: 0, maximum: 100, description: 'a number from 0 to 100' }),
  ),
});

const tagsSchema = section({
  prefix: Type.Optional(text('the beginning of the names of the CiviCRM tags that are copied')),
  mapping: Type.Optional(mapOf(text('the name of a Mailchimp tag'), 'Mailchimp tags by CiviCRM tag, in braces { }')),
});

const dataSchema = section({
  names: Type.Optional(yesOrNo()),
  tags: Type.Optional(tagsSchema),
  mergeFields: Type.Optional(
    mapOf(text('a CiviCRM field'), 'CiviCRM fields by Mailchimp merge tag, in braces { }'),
  ),
});

const webhooksSchema = section({
  enabled: Type.Optional(yesOrNo()),
  signing: Type.Optional(yesOrNo()),
  signingSecret: Type.Optional(secretText('the secret with which Mailchimp signs webhooks')),
});

/** One bound audience. */
export const listSchema = section({
  apiKey: accountName('the label of an account, or its key'),
  subscriptionGroup: groupNumber(),
  interests: Type.Optional(mapOf(groupNumber(), 'CiviCRM groups by Mailchimp interest, in braces { }')),
  trustOverride: Type.Optional(
    mapOf(side(), '"CiviCRM" or "Mailchimp" by "subscription" or interest, in braces { }'),
  ),
  enabled: Type.Optional(yesOrNo()),
  onTie: Type.Optional(
    Type.Enum(['mailsLess', 'latest', 'CiviCRM', 'Mailchimp'], { description: 'what decides when neither word is later' }),
  ),
  optOut: Type.Optional(Type.Enum(['respect', 'ignore'], { description: 'what an opt-out in CiviCRM means' })),
  onContactDeleted: Type.Optional(
    Type.Enum(['unsubscribe', 'recreate'], { description: 'what the deletion of a contact means' }),
  ),
  onAddressChange: Type.Optional(
    Type.Enum(['rename', 'ignore'], { description: 'what happens when a contact loses an address' }),
  ),
  addressFollows: Type.Optional(Type.Enum(['owned', 'best'], { description: 'which address the member keeps' })),
  pendingCounts: Type.Optional(yesOrNo()),
  newMemberStatus: Type.Optional(
    Type.Enum(['subscribed', 'pending'], { description: 'the status that new members get' }),
  ),
  onRemove: Type.Optional(Type.Enum(['unsubscribe', 'archive'], { description: 'what a removal does at Mailchimp' })),
  contactSource: Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, description: 'a text of at most 255 characters' }),
  ),
  submitSingly: Type.Optional(wholeNumber(0, 1000, 'updates')),
  batchPatience: Type.Optional(wholeNumber(1, 7 * 24, 'hours')),
  limits: Type.Optional(limitsSchema),
  data: Type.Optional(dataSchema),
  webhooks: Type.Optional(webhooksSchema),
});
