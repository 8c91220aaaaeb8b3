import { isDeepStrictEqual } from 'node:util';

import type { Instant } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import type { EmailAddress, MemberContactId, RowId } from '../base/ids.ts';
import type { Member } from '../mailchimp/api.ts';
import type { AudienceState, MailchimpUpdate, NewRow, Row, Update } from '../store/entities.ts';
import type { RowChange, Unit, UpdateChange } from '../store/store.ts';
import { bareRow } from './bare-row.ts';
import { commitOptions } from './commit.ts';
import { clockDifference } from './clock-difference.ts';
import { distinctRows, groupBy, unique } from './collections.ts';
import { isOther, look, type LookContext } from './look.ts';
import type { AudienceContext } from './stage.ts';
import { changedByOthers } from './webhooks/changed-by-others.ts';
import { WordOrder } from './words.ts';

/** One look at a member, and what is to be written with it. */
export interface Look {
  /** null: Mailchimp says that it is gone; then `rowId` says whose. */
  readonly member: Member | null;
  readonly seenAt: Instant;
  /** The row that the look is for, where it is known before: the row of an update that is settled. */
  readonly rowId?: RowId;
  /** The update whose answer this look is. */
  readonly answerOf?: MailchimpUpdate;
  /** A word heard before the look (a webhook's). */
  readonly hear?: <Kept extends Row | NewRow>(row: Kept) => Kept;
  /** What else the row is to remember. */
  readonly remember?: (row: Row) => Row;
  /** Updates that end with this look. */
  readonly updates?: readonly UpdateChange[];
}

export interface LookOptions {
  readonly audience: AudienceState;
  readonly signal?: AbortSignal | undefined;
}

/** How often a look is repeated when others write the same rows meanwhile. */
const ATTEMPTS = 8;

/** Takes looks into the cache: finds the row of each member, judges the look, writes what changed. Counts of rows made and changed. */
export async function takeLooks(context: AudienceContext, looks: readonly Look[], options: LookOptions): Promise<{ made: number; changed: number }> {
  const counts = { made: 0, changed: 0 };
  let waiting = looks;
  for (let attempt = 0; waiting.length > 0 && attempt < ATTEMPTS; attempt++) {
    const placed = await placeLooks(context, waiting, options);
    const outcomes = await context.store.commit(context.settings.listId, placed.map(({ unit }) => unit), commitOptions(context));
    placed.forEach(({ isNew }, index) => {
      if (outcomes[index]?.kind === 'done') counts[isNew ? 'made' : 'changed'] += 1;
    });
    waiting = await stillOpen(context, placed.filter((_, index) => outcomes[index]?.kind === 'conflict').map((each) => each.look));
  }
  if (waiting.length > 0) throw new SyncError('busy', `${waiting.length} rows kept changing while their members were read; the next run reads them again`);
  return counts;
}

/** Without looks that end an update which somebody else has ended meanwhile: that one has looked as well. */
async function stillOpen({ store }: AudienceContext, looks: readonly Look[]): Promise<readonly Look[]> {
  const endings = (each: Look) => (each.updates ?? []).flatMap((change) => (change.kind === 'write' ? change : []));
  const ids = looks.flatMap((each) => endings(each).map(({ id }) => id));
  const states = ids.length === 0 ? new Map() : new Map((await store.updatesById(ids)).map((update) => [update.id, update.state]));
  return looks.filter((each) => endings(each).every(({ id, from }) => from.some((state) => state === states.get(id))));
}

interface Placed {
  readonly look: Look;
  readonly isNew: boolean;
  readonly unit: Unit;
}

async function placeLooks(context: AudienceContext, looks: readonly Look[], options: LookOptions): Promise<readonly Placed[]> {
  const known = await KnownRows.read(context, looks);
  const placed: Placed[] = [];
  for (const each of looks) {
    const one = await place(context, each, known, options);
    if (one) placed.push(one);
  }
  return placed;
}

/** undefined: there is nothing to write. */
async function place(context: AudienceContext, each: Look, known: KnownRows, options: LookOptions): Promise<Placed | undefined> {
  // A row that another look of the same member has taken the place of is found by the member.
  const row = (each.rowId === undefined ? undefined : known.byId(each.rowId)) ?? (await findRow(context, each, known, options));
  const lookContext = lookContextFor(context, each, known, options);
  if (!row) {
    if (!each.member) return each.updates ? { look: each, isNew: false, unit: { updates: each.updates } } : undefined;
    const { email } = each.member;
    const fresh: NewRow = { ...bareRow(context.settings.listId), email, agreedEmail: email };
    const made = look(each.hear ? each.hear(fresh) : fresh, each.member, lookContext);
    if (changedByOthers(undefined, made, known.updates)) context.sawChange?.(each.member.lastChanged);
    return { look: each, isNew: true, unit: { rows: [...known.freeing(each.member, null), { kind: 'insert', row: made }], updates: each.updates ?? [], ignoreClaims: true } };
  }
  const heard = each.hear ? each.hear(row) : row;
  const looked = look(heard, each.member, { ...lookContext, ...known.rereadOf(row) });
  const others = each.member ? known.freeing(each.member, row) : [];
  const adopted = each.member ? adopt(looked, known.sameMember(each.member, row)) : looked;
  const kept = each.remember ? each.remember(adopted) : adopted;
  if (each.member && !each.answerOf && changedByOthers(row, looked, known.updates)) context.sawChange?.(each.member.lastChanged);
  if (others.length === 0 && !each.updates && !tells(row, kept)) return undefined;
  const moves = each.member ? known.moves(each.member, row) : [];
  return { look: each, isNew: false, unit: { rows: [...others, { kind: 'write', row: kept }], updates: [...moves, ...(each.updates ?? [])], ignoreClaims: true } };
}

