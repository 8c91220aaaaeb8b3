/** One membership at Mailchimp: it goes along with a change of its address. */
export type Line = string & { readonly line: unique symbol };

type Who = 'person' | 'mailchimp-admin' | 'civicrm-admin';

/** An act on a subscription, as it truly happened. */
export interface Said {
  readonly seq: number;
  /** Of the simulators' clock, ms. */
  readonly at: number;
  readonly yes: boolean;
  readonly who: Who;
  readonly text: string;
  /** The membership that it was done to; null: it was done in CiviCRM. */
  readonly line: Line | null;
  /** The contact that it was done to; null: it was done at Mailchimp. */
  readonly contact: number | null;
  /** Memberships of the addresses that the contact then had. */
  readonly lines: readonly Line[];
  readonly isOptOut: boolean;
  /** The contact went to the trash, or for good. */
  readonly isDeletion: boolean;
  /** The sync was at work. */
  readonly duringJob: boolean;
  /** Memberships of which an update was on its way. */
  readonly underWay: readonly Line[];
}

/** What is noted of an act beside when and where it happened. */
export type Act = Pick<Said, 'yes' | 'who' | 'text'> & Partial<Pick<Said, 'line' | 'contact' | 'lines' | 'isOptOut' | 'isDeletion'>>;

/** A contact that lost an address to an edit. */
export interface Given {
  readonly contact: number;
  readonly line: Line;
  readonly seq: number;
}

/** Counts what truly happened, over all audiences. */
export class Sequence {
  now = 0;
}

/** What people and administrators did with one audience, in its true order, whatever the sync noticed of it. */
export class Truth {
  readonly #lines = new Map<string, Line>();
  readonly #sequence: Sequence;
  #made = 0;
  said: Said[] = [];
  /** Acts whose webhook reached the sync, by `seq`. */
  readonly heard = new Set<number>();
  /** Edits of members, also the sync's. */
  readonly edits: { readonly seq: number; readonly at: number; readonly line: Line }[] = [];
  /** Addresses that somebody changed from or to. */
  readonly moved = new Set<string>();
  /** Addresses that went from one membership to another. */
  readonly reused = new Set<string>();
  readonly gave: Given[] = [];
  /** Contacts that were trashed or deleted for good; one that came back is not among them. */
  readonly deleted = new Set<number>();
  /** Contacts that came back from the trash. */
  readonly restored = new Set<number>();
  /** Contacts whose own history CiviCRM dropped at a merge. */
  readonly historyDropped = new Set<number>();

  constructor(sequence: Sequence) {
    this.#sequence = sequence;
  }

  get now(): number {
    return this.#sequence.now;
  }

  line(address: string): Line {
    const line = this.#lines.get(address) ?? (`line ${++this.#made} ${address}` as Line);
    this.#lines.set(address, line);
    return line;
  }

  moveLine(from: string, to: string): void {
    this.moved.add(from).add(to);
    if (this.#lines.has(to)) this.reused.add(to);
    this.reused.add(from);
    this.#lines.set(to, this.line(from));
    this.#lines.delete(from);
  }

  note(said: Omit<Said, 'seq'>): void {
    this.said.push({ ...said, seq: ++this.#sequence.now });
  }

  edited(line: Line, at: number): void {
    this.edits.push({ seq: this.now + 1, at, line });
  }

  gives(contact: number, address: string): void {
    this.gave.push({ contact, line: this.line(address), seq: this.now });
  }
}

/** The one said last. */
export const latest = (said: readonly (Said | undefined)[]): Said | undefined => said.filter((each) => each !== undefined).toSorted((one, other) => one.seq - other.seq).at(-1);
