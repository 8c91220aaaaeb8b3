import type { ForetoldFailure, PlannedData, PlannedGroupStatus, PlannedStatus } from './person.ts';

/** What must be true of a person once the sync has come to rest under its default settings (at most three runs). */
export interface Expectation {
  /** 1 to the number of people. */
  readonly person: number;
  /** Name of the row of the algorithm's tables that the person stands for. */
  readonly kind: string;
  /** What must come out, and why. */
  readonly tells: string;
  /** Every address of the person; `status` null: no member. `interest`: of the bound interest. */
  readonly members: readonly { readonly address: string; readonly status: PlannedStatus | null; readonly interest: boolean; /** Names, tags and job of a member. */ readonly data?: PlannedData }[];
  /** The contacts that there were at first; a status of null: no row in that group. */
  readonly contacts: readonly {
    readonly id: number;
    readonly live: boolean;
    readonly group: PlannedGroupStatus;
    readonly interestGroup: PlannedGroupStatus;
    readonly name?: Pick<PlannedData, 'firstName' | 'lastName'>;
  }[];
  /** The one contact that the sync makes. */
  readonly newContact: null | {
    readonly address: string;
    readonly firstName: string;
    readonly lastName: string;
    readonly group: 'Added';
    readonly interestGroup: 'Added' | null;
  };
  /** Live contacts that have an address, by address: no more and no fewer. */
  readonly owners: Readonly<Record<string, number>>;
  /** Addresses on hold in CiviCRM; the person's others are not. */
  readonly held: readonly string[];
  /** The reason that the sync reports; null: none. */
  readonly failure: ForetoldFailure | null;
}