/** A member's row: by its `contact_id`, else by its address [contactid]. */
async function findRow(context: AudienceContext, { member }: Look, known: KnownRows, options: LookOptions): Promise<Row | undefined> {
  if (!member) return undefined;
  const byMember = known.byMember(member.contactId);
  const atAddress = known.byEmail(member.email);
  if (byMember || !atAddress || !isOther(atAddress, member)) return byMember ?? atAddress;
  // An address that comes with another contact_id than its row's: the old one is read. Gone: the row goes on with the
  // new id, as at first sight; moved: each has its own row [otherid].
  const old = await context.mailchimp.member(context.settings.listId, atAddress.memberContactId!, options.signal);
  if (!old.value || old.value.email === member.email) return atAddress;
  await takeLooks(context, [{ member: old.value, seenAt: old.servedAt }], options);
  return undefined;
}

/** A look that shows nothing new need not be written: the start of the last complete fetch says that it was made. */
const tells = (row: Row, looked: Row): boolean => !isDeepStrictEqual({ ...row, lookedAt: null }, { ...looked, lookedAt: null });

/** A row that takes the place of another of the same member keeps that one's contact. */
const adopt = (row: Row, others: readonly Row[]): Row => ({ ...row, contactId: row.contactId ?? others.find((other) => other.contactId !== null)?.contactId ?? null });

/** What a look is judged with, beside its row. */
export function lookContextFor(context: AudienceContext, each: Look, known: Pick<KnownRows, 'updates'>, options: LookOptions): LookContext {
  return {
    order: new WordOrder(clockDifference(context)),
    seenAt: each.seenAt,
    fetchedAt: options.audience.fetchedAt,
    updates: known.updates,
    interests: [...context.settings.interests.keys()],
    data: context.settings.data,
    pendingCounts: context.settings.pendingCounts,
    ...(each.answerOf && { answerOf: each.answerOf }),
  };
}

/** The rows that some members may concern, and their open updates. */
class KnownRows {
  readonly #byMember: ReadonlyMap<MemberContactId | null, readonly Row[]>;
  readonly #byEmail: ReadonlyMap<EmailAddress | null, readonly Row[]>;
  readonly #byId: ReadonlyMap<RowId, Row>;
  readonly updates: readonly Update[];

  private constructor(rows: readonly Row[], updates: readonly Update[]) {
    this.#byMember = groupBy(rows, (row) => row.memberContactId);
    this.#byEmail = groupBy(rows, (row) => row.email);
    this.#byId = new Map(rows.map((row) => [row.id, row]));
    this.updates = updates;
  }

  static async read({ settings, store }: AudienceContext, looks: readonly Look[]): Promise<KnownRows> {
    const members = looks.flatMap((each) => each.member ?? []);
    const emails = unique(members.map((member) => member.email));
    const ids = looks.flatMap((each) => each.rowId ?? []);
    const found = [
      ...(members.length > 0 ? await store.rowsByMember(settings.listId, unique(members.map((member) => member.contactId))) : []),
      ...(members.length > 0 ? await store.rowsByEmail(settings.listId, emails) : []),
      ...(ids.length > 0 ? await store.rowsById(settings.listId, ids) : []),
    ];
    const rows = distinctRows(found);
    const rereads = rows.flatMap((row) => row.memory.reread ?? []);
    const updates = await store.openUpdates(settings.listId, rows.map((row) => row.id), emails);
    return new KnownRows(rows, rereads.length > 0 ? [...updates, ...(await store.updatesById(rereads))] : updates);
  }

  byId(id: RowId): Row | undefined {
    return this.#byId.get(id);
  }

  /** The update whose answer shared its second with other facts, where a row remembers one [samesecond]. */
  rereadOf(row: Row): Pick<LookContext, 'rereadOf'> {
    const update = this.updates.find((each) => each.id === row.memory.reread);
    return update?.side === 'mailchimp' ? { rereadOf: update } : {};
  }

  byMember(id: MemberContactId): Row | undefined {
    return this.#byMember.get(id)?.[0];
  }

  byEmail(email: EmailAddress): Row | undefined {
    return this.#byEmail.get(email)?.[0];
  }

  sameMember(member: Member, row: Row): readonly Row[] {
    return (this.#byMember.get(member.contactId) ?? []).filter((other) => other.id !== row.id);
  }

  /** Other rows of the same member go; one that stands at its address without being it loses the address. */
  freeing(member: Member, row: Row | null): readonly RowChange[] {
    const same = row ? this.sameMember(member, row) : [];
    const atAddress = (this.#byEmail.get(member.email) ?? []).filter((other) => other.id !== row?.id && !same.includes(other));
    return [
      ...same.map((other): RowChange => ({ kind: 'delete', id: other.id, version: other.version })),
      ...atAddress.map((other): RowChange => ({ kind: 'write', row: { ...other, email: null } })),
    ];
  }

  moves(member: Member, row: Row): readonly UpdateChange[] {
    return this.sameMember(member, row).map((other): UpdateChange => ({ kind: 'move', fromRow: other.id, toRow: row.id }));
  }
}
