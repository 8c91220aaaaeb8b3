import type { ContactId, RowId, RunId, UpdateId } from '../../base/ids.ts';
import type { CivicrmAsk, FailReason, MailchimpAsk, Run, Update, UpdateState } from '../../store/entities.ts';
import type { DecidedUpdate } from '../decision.ts';
import { FAIL_REASONS } from './reasons.ts';
import { listed, told, toldOrNull } from './told.ts';

/** An update as it is told. */
export interface ToldUpdate {
  readonly id: UpdateId;
  readonly rowId: RowId | null;
  readonly contactId: ContactId | null;
  readonly side: 'Mailchimp' | 'CiviCRM';
  readonly kind: Update['kind'];
  /** What was asked for, in words. */
  readonly asked: string;
  readonly reason: string;
  readonly unclear: boolean;
  /** The run, or the approval, that decided it; null: a webhook. */
  readonly run: { readonly id: RunId; readonly mode: Run['mode'] | null; readonly startedAt: string | null } | null;
  readonly state: UpdateState;
  readonly stateMeans: string;
  readonly failReason: FailReason | null;
  readonly answer: string | null;
  readonly decidedAt: string;
  readonly sentAt: string | null;
  readonly settledAt: string | null;
  readonly text: string;
}

/** An update that would be made now. */
export type ToldDecision = Pick<ToldUpdate, 'contactId' | 'side' | 'kind' | 'asked' | 'reason' | 'unclear' | 'text'>;

export interface UpdateContext {
  readonly runs: ReadonlyMap<RunId, Run>;
  /** The plan that waits for approval. */
  readonly held: RunId | null;
  /** Whether an update is of the person who is asked about: of others no data are told. */
  readonly isHers: (update: Pick<Update, 'rowId' | 'contactId'>) => boolean;
}

export function toldUpdate(update: Update, context: UpdateContext): ToldUpdate {
  const decision = toldDecision(update, context.isHers(update));
  const run = update.runId === null ? undefined : context.runs.get(update.runId);
  const stateMeans = run?.dryRun ? 'of a dry run: nothing of it was done' : meaningOf(update, context.held);
  const settled = update.endedAt === null ? '' : ` at ${told(update.endedAt)}`;
  const failed = update.failReason === null ? '' : `: ${update.failReason} (${FAIL_REASONS[update.failReason].means})`;
  const answered = update.answer === null ? '' : `; the service answered: ${update.answer}`;
  const { asked } = decision;
  return {
    ...decision,
    id: update.id,
    rowId: update.rowId,
    run: update.runId === null ? null : { id: update.runId, mode: run?.mode ?? null, startedAt: toldOrNull(run?.startedAt ?? null) },
    state: update.state,
    stateMeans,
    failReason: update.failReason,
    answer: update.answer,
    decidedAt: told(update.createdAt),
    sentAt: toldOrNull(update.sentAt),
    settledAt: toldOrNull(update.endedAt),
    text: `update ${update.id} (${update.kind}), decided at ${told(update.createdAt)} ${decider(update, run)}: ${asked}, because ${inWords(update)}. It is ${stateMeans}${settled}${failed}${answered}.`,
  };
}

const decider = (update: Update, run: Run | undefined): string => (update.runId === null ? 'for a webhook' : run ? `by the ${run.mode} run ${run.id}` : `by approval ${update.runId}`);

/** What is decided, whether it was written down or not. */
export function toldDecision(update: Update | DecidedUpdate, isHers: boolean): ToldDecision {
  const asked = update.side === 'mailchimp' ? askedOfMailchimp(update.ask, isHers) : askedOfCivicrm(update.ask, update.contactId, isHers);
  const { kind, contactId, reason, unclear } = update;
  const side = update.side === 'mailchimp' ? 'Mailchimp' : 'CiviCRM';
  return { contactId, side, kind, asked, reason, unclear, text: `${asked}, because ${inWords(update)}` };
}

const inWords = ({ reason, unclear }: Pick<Update, 'reason' | 'unclear'>): string => `${reason.replaceAll('.000Z', 'Z')}${unclear ? ' (unclear)' : ''}`;

const named = (value: unknown, isHers: boolean): string => (isHers ? ` (${JSON.stringify(value)})` : '');

function askedOfMailchimp(ask: MailchimpAsk, isHers: boolean): string {
  const { status, interests, firstName, lastName, email, mergeFields, tags, language, vip, marketingPermissions } = ask;
  const parts = [
    ...(status === undefined ? [] : [`the status ${status}`]),
    ...Object.entries(interests ?? {}).map(([interest, on]) => `interest ${interest} ${on ? 'on' : 'off'}`),
    ...(email === undefined ? [] : [`another address${named(email, isHers)}`]),
    ...(firstName === undefined ? [] : [`the first name${named(firstName, isHers)}`]),
    ...(lastName === undefined ? [] : [`the last name${named(lastName, isHers)}`]),
    ...(mergeFields === undefined ? [] : [`merge fields ${listed(Object.keys(mergeFields))}`]),
    ...(tags === undefined ? [] : ['tags']),
    ...(language === undefined ? [] : ['the language']),
    ...(vip === undefined ? [] : [vip ? 'VIP' : 'no VIP']),
    ...(marketingPermissions === undefined ? [] : ['marketing permissions']),
  ];
  return `Mailchimp is asked for ${listed(parts)}`;
}

function askedOfCivicrm(ask: CivicrmAsk, contactId: ContactId | null, isHers: boolean): string {
  switch (ask.kind) {
    case 'group':
      return `CiviCRM is asked to set contact ${contactId} to ${ask.status} in group ${ask.groupId}`;
    case 'names':
      return `CiviCRM is asked to give contact ${contactId} the names of Mailchimp${named({ firstName: ask.firstName, lastName: ask.lastName }, isHers)}`;
    case 'email':
      return `CiviCRM is asked to give contact ${contactId} the address of Mailchimp${named(ask.email, isHers)}`;
    case 'hold':
      return `CiviCRM is asked to put the address of contact ${contactId} on hold`;
    case 'contact':
      return 'CiviCRM is asked to make a contact';
  }
}

function meaningOf({ state, claims, runId }: Update, held: RunId | null): string {
  switch (state) {
    case 'planned':
      return held !== null && runId === held ? `planned, in plan ${held} that waits for approval` : 'planned, not yet released';
    case 'queued':
      return 'to be sent';
    case 'sending':
      return 'being sent';
    case 'submitted':
      return 'sent in a batch, without an answer yet';
    case 'done':
      return 'done';
    case 'failed':
      return 'refused';
    case 'aborted':
      return 'given up, because a webhook told of an unsubscribe meanwhile';
    case 'superseded':
      return claims ? 'of unknown fate: should what it asked for turn up, it is our doing' : 'dropped: what to do was decided anew, or its plan was rejected';
  }
}
