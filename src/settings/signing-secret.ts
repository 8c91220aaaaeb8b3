import type { ListId } from '../base/ids.ts';

/**
 * The name under which the signing secret of an audience's webhook is kept among the secrets. The settings need not refer
 * to it: Mailchimp gives the secret once, when the webhook is made, which is after the settings were written.
 */
export const signingSecretName = (listId: ListId): string => `lists.${listId}.webhooks.signingSecret`;
