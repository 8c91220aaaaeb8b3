/** Milliseconds since 1970 UTC, here always whole seconds: neither service tells finer times. */
export type Moment = number;

/** https://mailchimp.com/developer/marketing/api/list-members/ */
export type PlannedStatus = 'subscribed' | 'unsubscribed' | 'cleaned' | 'pending' | 'transactional' | 'archived';

/** Why a person cannot be synced, by the codes of the sync's documentation. */
export type ForetoldFailure = 'no_email' | 'on_hold' | 'cleaned' | 'forgotten' | 'address_refused' | 'later';

/** A group contact's status, null without a row; `Pending` and others count as not Added. */
export type PlannedGroupStatus = 'Added' | 'Removed' | 'Pending' | null;

/** What a history says, oldest first. `Deleted` leaves no row in the group. */
export type Past = readonly (readonly [status: 'Added' | 'Removed' | 'Pending' | 'Deleted', date: Moment])[];

/** What is known of somebody beside the subscription. */
export interface PlannedData {
  readonly firstName: string;
  readonly lastName: string;
  /** By their names, in order. */
  readonly tags: readonly string[];
  readonly jobTitle: string;
}

/** A member at first, and (`becomes`) when the sync has come to rest. */
export interface MemberPlan {
  readonly address: string;
  readonly status: PlannedStatus;
  /** `timestamp_opt`. */
  readonly optedIn: Moment;
  /** `last_changed`. */
  readonly changed: Moment;
  readonly interest: boolean;
  /** Left by the person's own act: Mailchimp then refuses `subscribed` (facts/mailchimp.md, compliance). */
  readonly bySelf: boolean;
  /** What differs from the person's name, no tags, and no job. */
  readonly data: Partial<PlannedData>;
  readonly becomes: { readonly status: PlannedStatus; readonly interest: boolean; /** The data, where they change; said in the same way. */ readonly data?: Partial<PlannedData> };
}

export interface EmailPlan {
  readonly address: string;
  readonly primary?: boolean;
  readonly bulkmail?: boolean;
  readonly onHold?: boolean;
}

/** A contact at first, and (`becomes`) when the sync has come to rest. */
export interface ContactPlan {
  readonly emails: readonly EmailPlan[];
  readonly group: { readonly status: PlannedGroupStatus; readonly past: Past };
  readonly interestGroup: { readonly status: PlannedGroupStatus; readonly past: Past };
  readonly optOut: null | 'tick' | { readonly date: Moment };
  readonly doNotEmail: boolean;
  readonly deceased: boolean;
  readonly trashed: boolean;
  /** Index of the contact of the same person that it is merged into. */
  readonly mergedInto: number | null;
  /** `modified_date`; null: when the contact was made. */
  readonly modified: Moment | null;
  /** What differs from the person's name, no tags, and no job. */
  readonly data: Partial<PlannedData>;
  readonly becomes: { readonly group: PlannedGroupStatus; readonly interestGroup: PlannedGroupStatus; /** The data, where they change; said in the same way. */ readonly data?: Partial<PlannedData> };
}

/** A person (or a household of one address): what each service holds at first, and what both hold once the sync is at rest. */
export interface PersonPlan {
  readonly members: readonly MemberPlan[];
  readonly contacts: readonly ContactPlan[];
  /** Addresses deleted at Mailchimp for good, which cannot be imported again. */
  readonly forgotten: readonly string[];
  /** Addresses that Mailchimp takes no sign-up of for some days, after many of late. */
  readonly tooManySignups: readonly string[];
  /** Members that the sync makes; any other address of the person gets none. */
  readonly newMembers: readonly { readonly address: string; readonly interest: boolean; readonly data?: Partial<PlannedData> }[];
  /** A contact that the sync makes for a member; it is Added. */
  readonly newContact: { readonly address: string; readonly interest: boolean } | null;
  /** Addresses that the sync puts on hold, as every address that Mailchimp has cleaned. */
  readonly held: readonly string[];
  readonly failure: ForetoldFailure | null;
}

/** One row of the algorithm's tables, as people. */
export interface Kind {
  readonly name: string;
  /** What must come out, and why, in a sentence. */
  readonly tells: string;
  readonly make: (maker: PersonMaker) => PersonPlan;
}

export interface Moments {
  readonly 1: readonly [Moment];
  readonly 2: readonly [Moment, Moment];
  readonly 3: readonly [Moment, Moment, Moment];
  readonly 4: readonly [Moment, Moment, Moment, Moment];
}

/** What a kind makes its people with. */
export interface PersonMaker {
  /** An address that nobody has yet and that goes with the person's name. */
  address(): string;
  /** An address that Mailchimp takes for a fake. */
  fakeAddress(): string;
  /** So many moments of the past two years, oldest first, at least a day apart and at least a day ago. */
  moments<Count extends keyof Moments>(count: Count): Moments[Count];
  /** A name that is not the person's. */
  otherName(): string;
  /** True as often as this share says. */
  chance(share: number): boolean;
}
