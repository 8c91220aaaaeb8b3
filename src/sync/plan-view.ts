import type { ContactId, EmailAddress, RunId, UpdateId } from '../base/ids.ts';
import type { CivicrmAsk, HeldPlan, MailchimpAsk, Row, Update } from '../store/entities.ts';
import { unique } from './collections.ts';
import { CHUNK } from './pages.ts';
import type { AudienceContext } from './stage.ts';

/** Which of a plan's people are shown. */
export interface PlanPage {
  readonly after?: UpdateId | null;
  readonly limit?: number;
}

/** One change of a plan, with whom it concerns: for messages, never for logs. */
export interface PlannedChange {
  readonly id: UpdateId;
  readonly kind: Update['kind'];
  readonly side: Update['side'];
  readonly email: EmailAddress | null;
  readonly contactId: ContactId | null;
  readonly ask: MailchimpAsk | CivicrmAsk;
  readonly reason: string;
  readonly unclear: boolean;
}

/** A plan with a page of its changes. */
export interface PlanView extends Omit<HeldPlan, 'id' | 'summary'>, Omit<HeldPlan['summary'], 'first'> {
  /** To be named when it is approved or rejected. */
  readonly plan: RunId;
  readonly changes: readonly PlannedChange[];
  /** Where the next page begins; null: this is the last. */
  readonly next: UpdateId | null;
}

const PAGE = 100;

/** The plan that waits for approval, else that of the last dry run. */
async function planShown({ store, settings }: AudienceContext): Promise<HeldPlan | null> {
  return (await store.openPlan(settings.listId)) ?? (await store.plans(settings.listId, CHUNK)).find(({ summary }) => summary.dryRun) ?? null;
}

export async function viewPlan(context: AudienceContext, { after = null, limit = PAGE }: PlanPage): Promise<PlanView | null> {
  const plan = await planShown(context);
  if (!plan) return null;
  const { id, summary, ...rest } = plan;
  const { first: _first, ...figures } = summary;
  const { changes, next } = await changesOf(context, plan, after, limit);
  return { plan: id, ...rest, ...figures, changes, next };
}

/** A held plan's updates are `planned`; a dry run's were dropped at once. */
async function changesOf(context: AudienceContext, plan: HeldPlan, after: UpdateId | null, limit: number): Promise<Pick<PlanView, 'changes' | 'next'>> {
  const { store, settings } = context;
  const first = plan.summary.first;
  if (first === null) return { changes: [], next: null };
  const state = plan.state === 'held' || plan.state === 'approved' ? 'planned' : 'superseded';
  const shown: Update[] = [];
  let at = after ?? ((first - 1) as UpdateId);
  for (let more = true; more && shown.length <= limit; ) {
    const page = await store.updatesOfRun(plan.id, at, CHUNK);
    shown.push(...page.filter((update) => update.state === state));
    at = page.at(-1)?.id ?? at;
    more = page.length === CHUNK;
  }
  const changes = shown.slice(0, limit);
  const rows = new Map((await store.rowsById(settings.listId, unique(changes.flatMap(({ rowId }) => rowId ?? [])))).map((row) => [row.id, row]));
  return { changes: changes.map((update) => changeOf(update, rows.get(update.rowId!))), next: shown.length > limit ? changes.at(-1)!.id : null };
}

const changeOf = (update: Update, row: Row | undefined): PlannedChange => ({
  id: update.id,
  kind: update.kind,
  side: update.side,
  email: update.side === 'mailchimp' ? update.email : (row?.email ?? null),
  contactId: update.contactId ?? row?.contactId ?? null,
  ask: update.ask,
  reason: update.reason,
  unclear: update.unclear,
});

const COLUMNS = ['kind', 'side', 'email', 'contactId', 'ask', 'reason', 'unclear'] as const satisfies readonly (keyof PlannedChange)[];

/** All changes of the plan, a line each (RFC 4180). */
export async function planAsCsv(context: AudienceContext): Promise<string | null> {
  const plan = await planShown(context);
  if (!plan) return null;
  const lines = [COLUMNS.join(',')];
  for (let after: UpdateId | null = null; ; ) {
    const page: Pick<PlanView, 'changes' | 'next'> = await changesOf(context, plan, after, CHUNK);
    for (const change of page.changes) lines.push(COLUMNS.map((column) => cell(change[column])).join(','));
    if (page.next === null) return `${lines.join('\r\n')}\r\n`;
    after = page.next;
  }
}

/** What begins like a formula is kept from being one in a spreadsheet (https://owasp.org/www-community/attacks/CSV_Injection). */
function cell(value: PlannedChange[keyof PlannedChange]): string {
  const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
