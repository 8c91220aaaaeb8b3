import { MINUTE, type Duration } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import type { RowId } from '../base/ids.ts';
import type { CivicrmAsk, CivicrmUpdate, FailReason, Row } from '../store/entities.ts';
import type { UpdateSet } from '../store/store.ts';
import { isAdded } from './civicrm-word.ts';
import { groupBy, inChunks, unique } from './collections.ts';
import { commitOptions, rewriteRows } from './commit.ts';
import { claimantOf } from './holder.ts';
import { isRefusal } from './refused-contact.ts';
import type { AudienceContext } from './stage.ts';

/** Group contacts a call (facts/civicrm.md: 50 to 100). */
const GROUP_CHUNK = 100;
/** Longer than any call may take; a claim that a dead process left is ended sooner. */
const CLAIM: Duration = 5 * MINUTE;

type GroupUpdate = CivicrmUpdate & { readonly ask: Extract<CivicrmAsk, { kind: 'group' }> };
const isGroupUpdate = (update: CivicrmUpdate): update is GroupUpdate => update.ask.kind === 'group';

export interface Applied {
  readonly done: number;
  readonly failed: number;
  readonly anew: number;
}

/**
 * Applies planned updates to CiviCRM, at once. Their rows are claimed meanwhile, so that nobody else decides them. What
 * fails or may have failed is decided anew: CiviCRM is asked first then.
 */
export async function applyCivicrm(context: AudienceContext, updates: readonly CivicrmUpdate[], options: { readonly signal?: AbortSignal | undefined }): Promise<Applied> {
  const claimant = claimantOf(context.holder, context.random);
  const application = new Application(context, claimant, options.signal);
  try {
    for (const chunk of inChunks(updates, GROUP_CHUNK)) {
      options.signal?.throwIfAborted();
      await application.apply(chunk);
    }
  } finally {
    await context.store.releaseRows(context.settings.listId, claimant);
  }
  return application.counts;
}

class Application {
  readonly #context: AudienceContext;
  readonly #claimant: string;
  readonly #signal: AbortSignal | undefined;
  readonly counts = { done: 0, failed: 0, anew: 0 };

  constructor(context: AudienceContext, claimant: string, signal: AbortSignal | undefined) {
    this.#context = context;
    this.#claimant = claimant;
    this.#signal = signal;
  }

  async apply(updates: readonly CivicrmUpdate[]): Promise<void> {
    const sending = await this.#begin(updates);
    const groups = sending.filter(isGroupUpdate);
    for (const [, inCall] of groupBy(groups, (update) => update.writeId)) await this.#saveGroups(await this.#stillAsDecided(inCall));
    for (const update of sending) if (!isGroupUpdate(update)) await this.#save(update);
  }

