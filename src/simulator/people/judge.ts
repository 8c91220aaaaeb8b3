import type { Expectation } from './expectation.ts';
import type { PlannedData } from './person.ts';

/** What a judge looks at: both services as they are now. Addresses are asked for in lower case. */
export interface Observed {
  /** The member with an address; null: none. */
  member(address: string): { readonly status: string; readonly interest: boolean; readonly data?: PlannedData } | null;
  /** A contact by its id, in the trash or not; null: deleted for good. */
  contact(id: number): ObservedContact | null;
  /** Ids of the live contacts that have an address, lowest first. */
  owners(address: string): readonly number[];
  /** Whether the address is on hold at any of its live contacts. */
  isHeld(address: string): boolean;
}

export interface ObservedContact {
  readonly live: boolean;
  readonly firstName: string;
  readonly lastName: string;
  /** Status in the subscription group; null: no row. */
  readonly group: string | null;
  readonly interestGroup: string | null;
}

/** Why a row cannot be synced, as the sync reports it: by address, or by contact where there is none. */
export interface ReportedFailure {
  readonly email?: string | null;
  readonly contactId?: number | null;
  readonly reason: string;
}

/** One person as foretold (no differences), or what differs, each in words that name no person. */
export interface Verdict {
  readonly person: number;
  readonly kind: string;
  readonly tells: string;
  readonly differences: readonly string[];
}

/** Compares each person with what was foretold. Failures are judged only when the sync's own report of them is given. */
export function judge(expectations: readonly Expectation[], observed: Observed, reported?: readonly ReportedFailure[]): Verdict[] {
  const failures = reported === undefined ? null : new Failures(reported);
  return expectations.map((expectation) => ({
    person: expectation.person,
    kind: expectation.kind,
    tells: expectation.tells,
    differences: [
      ...memberDifferences(expectation, observed),
      ...contactDifferences(expectation, observed),
      ...newContactDifferences(expectation, observed),
      ...ownerDifferences(expectation, observed),
      ...(failures === null ? [] : failures.differences(expectation)),
    ],
  }));
}

function memberDifferences({ members }: Expectation, observed: Observed): string[] {
  return members.flatMap(({ address, status, interest, data }, index) => {
    const member = observed.member(address);
    const name = `member ${index + 1}`;
    return [
      ...difference(`${name}: status`, status ?? 'no member', member?.status ?? 'no member'),
      ...(status === null || member === null ? [] : difference(`${name}: interest`, onOff(interest), onOff(member.interest))),
      ...(status === null || !data || !member?.data ? [] : dataDifferences(name, data, member.data)),
    ];
  });
}

/** In words that name no person. */
function dataDifferences(name: string, expected: PlannedData, actual: PlannedData): string[] {
  return [
    ...(expected.firstName === actual.firstName && expected.lastName === actual.lastName ? [] : [`${name}: another name than foretold`]),
    ...difference(`${name}: tags`, [...expected.tags].sort().join(', '), [...actual.tags].sort().join(', ')),
    ...difference(`${name}: job`, expected.jobTitle, actual.jobTitle),
  ];
}

function contactDifferences({ contacts }: Expectation, observed: Observed): string[] {
  return contacts.flatMap((expected) => {
    const contact = observed.contact(expected.id);
    const name = `contact ${expected.id}`;
    if (contact === null) return [`${name}: deleted for good`];
    return [
      ...difference(`${name}:`, liveness(expected.live), liveness(contact.live)),
      ...difference(`${name}: subscription group`, expected.group ?? 'no row', contact.group ?? 'no row'),
      ...difference(`${name}: interest group`, expected.interestGroup ?? 'no row', contact.interestGroup ?? 'no row'),
      ...(!expected.name || (expected.name.firstName === contact.firstName && expected.name.lastName === contact.lastName) ? [] : [`${name}: another name than foretold`]),
    ];
  });
}

function newContactDifferences({ newContact, contacts }: Expectation, observed: Observed): string[] {
  if (newContact === null) return [];
  const id = observed.owners(newContact.address).find((owner) => !contacts.some((known) => known.id === owner));
  const contact = id === undefined ? null : observed.contact(id);
  if (contact === null) return ['no contact was made'];
  return [
    ...difference('new contact: subscription group', newContact.group, contact.group ?? 'no row'),
    ...difference('new contact: interest group', newContact.interestGroup ?? 'no row', contact.interestGroup ?? 'no row'),
    ...(contact.firstName === newContact.firstName && contact.lastName === newContact.lastName ? [] : ['new contact: another name than the member']),
  ];
}

function ownerDifferences({ owners, held }: Expectation, observed: Observed): string[] {
  return Object.entries(owners).flatMap(([address, count], index) => [
    ...difference(`address ${index + 1}: live contacts`, String(count), String(observed.owners(address).length)),
    ...difference(`address ${index + 1}:`, holding(held.includes(address) && count > 0), holding(observed.isHeld(address))),
  ]);
}

/** The sync's report of what it cannot do, found by any address or contact of a person. */
class Failures {
  readonly #byAddress = new Map<string, string>();
  readonly #byContact = new Map<number, string>();

  constructor(reported: readonly ReportedFailure[]) {
    for (const { email, contactId, reason } of reported) {
      if (typeof email === 'string') this.#byAddress.set(email.toLowerCase(), reason);
      if (typeof contactId === 'number') this.#byContact.set(contactId, reason);
    }
  }

  differences({ members, contacts, failure }: Expectation): string[] {
    const found = members.map(({ address }) => this.#byAddress.get(address)).concat(contacts.map(({ id }) => this.#byContact.get(id)));
    return difference('reported', failure ?? 'nothing', found.find((reason) => reason !== undefined) ?? 'nothing');
  }
}

const difference = (what: string, expected: string, actual: string): string[] => (expected === actual ? [] : [`${what} ${actual} instead of ${expected}`]);
const onOff = (on: boolean): string => (on ? 'on' : 'off');
const liveness = (live: boolean): string => (live ? 'live' : 'in the trash');
const holding = (held: boolean): string => (held ? 'on hold' : 'not on hold');
