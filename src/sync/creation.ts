import { HOUR, MINUTE, SECOND, type Duration, type Instant } from '../base/clock.ts';
import type { ContactId, EmailAddress, RowId } from '../base/ids.ts';
import type { SyncError } from '../base/errors.ts';
import { COLUMN, fitColumn } from '../civicrm/column-text.ts';
import type { CivicrmUpdate, CreationClaim, Row } from '../store/entities.ts';
import type { Unit, UpdateChange } from '../store/store.ts';
import { ownersOf } from './changed-contacts.ts';
import { rewriteRows } from './commit.ts';
import { claimantOf, isDead } from './holder.ts';
import { fitsColumn, isRefusal, namesOf, refusedContact } from './refused-contact.ts';
import type { AudienceContext } from './stage.ts';

/** A claim older than this was left by a crash, whoever made it: making 25 contacts takes seconds. */
const CLAIM_LIFE: Duration = 10 * MINUTE;
/** CiviCRM goes on with a call whose caller is gone; ten times what 25 contacts take (facts/civicrm.md: 35 ms each). */
const CALL_ENDS: Duration = 10 * SECOND;
/** Contacts are looked for from this long before the claim that was left: an earlier one may have been left before it. */
const BEFORE_CLAIM: Duration = HOUR;
/** `created_date` is of whole seconds, and of another clock. */
const CLOCKS: Duration = 2 * SECOND;
/** Whose claims are that were left by a process which lives on: creating failed there. */
const NOBODY = 'nobody';

/** Whether a claim is in nobody's hands: what became of its creation is unknown. */
export const isLeft = (claim: CreationClaim, now: Instant): boolean => claim.claimedBy === NOBODY || claim.claimedAt < now - CLAIM_LIFE || isDead(claim.claimedBy);

export interface Created {
  readonly created: number;
  readonly found: number;
  /** People of whom CiviCRM takes no contact. */
  readonly refused: number;
}

/**
 * One call's worth of creations. Each address is claimed across audiences first, then looked up once more, then the
 * contact made; the claim ends when the row has its contact. One that was left is taken over and settled by looking
 * first: a save is not transactional, so a contact may be there without its address, and gets it then.
 */
export class Creation {
  readonly #context: AudienceContext;
  readonly #rows: readonly Row[];
  readonly #updates: ReadonlyMap<RowId | null, CivicrmUpdate>;
  readonly #claimant: string;
  readonly #signal: AbortSignal | undefined;
  /** Whose contact is known by now. */
  readonly #contacts = new Map<EmailAddress, ContactId>();
  readonly #refusals = new Map<EmailAddress, SyncError>();

  /** @param updates what was planned, by row */
  constructor(context: AudienceContext, rows: readonly Row[], updates: ReadonlyMap<RowId | null, CivicrmUpdate>, signal: AbortSignal | undefined) {
    this.#context = context;
    this.#rows = rows;
    this.#updates = updates;
    this.#claimant = claimantOf(context.holder, context.random);
    this.#signal = signal;
  }

  async run(): Promise<Created> {
    const { mine, left } = await this.#claim();
    try {
      const created = await this.#createFor(mine, left);
      await this.#context.store.settleCreation(this.#site, mine.map((email) => ({ email, contactId: null }))); // from here on the contact is found by its address
      return created;
    } catch (error) {
      // What became of the contacts is unknown: whoever comes next looks first. The store may be what failed.
      await this.#context.store.claimCreation(this.#site, mine, NOBODY, this.#context.clock.now(), 0, [this.#claimant]).catch(() => undefined);
      throw error;
    }
  }

