import { HOUR, MINUTE, SECOND, type Duration, type Instant } from '../base/clock.ts';
import type { ContactId, EmailAddress, RowId } from '../base/ids.ts';
import { COLUMN, fitColumn } from '../civicrm/column-text.ts';
import type { CivicrmUpdate, CreationClaim, Row } from '../store/entities.ts';
import type { UpdateChange } from '../store/store.ts';
import { ownersOf } from './changed-contacts.ts';
import { rewriteRows } from './commit.ts';
import { claimantOf, isDead } from './holder.ts';
import type { AudienceContext } from './stage.ts';

/** A claim older than this was left by a crash, whoever made it: making 25 contacts takes seconds. */
const CLAIM_LIFE: Duration = 10 * MINUTE;
/** CiviCRM goes on with a call whose caller is gone; ten times what 25 contacts take (facts/civicrm.md: 35 ms each). */
const CALL_ENDS: Duration = 10 * SECOND;
/** Contacts are looked for from this long before the claim that was left: an earlier one may have been left before it. */
const BEFORE_CLAIM: Duration = HOUR;
/** Whose claims are that were left by a process which lives on: creating failed there. */
const NOBODY = 'nobody';

/** Whether a claim is in nobody's hands: what became of its creation is unknown. */
export const isLeft = (claim: CreationClaim, now: Instant): boolean => claim.claimedBy === NOBODY || claim.claimedAt < now - CLAIM_LIFE || isDead(claim.claimedBy);

export interface Created {
  readonly created: number;
  readonly found: number;
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
    const { civicrm, civicrmWriter, settings } = this.#context;
    await this.#untilCallsHaveEnded(left);
    const contacts = new Map<EmailAddress, ContactId>();
    await civicrm.catchUp(this.#signal);
    for (const [email, ids] of await ownersOf(this.#context, this.#emails, this.#signal)) if (ids[0] !== undefined) contacts.set(email, ids[0]);
    for (const [email, id] of await this.#complete(left.filter((claim) => !contacts.has(claim.email)))) contacts.set(email, id);
    const found = contacts.size;
    const toMake = this.#rows.filter((row) => mine.includes(row.email!) && !contacts.has(row.email!));
    const ids = await civicrmWriter.createContacts(
      toMake.map((row) => ({ ...namesOf(row), email: row.email!, source: settings.contactSource })),
      this.#signal,
    );
    toMake.forEach((row, index) => contacts.set(row.email!, ids[index]!));
    const made = new Set([...toMake.flatMap((row) => row.email ?? []), ...emailsOf(left)]); // what was left may have been made just then
    await rewriteRows(this.#context, this.#rows, async (again) =>
      again.map((row) => {
        const id = row.email === null || row.contactId !== null ? undefined : contacts.get(row.email);
        if (id === undefined) return null;
        return { rows: [{ kind: 'write', row: { ...row, contactId: id, syncStatus: 'todo' } }], updates: this.#settled(row, made.has(row.email!)) };
      }),
    );
    return { created: toMake.length, found };
  }

  /** The update of a contact that was made is done; it may have been dropped while the contact was made. */
  #settled(row: Row, isMade: boolean): readonly UpdateChange[] {
    const update = this.#updates.get(row.id);
    if (!update || !isMade) return [];
    const now = this.#context.clock.now();
    return [{ kind: 'write', id: update.id, from: ['planned', 'superseded'], set: { state: 'done', sentAt: now, endedAt: now } }];
  }

  /** The call of a claim that was left may still be under way in CiviCRM. */
  async #untilCallsHaveEnded(left: readonly CreationClaim[]): Promise<void> {
    const { clock } = this.#context;
    const remaining = Math.max(0, ...left.map(({ claimedAt }) => claimedAt + CALL_ENDS - clock.now()));
    if (remaining > 0) await clock.wait(remaining, this.#signal);
  }

  /** Contacts that a creation left without their address get it: made by us at that time, with the names of the row. */
  async #complete(left: readonly CreationClaim[]): Promise<ReadonlyMap<EmailAddress, ContactId>> {
    const { civicrm, civicrmWriter, settings } = this.#context;
    const completed = new Map<EmailAddress, ContactId>();
    if (left.length === 0) return completed;
    const since = Math.min(...left.map(({ claimedAt }) => claimedAt)) - BEFORE_CLAIM;
    const halfMade = [...(await civicrm.madeWithoutEmail(settings.contactSource, since + civicrm.clockOffset(), this.#signal))];
    for (const { email } of left) {
      const names = namesOf(this.#rows.find((row) => row.email === email)!);
      const at = halfMade.findIndex(({ firstName, lastName }) => firstName === fitColumn(names.firstName, COLUMN.name) && lastName === fitColumn(names.lastName, COLUMN.name));
      const [contact] = at < 0 ? [] : halfMade.splice(at, 1);
      if (!contact) continue;
      await civicrmWriter.addFirstEmail(contact.id, email, this.#signal);
      completed.set(email, contact.id);
    }
    return completed;
  }

  get #emails(): readonly EmailAddress[] {
    return this.#rows.flatMap((row) => row.email ?? []);
  }

  get #site(): string {
    return this.#context.civicrmSettings.url;
  }
}

const emailsOf = (claims: readonly CreationClaim[]): readonly EmailAddress[] => claims.map(({ email }) => email);

const namesOf = ({ member }: Row): { readonly firstName: string; readonly lastName: string } => ({ firstName: member?.firstName ?? '', lastName: member?.lastName ?? '' });