  /** Claims the rows and marks the updates as being sent; those that somebody decided anew meanwhile fall away. */
  async #begin(updates: readonly CivicrmUpdate[]): Promise<readonly CivicrmUpdate[]> {
    const { store, settings, clock } = this.#context;
    const now = clock.now();
    const rows = await store.rowsById(settings.listId, unique(updates.flatMap((update) => update.rowId ?? [])));
    const claimed = new Set(await store.claimRows(settings.listId, rows, this.#claimant, now, now + CLAIM));
    const mine = updates.filter((update) => update.rowId !== null && claimed.has(update.rowId));
    await this.#decideAnew(updates.filter((update) => !mine.includes(update)));
    const outcomes = await store.commit(
      settings.listId,
      mine.map((update) => ({ updates: [{ kind: 'write' as const, id: update.id, from: ['planned' as const], set: { state: 'sending' as const, sentAt: now } }], claimant: this.#claimant })),
      commitOptions(this.#context),
    );
    return mine.filter((_, index) => outcomes[index]?.kind === 'done');
  }

  /** A group status is compared before it is written: a save makes a history row even when nothing changes (facts/civicrm.md). */
  async #stillAsDecided(updates: readonly GroupUpdate[]): Promise<readonly GroupUpdate[]> {
    if (updates.length === 0) return [];
    await this.#context.civicrm.catchUp(this.#signal);
    const statuses = await this.#context.civicrm.groupContacts(unique(updates.map((update) => update.contactId!)), unique(updates.map((update) => update.ask.groupId)), this.#signal);
    const added = new Set(statuses.filter(({ status }) => isAdded(status)).map(({ contactId, groupId }) => `${contactId}:${groupId}`));
    const isSo = (update: GroupUpdate): boolean => added.has(`${update.contactId}:${update.ask.groupId}`) === (update.ask.status === 'Added');
    await this.#decideAnew(updates.filter(isSo), { sentAt: null });
    return updates.filter((update) => !isSo(update));
  }

  async #saveGroups(updates: readonly GroupUpdate[]): Promise<void> {
    if (updates.length === 0) return;
    try {
      await this.#context.civicrmWriter.saveGroupContacts(
        updates.map(({ contactId, ask }) => ({ contactId: contactId!, groupId: ask.groupId, status: ask.status })),
        updates[0]!.writeId,
        this.#signal,
      );
    } catch (error) {
      await this.#groupsFailed(updates, error);
      return;
    }
    await this.#settle(updates, { state: 'done' });
    this.counts.done += updates.length;
  }

  /** A refusal of several may be one record's fault: each is tried alone. Anything else stops here and is decided anew. */
  async #groupsFailed(updates: readonly GroupUpdate[], error: unknown): Promise<void> {
    if (!isRefusal(error)) {
      await this.#decideAnew(updates);
      throw error;
    }
    if (updates.length === 1) return this.#refused(updates[0]!, error);
    for (const update of updates) await this.#saveGroups(await this.#stillAsDecided([update]));
  }

  async #save(update: CivicrmUpdate): Promise<void> {
    const { civicrmWriter } = this.#context;
    const contactId = update.contactId!;
    try {
      switch (update.ask.kind) {
        case 'names':
          await civicrmWriter.saveNames(contactId, update.ask, this.#signal);
          break;
        case 'email':
          await civicrmWriter.addEmail(contactId, update.ask.email, this.#signal);
          break;
        case 'hold':
          await civicrmWriter.holdEmail(contactId, update.ask.email, this.#signal);
          break;
        case 'group':
        case 'contact':
          throw new SyncError('internal', `an update of the kind "${update.kind}" is not saved alone`);
      }
    } catch (error) {
      if (isRefusal(error)) return this.#refused(update, error);
      await this.#decideAnew([update]);
      throw error;
    }
    await this.#settle([update], { state: 'done' });
    await this.#remember(update);
    this.counts.done += 1;
  }

  /** What both sides agree on now. */
  async #remember(update: CivicrmUpdate): Promise<void> {
    await this.#rewrite([update], (row) => agreed(row, update.ask));
  }

  async #refused(update: CivicrmUpdate, error: SyncError): Promise<void> {
    const failReason: FailReason = 'other';
    await this.#settle([update], { state: 'failed', failReason, answer: error.message });
    await this.#rewrite([update], (row) => ({ ...row, syncStatus: 'fail', failReason }));
    this.counts.failed += 1;
  }

  /** One that may have been done stays one that was sent: it counts for the brake. */
  async #decideAnew(updates: readonly CivicrmUpdate[], set: Pick<UpdateSet, 'sentAt'> = {}): Promise<void> {
    if (updates.length === 0) return;
    await this.#settle(updates, { ...set, state: 'superseded' });
    await this.#rewrite(updates, (row) => ({ ...row, syncStatus: 'todo' }));
    this.counts.anew += updates.length;
  }

  async #settle(updates: readonly CivicrmUpdate[], set: UpdateSet): Promise<void> {
    const endedAt = this.#context.clock.now();
    await this.#context.store.commit(
      this.#context.settings.listId,
      updates.map((update) => ({ updates: [{ kind: 'write' as const, id: update.id, from: ['planned' as const, 'sending' as const], set: { ...set, endedAt } }] })),
      commitOptions(this.#context),
    );
  }

  async #rewrite(updates: readonly CivicrmUpdate[], change: (row: Row) => Row): Promise<void> {
    const ids: RowId[] = unique(updates.flatMap((update) => update.rowId ?? []));
    const rows = await this.#context.store.rowsById(this.#context.settings.listId, ids);
    await rewriteRows(this.#context, rows, async (again) => again.map((row) => ({ rows: [{ kind: 'write', row: change(row) }] })));
  }
}

function agreed(row: Row, ask: CivicrmAsk): Row {
  switch (ask.kind) {
    case 'group':
    case 'contact':
      return row;
    case 'email':
      return { ...row, agreedEmail: ask.email };
    case 'hold':
      return { ...row, memory: { ...row.memory, held: true } };
    case 'names':
      return { ...row, memory: { ...row.memory, names: { ...row.memory.names, ...namesOf(ask) } } };
  }
}

const namesOf = ({ kind: _kind, ...names }: Extract<CivicrmAsk, { kind: 'names' }>): Pick<Extract<CivicrmAsk, { kind: 'names' }>, 'firstName' | 'lastName'> => names;