  /** Claims what is free and what was left; the claims of others stay theirs. `left`: as they were when they were taken over. */
  async #claim(): Promise<{ readonly mine: readonly EmailAddress[]; readonly left: readonly CreationClaim[] }> {
    const { store, clock } = this.#context;
    const now = clock.now();
    const isMine = (claim: CreationClaim): boolean => claim.claimedBy === this.#claimant;
    const claims = await store.claimCreation(this.#site, this.#emails, this.#claimant, now, 0);
    const left = claims.filter((claim) => !isMine(claim) && isLeft(claim, now));
    if (left.length === 0) return { mine: emailsOf(claims.filter(isMine)), left };
    const taken = await store.claimCreation(this.#site, emailsOf(left), this.#claimant, now, 0, left.map((claim) => claim.claimedBy));
    const mine = new Set(emailsOf([...claims, ...taken].filter(isMine)));
    return { mine: [...mine], left: left.filter(({ email }) => mine.has(email)) };
  }

  async #createFor(mine: readonly EmailAddress[], left: readonly CreationClaim[]): Promise<Created> {
    await this.#untilCallsHaveEnded(left);
    await this.#find(this.#emails);
    if (left.length > 0) await this.#complete(emailsOf(left), Math.min(...left.map(({ claimedAt }) => claimedAt)) - BEFORE_CLAIM);
    const found = this.#contacts.size;
    const there = new Set(this.#contacts.keys());
    for (const email of emailsOf(left)) there.delete(email); // what was left may have been made just then
    await this.#make(this.#rows.filter((row) => mine.includes(row.email!) && this.#isOpen(row.email!)));
    const { log, settings } = this.#context;
    for (const row of this.#rows) if (this.#refusals.has(row.email!)) log(`row ${row.id} of ${settings.listId}: CiviCRM took no contact. ${this.#refusals.get(row.email!)!.message}`);
    await rewriteRows(this.#context, this.#rows, async (again) => again.map((row) => this.#rewritten(row, there)));
    return { created: this.#contacts.size - found, found, refused: this.#refusals.size };
  }

  /** Nothing is known yet of what becomes of an address. */
  #isOpen(email: EmailAddress): boolean {
    return !this.#contacts.has(email) && !this.#refusals.has(email);
  }

  /** @param there whose contacts were there before */
  #rewritten(row: Row, there: ReadonlySet<EmailAddress>): Unit | null {
    if (row.email === null || row.contactId !== null) return null;
    const contactId = this.#contacts.get(row.email);
    if (contactId !== undefined) return { rows: [{ kind: 'write', row: { ...row, contactId, syncStatus: 'todo' } }], updates: there.has(row.email) ? [] : this.#done(row) };
    if (!this.#refusals.has(row.email)) return null;
    return { rows: [{ kind: 'write', row: { ...row, memory: { ...row.memory, ...refusedContact(row, this.#context.clock.now()) }, syncStatus: 'todo' } }] };
  }

  /** Makes contacts in one call. A refusal may be one person's fault, and is not believed at once: each is tried alone then. */
  async #make(rows: readonly Row[]): Promise<void> {
    for (const row of rows.filter((each) => !fitsColumn(each.email!))) await this.#makeAlone(row);
    const fitting = rows.filter((row) => fitsColumn(row.email!));
    if (fitting.length === 0) return;
    const since = this.#context.clock.now() - CLOCKS;
    if (!(await this.#call(fitting))) return;
    await this.#lookFor(fitting, since);
    for (const row of fitting) if (this.#isOpen(row.email!)) await this.#makeAlone(row);
  }

  async #makeAlone(row: Row): Promise<void> {
    const since = this.#context.clock.now() - CLOCKS;
    const refusal = await this.#call([row]);
    if (!refusal) return;
    await this.#lookFor([row], since);
    if (this.#isOpen(row.email!)) this.#refusals.set(row.email!, refusal);
  }

  /** A refusal of CiviCRM's; undefined: all were made. */
  async #call(rows: readonly Row[]): Promise<SyncError | undefined> {
    const { civicrmWriter, settings } = this.#context;
    try {
      const ids = await civicrmWriter.createContacts(
        rows.map((row) => ({ ...namesOf(row), email: row.email!, source: settings.contactSource })),
        this.#signal,
      );
      rows.forEach((row, index) => this.#contacts.set(row.email!, ids[index]!));
      return undefined;
    } catch (error) {
      if (isRefusal(error)) return error;
      throw error;
    }
  }

  /** What a refused call has done all the same: a save is not transactional. */
  async #lookFor(rows: readonly Row[], since: Instant): Promise<void> {
    const emails = rows.flatMap((row) => row.email ?? []);
    await this.#find(emails);
    await this.#complete(emails.filter((email) => this.#isOpen(email)), since);
  }

  async #find(emails: readonly EmailAddress[]): Promise<void> {
    await this.#context.civicrm.catchUp(this.#signal);
    for (const [email, ids] of await ownersOf(this.#context, emails, this.#signal)) if (ids[0] !== undefined) this.#contacts.set(email, ids[0]);
  }

  /** The update of a contact that was made is done; it may have been dropped while the contact was made. */
  #done(row: Row): readonly UpdateChange[] {
    const update = this.#updates.get(row.id);
    if (!update) return [];
    const now = this.#context.clock.now();
    return [{ kind: 'write', id: update.id, from: ['planned', 'superseded'], set: { state: 'done', sentAt: now, endedAt: now } }];
  }

  /** The call of a claim that was left may still be under way in CiviCRM. */
  async #untilCallsHaveEnded(left: readonly CreationClaim[]): Promise<void> {
    const { clock } = this.#context;
    const remaining = Math.max(0, ...left.map(({ claimedAt }) => claimedAt + CALL_ENDS - clock.now()));
    if (remaining > 0) await clock.wait(remaining, this.#signal);
  }

  /** Contacts that a creation since then left without their address get it: made by us, with the names of the row. */
  async #complete(emails: readonly EmailAddress[], since: Instant): Promise<void> {
    const { civicrm, civicrmWriter, settings } = this.#context;
    const open = emails.filter((email) => this.#isOpen(email));
    if (open.length === 0) return;
    const halfMade = [...(await civicrm.madeWithoutEmail(settings.contactSource, since + civicrm.clockOffset(), this.#signal))];
    for (const email of open) {
      const names = namesOf(this.#rows.find((row) => row.email === email)!);
      const at = halfMade.findIndex(({ firstName, lastName }) => firstName === fitColumn(names.firstName, COLUMN.name) && lastName === fitColumn(names.lastName, COLUMN.name));
      const [contact] = at < 0 ? [] : halfMade.splice(at, 1);
      if (!contact) continue;
      try {
        await civicrmWriter.addFirstEmail(contact.id, email, this.#signal);
        this.#contacts.set(email, contact.id);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.#refusals.set(email, error);
      }
    }
  }

  get #emails(): readonly EmailAddress[] {
    return this.#rows.flatMap((row) => row.email ?? []);
  }

  get #site(): string {
    return this.#context.civicrmSettings.url;
  }
}

const emailsOf = (claims: readonly CreationClaim[]): readonly EmailAddress[] => claims.map(({ email }) => email);
