import type { AudienceExplanation, ToldMemberNow } from './explain-audience.ts';
import { contactInWords } from './told-contact.ts';
import { memberInWords, rowInWords, type ToldRow } from './told-row.ts';
import { wouldHappenInWords } from './would-happen.ts';

/** Kinds of updates that answer why somebody is subscribed or not. */
const OF_SUBSCRIPTION: ReadonlySet<string> = new Set(['subscribe', 'unsubscribe', 'add', 'remove']);

/** An audience's part of an explanation, line by line. */
export function audienceInWords(explanation: Omit<AudienceExplanation, 'text'>): readonly string[] {
  const { listId, name, known, contactIds, contactId, rows, contacts, updates, webhooks, now, wouldHappen, held, running } = explanation;
  const heading = `Audience ${name}${name === listId ? '' : ` (${listId})`}`;
  if (!known) return [heading, '', ...now.troubles.map((trouble) => `${trouble}.`), now.troubles.length > 0 ? 'This sync has nothing about this person here.' : 'Nobody here knows this person: neither this sync, nor Mailchimp, nor CiviCRM.'];
  return [
    heading,
    '',
    ...why(explanation),
    ...(contactIds.length > 1 ? [`${contactIds.length} contacts hang together by their addresses: ${contactIds.join(', ')}. ${contactId === null ? 'None of them alone is the person.' : `The person asked about is contact ${contactId}.`}`] : []),
    ...(held === null ? [] : [`Plan ${held.plan} waits for approval since ${held.since}.`]),
    ...(running === null ? [] : [`Run ${running} is under way: what is told may change while you read.`]),
    '',
    'What this sync last knew:',
    ...(rows.length > 0 ? rows.flatMap((row) => rowInWords(row).map((line) => `  ${line}`)) : ['  Nothing: no run has seen the person yet.']),
    ...contacts.flatMap(({ contactId: id, words }) => words.map(({ about, text }) => `  Remembered of contact ${id} about the ${about}: ${text}.`)),
    '',
    'How it is now:',
    ...now.troubles.map((trouble) => `  ${trouble}.`),
    ...(now.mailchimp?.map((member) => `  At Mailchimp, ${addressOf(member, rows)}: ${member.status === null ? 'no such member' : memberInWords(member)}.`) ?? []),
    ...(now.mailchimp?.length === 0 ? ['  At Mailchimp: no such member.'] : []),
    ...(now.civicrm?.flatMap(contactInWords) ?? []),
    ...(now.civicrm?.length === 0 ? ['  In CiviCRM: no such contact.'] : []),
    '',
    'What was done, newest first:',
    ...(updates.length > 0 ? updates.map(({ text }) => `  ${text.charAt(0).toUpperCase()}${text.slice(1)}`) : ['  Nothing.']),
    '',
    'What Mailchimp told, newest first:',
    ...(webhooks.length > 0 ? webhooks.map(({ text }) => `  ${text.charAt(0).toUpperCase()}${text.slice(1)}.`) : ['  Nothing that is kept (webhooks are, for 30 days).']),
    '',
    'What would happen now, in a run with data:',
    ...(wouldHappen ? wouldHappenInWords(wouldHappen) : ['  Not known: both services are needed for that.']),
  ];
}

const addressOf = ({ email, row }: ToldMemberNow, rows: readonly ToldRow[]): string =>
  email ?? `an address of contact ${rows.find((each) => each.row === row)?.contactIds.join(', ') || 'somebody else'}`;

/** The answer in short: how the person stands, by whose word, and what this sync did about it. */
function why({ rows, updates, now }: Omit<AudienceExplanation, 'text'>): readonly string[] {
  const own = rows.filter(({ isAsked }) => isAsked);
  const lines = own.flatMap((row) => {
    const status = now.mailchimp?.find((member) => member.row === row.row)?.status ?? row.mailchimp?.status ?? null;
    const word = row.words.find(({ about }) => about === 'subscription');
    return [
      `${row.email ?? 'The person'} is ${status === null ? 'no member' : status} at Mailchimp.${word ? ` The last word on it: ${word.text}.` : ''}`,
      ...(row.reason === null || row.status !== 'fail' ? [] : [`It cannot be synced, reason ${row.reason}: ${row.reasonMeans}`]),
    ];
  });
  const last = updates.find(({ kind, state }) => OF_SUBSCRIPTION.has(kind) && (state === 'done' || state === 'failed'));
  return [...lines, last ? `The last that this sync did about it: ${last.text}` : 'This sync has done nothing about it.'];
}
