import type { AudienceContext } from './stage.ts';

/**
 * Lets both services show their clocks before their words are compared: in a process that has not asked one of them
 * anything yet, nobody knows by how much they differ. A run has asked both by then.
 */
export async function knowClocks({ civicrm, mailchimp, settings }: Pick<AudienceContext, 'civicrm' | 'mailchimp' | 'settings'>, signal?: AbortSignal): Promise<void> {
  if (civicrm.requests().size === 0) await civicrm.probe(signal);
  if (mailchimp.requests().size === 0) await mailchimp.audience(settings.listId, signal);
}
