import type { ContactPlan, EmailPlan, MemberPlan, Moment, Past, PersonPlan, PlannedGroupStatus, PlannedStatus } from './person.ts';

/** Half an hour: opted in so long before the last change, where a kind does not say. */
const HALF_AN_HOUR = 1_800_000;

type MemberDetails = Partial<Pick<MemberPlan, 'optedIn' | 'interest' | 'bySelf' | 'data'>> & { readonly becomes?: Partial<MemberPlan['becomes']> };

/** A member as it stays, unless `becomes` says otherwise. */
export function member(address: string, status: PlannedStatus, changed: Moment, details: MemberDetails = {}): MemberPlan {
  const { becomes, ...given } = details;
  const interest = given.interest ?? false;
  return { address, status, optedIn: changed - HALF_AN_HOUR, changed, interest, bySelf: false, data: {}, ...given, becomes: { status, interest, ...becomes } };
}

type ContactDetails = Partial<Omit<ContactPlan, 'emails' | 'group' | 'interestGroup' | 'becomes'>> & {
  readonly interestPast?: Past;
  /** The group's status where the history does not say it. */
  readonly status?: PlannedGroupStatus;
  readonly becomes?: Partial<ContactPlan['becomes']>;
};

/** A contact with this past in the subscription group, which stays as it is unless `becomes` says otherwise. */
export function contact(emails: string | readonly EmailPlan[], past: Past, details: ContactDetails = {}): ContactPlan {
  const { becomes, interestPast = [], status = statusAfter(past), ...given } = details;
  const interestStatus = statusAfter(interestPast);
  return {
    emails: typeof emails === 'string' ? [{ address: emails }] : emails,
    group: { status, past },
    interestGroup: { status: interestStatus, past: interestPast },
    optOut: null,
    doNotEmail: false,
    deceased: false,
    trashed: false,
    mergedInto: null,
    modified: null,
    data: {},
    ...given,
    becomes: { group: status, interestGroup: interestStatus, ...becomes },
  };
}

function statusAfter(past: Past): PlannedGroupStatus {
  const last = past.at(-1)?.[0] ?? null;
  return last === 'Deleted' ? null : last;
}

/** A person with nothing foretold but what these say. */
export const person = (plan: Partial<PersonPlan>): PersonPlan => ({
  members: [],
  contacts: [],
  forgotten: [],
  tooManySignups: [],
  newMembers: [],
  newContact: null,
  held: [],
  failure: null,
  ...plan,
});
