import type { ImportedContact, ImportedMember } from '../simulated-services.ts';
import { world } from '../world.ts';
import type { NamedPerson } from './generate.ts';
import type { ContactPlan, MemberPlan, Moment, Past, PlannedData } from './person.ts';

const { mailchimp, civicrm } = world;

/** A planned member as the simulated Mailchimp takes it in. */
export function importedMember(person: NamedPerson, plan: MemberPlan): ImportedMember {
  const { firstName, lastName, tags, jobTitle } = dataOf(person, plan.data);
  return {
    email: plan.address,
    status: plan.status,
    timestampSignup: plan.optedIn,
    timestampOpt: plan.optedIn,
    lastChanged: plan.changed,
    mergeFields: { FNAME: firstName, LNAME: lastName, ...(jobTitle !== '' && { [mailchimp.jobField]: jobTitle }) },
    tags,
    interests: plan.interest ? [mailchimp.interestId] : [],
    ownUnsubscribe: plan.bySelf,
  };
}

/** A planned contact as the simulated CiviCRM takes it in; merges come after. */
export function importedContact(person: NamedPerson, plan: ContactPlan, created: Moment, tagId: (label: string) => number): ImportedContact {
  const { firstName, lastName, tags, jobTitle } = dataOf(person, plan.data);
  const bound = [
    { groupId: civicrm.subscriptionGroup.id, ...plan.group },
    { groupId: civicrm.interestGroup.id, ...plan.interestGroup },
  ];
  return {
    firstName,
    lastName,
    emails: plan.emails.map(({ address, primary, bulkmail, onHold }, index) => ({
      email: address,
      isPrimary: primary ?? (index === 0 && !plan.emails.some((each) => each.primary)),
      isBulkmail: bulkmail ?? false,
      onHold: onHold === true ? 1 : 0,
    })),
    groups: bound.flatMap(({ groupId, status }) => (status === null ? [] : [{ groupId, status }])),
    history: [...bound.flatMap(({ groupId, past }) => historyIn(groupId, past)), ...optOutHistory(plan)],
    isOptOut: plan.optOut !== null,
    doNotEmail: plan.doNotEmail,
    isDeceased: plan.deceased,
    isDeleted: plan.trashed,
    created,
    ...(plan.modified !== null && { modified: plan.modified }),
    tagIds: tags.map(tagId),
    jobTitle,
  };
}

/** A person's name, no tags and no job, but for what a plan says. */
export const dataOf = ({ firstName, lastName }: NamedPerson, plan: Partial<PlannedData> = {}): PlannedData => ({ firstName, lastName, tags: [], jobTitle: '', ...plan });

const historyIn = (groupId: number, past: Past) => past.map(([status, date]) => ({ groupId, status, date }));

/** An opt-out by a link in a mail leaves a row without a group; a tick in the form leaves none. */
const optOutHistory = ({ optOut }: ContactPlan) => (optOut === null || optOut === 'tick' ? [] : [{ groupId: null, status: 'Removed', date: optOut.date, method: 'Email' }]);
