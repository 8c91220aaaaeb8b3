import { MINUTE, SECOND } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import { boundGroups } from './changed-contacts.ts';
import type { AudienceContext } from './stage.ts';

/**
 * What must be true before a run: CiviCRM answers and may be read (no permission reads as nobody there), its dates are in
 * the zone that the settings say, and the audience, its groups and its interests exist. Throws the error of the first that is not, by name.
 */
export async function checkBindings({ settings, civicrm, mailchimp, log }: AudienceContext, signal?: AbortSignal): Promise<void> {
  await civicrm.probe(signal);
  await civicrm.checkTimezone(signal);
  if (!(await mailchimp.audience(settings.listId, signal)))
    throw new SyncError('audience_missing', `Mailchimp has no audience ${settings.listId} ("${settings.name}") in the account "${settings.account.label}": check the id under "lists".`);
  const bound = boundGroups({ settings });
  const groups = new Map((await civicrm.groups(bound, signal)).map((group) => [group.id, group]));
  for (const id of bound) {
    const group = groups.get(id);
    if (!group) throw new SyncError('group_missing', `CiviCRM has no group ${id}, to which the audience ${settings.listId} is bound: check "subscriptionGroup" and "interests" in the settings.`);
    if (!group.isActive) throw new SyncError('group_missing', `The CiviCRM group ${id} ("${group.title}") is disabled: enable it, or bind the audience ${settings.listId} to another.`);
    if (group.isSmart) log(`the CiviCRM group ${id} ("${group.title}") is a smart group: who is in it follows from its search, so it is read and never written; whoever would have to be added or removed is reported as smart_group`);
  }
  for (const [service, offset] of [['CiviCRM', civicrm.clockOffset()], ['Mailchimp', mailchimp.clockOffset()]] as const)
    if (Math.abs(offset) > MINUTE) log(`the clock of ${service} is ${Math.round(Math.abs(offset) / SECOND)} s ${offset > 0 ? 'ahead of' : 'behind'} this machine's; words are compared with that corrected, but one of the two should be set right`);
  if (settings.interests.size === 0) return;
  const interests = await mailchimp.interests(settings.listId, signal);
  for (const id of settings.interests.keys())
    if (!interests.has(id)) throw new SyncError('interest_missing', `The audience ${settings.listId} has no interest ${id}; it has: ${[...interests].map(([key, name]) => `${key} ("${name}")`).join(', ') || 'none'}.`);
}
