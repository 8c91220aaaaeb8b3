/** What an administrator fills in for a new contact. */
export interface NewContact {
  readonly firstName?: string;
  readonly lastName?: string;
  /** Primary address. */
  readonly email?: string;
  readonly source?: string;
}

/** A mailing list, or a smart group. */
export interface NewGroup {
  readonly title: string;
  /** Default: from the title. */
  readonly name?: string;
  /** Clauses of `Contact.get`; without it an ordinary group. */
  readonly search?: readonly unknown[];
  /** Default true. */
  readonly active?: boolean;
  /** Default: the next one. */
  readonly id?: number;
}

export interface ImportedEmail {
  readonly email: string;
  /** Default: the first one. */
  readonly isPrimary?: boolean;
  readonly isBulkmail?: boolean;
  /** 0 no, 1 bounce, 2 opt-out. */
  readonly onHold?: number;
}

export interface ImportedHistory {
  /** Null: domain-wide opt-out. */
  readonly groupId: number | null;
  readonly status: string;
  /** Milliseconds UTC. */
  readonly date: number;
  /** Default Admin. */
  readonly method?: string;
  readonly tracking?: string | null;
}

/** A contact as bulk set-up makes it, with its past. Dates are milliseconds UTC. */
export interface ImportedContact {
  readonly type?: 'Individual' | 'Organization' | 'Household';
  readonly firstName?: string;
  readonly lastName?: string;
  readonly organizationName?: string;
  readonly source?: string;
  readonly jobTitle?: string;
  readonly emails?: readonly ImportedEmail[];
  /** State now; the history is `history` alone. */
  readonly groups?: readonly { readonly groupId: number; readonly status: string }[];
  readonly history?: readonly ImportedHistory[];
  readonly tagIds?: readonly number[];
  readonly doNotEmail?: boolean;
  readonly isOptOut?: boolean;
  readonly isDeceased?: boolean;
  readonly isDeleted?: boolean;
  readonly created: number;
  /** Default `created`. */
  readonly modified?: number;
}
