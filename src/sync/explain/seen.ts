import { SECOND, type Duration, type Instant } from '../../base/clock.ts';
import { codeOf, SyncError } from '../../base/errors.ts';
import { memberContactId, type ContactId, type EmailAddress } from '../../base/ids.ts';
import type { HistoryRow } from '../../civicrm/reader.ts';
import type { Member } from '../../mailchimp/api.ts';
import type { NewRow, Row } from '../../store/entities.ts';
import { boundGroups } from '../changed-contacts.ts';
import { addressesOf, usersOf, type Cluster, type ClusterContact } from '../cluster.ts';
import { loadClusters } from '../load-clusters.ts';
import { look } from '../look.ts';
import { ownWritesIn, type OwnWrites } from '../own-history.ts';
import { withContacts } from '../populate.ts';
import { lossesOf } from '../remove-invalid.ts';
import type { AudienceContext } from '../stage.ts';
import { lookContextFor } from '../take-looks.ts';
import type { PersonAsked } from './known.ts';
import { isStored, newRow } from './new-row.ts';

/** A member as Mailchimp shows it now; null: it says that there is none. */
interface SeenMember {
  /** null: the store has no row for it. */
  readonly row: Row | null;
  readonly email: EmailAddress | null;
  readonly member: Member | null;
  readonly servedAt: Instant;
}

/** What CiviCRM shows now. */
export interface SeenContacts {
  readonly contacts: readonly ClusterContact[];
  readonly history: readonly HistoryRow[];
  readonly writes: OwnWrites;
}

/** Both services as they are now. */
export interface Seen {
  /** null: Mailchimp did not answer. */
  readonly members: readonly SeenMember[] | null;
  /** null: CiviCRM did not answer. */
  readonly civicrm: SeenContacts | null;
  /** As the next look would leave them, to be decided; rows that the store does not have yet have negative ids. null: a service did not answer. */
  readonly clusters: readonly Cluster[] | null;
  /** The contact asked about, or the one that it was merged into; null: a contact was not asked about. */
  readonly contact: ContactId | null;
  /** Which service did not answer, and what was wrong. */
  readonly troubles: readonly string[];
}

/** Addresses without a row at which a member is looked for. */
const ADDRESSES = 10;

/** How a look at both services may be stopped. */
export interface LookOptions {
  readonly signal: AbortSignal;
  /** A look at a service that takes so long is given up, and its service told of as one that does not answer: somebody waits. */
  readonly patience: Duration;
}

/** Looks at a person in both services; writes nothing, to them or to the store. */
export const seePerson = (context: AudienceContext, asked: PersonAsked, rows: readonly Row[], options: LookOptions): Promise<Seen> => new Sight(context, options).see(asked, rows);

class Sight {
  readonly #context: AudienceContext;
  readonly #options: LookOptions;
  readonly #troubles = new Map<string, string>();
  readonly #members: SeenMember[] = [];
  #strangers = 0;
  #contact: ContactId | null = null;

  constructor(context: AudienceContext, options: LookOptions) {
    this.#context = context;
    this.#options = options;
  }

  async see(asked: PersonAsked, rows: readonly Row[]): Promise<Seen> {
    if ('contactId' in asked) this.#contact = rows.length > 0 ? asked.contactId : await this.#survivorOf(asked.contactId);
    const known = rows.length > 0 ? null : await this.#memberAsked(asked);
    const seeds = rows.length > 0 ? rows : this.#seeds(asked, known?.email);
    const first = seeds.length > 0 ? await this.#clusters(seeds) : [];
    const found = first?.flatMap((cluster) => cluster.rows).filter(isStored) ?? rows;
    const strangers = [...('email' in asked ? [asked.email] : []), ...(first?.flatMap((cluster) => cluster.contacts).flatMap(addressesOf) ?? [])];
    for (const row of found) {
      const member = await this.#lookAt(row, row.memberContactId ?? row.email);
      if (member === null && row.memberContactId !== null) await this.#lookAt(row, row.email); // another may be in its place
    }
    for (const email of strangers.filter((each) => found.every((row) => row.email !== each)).slice(0, ADDRESSES)) await this.#lookAt(null, email);
    const civicrm = first && (await this.#readHistory(first));
    const canDecide = first !== null && civicrm !== null && !this.#troubles.has('Mailchimp');
    const looked = canDecide ? await this.#withTheirContacts(await this.#looked(found)) : null;
    return {
      members: this.#troubles.has('Mailchimp') ? null : this.#members,
      civicrm,
      contact: this.#contact,
      clusters: looked && (await this.#clusters([...looked, ...this.#strangeContacts(first ?? [], looked)])),
      troubles: [...this.#troubles.values()],
    };
  }

  /** Once a service did not answer, it is asked no more. */
  async #ask<Answer>(service: 'Mailchimp' | 'CiviCRM', work: (signal: AbortSignal) => Promise<Answer>): Promise<Answer | null> {
    if (this.#troubles.has(service)) return null;
    const { signal, patience } = this.#options;
    const over = AbortSignal.timeout(patience);
    try {
      return await work(AbortSignal.any([signal, over]));
    } catch (error) {
      const isKnown = error instanceof SyncError && !error.code.startsWith('store_');
      if (signal.aborted || !(over.aborted || isKnown)) throw error;
      const what = over.aborted ? `no answer in ${patience / SECOND} seconds` : `${codeOf(error)}, ${(error as SyncError).message}`;
      this.#troubles.set(service, `${service} could not be looked at: ${what}`);
      return null;
    }
  }

  #clusters(seeds: readonly Row[]): Promise<readonly Cluster[] | null> {
    return this.#ask('CiviCRM', (signal) => loadClusters(this.#context, seeds, signal));
  }

  async #lookAt(row: Row | null, key: Parameters<AudienceContext['mailchimp']['member']>[1] | null): Promise<Member | null> {
    if (key === null) return null;
    const answer = await this.#ask('Mailchimp', (signal) => this.#context.mailchimp.member(this.#context.settings.listId, key, signal));
    const member = answer?.value ?? null;
    if (answer && (row !== null || member !== null)) this.#saw({ row, email: member?.email ?? row?.email ?? null, member, servedAt: answer.servedAt });
    return member;
  }

  /** A member that was found without a row may turn out to have one, and a row another member. */
  #saw(seen: SeenMember): void {
    const before = this.#members.findIndex(({ row, member }) => (member === null ? row === seen.row : member.contactId === seen.member?.contactId));
    if (before < 0) this.#members.push(seen);
    else if (this.#members[before]!.row === null || this.#members[before]!.member === null) this.#members[before] = seen;
  }

  /** Whom the store does not know is looked for at Mailchimp. */
  #memberAsked(asked: PersonAsked): Promise<Member | null> {
    if ('contactId' in asked) return Promise.resolve(null);
    return this.#lookAt(null, 'email' in asked ? asked.email : memberContactId(asked.memberId));
  }

  /** Where a search for somebody begins whom the store does not know. */
  #seeds(asked: PersonAsked, email: EmailAddress | undefined): readonly Row[] {
    const at = 'email' in asked ? asked.email : email;
    if (at !== undefined) return [this.#strange({ email: at, agreedEmail: at })];
    return this.#contact === null ? [] : [this.#strange({ contactId: this.#contact })];
  }

  async #survivorOf(id: ContactId): Promise<ContactId> {
    return (await this.#ask('CiviCRM', async (signal) => (await this.#context.civicrm.mergedTo([id], signal)).get(id))) ?? id;
  }

  async #readHistory(clusters: readonly Cluster[]): Promise<SeenContacts | null> {
    const contacts = clusters.flatMap((cluster) => cluster.contacts);
    const ids = contacts.map(({ id }) => id);
    const history = ids.length > 0 ? await this.#ask('CiviCRM', (signal) => this.#context.civicrm.history(ids, boundGroups(this.#context), signal)) : [];
    return history && { contacts, history, writes: await ownWritesIn(this.#context.store, history) };
  }

  /** The rows as a look now would leave them, and new ones for members that the store has not seen. */
  async #looked(rows: readonly Row[]): Promise<readonly Row[]> {
    const { store, settings } = this.#context;
    const audience = await store.audience(settings.listId);
    const emails = [...rows.flatMap((row) => row.email ?? []), ...this.#members.flatMap(({ email }) => email ?? [])];
    const open = await store.openUpdates(settings.listId, rows.map(({ id }) => id), emails);
    const judged = ({ row, member, servedAt }: SeenMember): Row => {
      const before = row ?? this.#strange(member ? { email: member.email, agreedEmail: member.email } : {});
      if (!member && before.member?.status === null) return before; // known to be gone: no run asks for it again
      return look(before, member, lookContextFor(this.#context, { member, seenAt: servedAt }, { updates: open }, { audience }));
    };
    const seen = this.#members.map(judged);
    return [...seen, ...rows.filter((row) => seen.every(({ id }) => id !== row.id))];
  }

  /** Contacts without a row: a run makes them one. */
  #strangeContacts(clusters: readonly Cluster[], rows: readonly Row[]): readonly Row[] {
    const contacts = clusters.flatMap((cluster) => cluster.contacts).filter(({ contact }) => !contact.isDeleted);
    const all: Cluster = { rows, contacts, updates: [], survivors: new Map() };
    const used = new Set<ContactId>(rows.flatMap((row) => usersOf(all, row).map(({ id }) => id)));
    return contacts.filter(({ id }) => !used.has(id)).map(({ id }) => this.#strange({ contactId: id }));
  }

  /** Without contacts that went, and with those that were found, as before anything is decided. */
  async #withTheirContacts(rows: readonly Row[]): Promise<readonly Row[] | null> {
    const audience = await this.#context.store.audience(this.#context.settings.listId);
    const changes = await this.#ask('CiviCRM', (signal) => lossesOf(this.#context, audience, rows.filter(isStored), signal));
    if (changes === null) return null;
    const after = new Map(rows.map((row) => [row.id, row]));
    for (const change of changes) {
      if (change.kind === 'delete') after.delete(change.id);
      else if (change.kind === 'write') after.set(change.row.id, change.row);
      else {
        const made = this.#strange(change.row);
        after.set(made.id, made);
      }
    }
    return this.#ask('CiviCRM', (signal) => withContacts(this.#context, [...after.values()], signal));
  }

  /** A row that the store does not have; of an id of its own, as the rows of a cluster must be. */
  #strange(of: Partial<NewRow>): Row {
    this.#strangers += 1;
    return newRow(this.#context, -this.#strangers, of);
  }
}
