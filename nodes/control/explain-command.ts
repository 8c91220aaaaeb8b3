import { SyncError } from '../../src/base/errors.ts';
import { contactId, emailAddress } from '../../src/base/ids.ts';
import type { PersonAsked } from '../../src/sync/explain/known.ts';
import { askedLists, readAskedRun } from '../lib/run-request.ts';
import type { Command } from './commands.ts';

/** CiviCRM's ids are whole numbers of four bytes: the time stamp of an inject node is none. */
const HIGHEST_ID = 4_294_967_295;

const isId = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= HIGHEST_ID;
const isAddress = (value: unknown): value is string => typeof value === 'string' && /^[^\s@]+@[^\s@]+$/u.test(value.trim());
const isMemberId = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{1,64}$/.test(value);

/** Whom a payload names; throws `message_invalid`, which repeats nothing of it. */
function readPerson(payload: unknown): PersonAsked {
  if (isId(payload)) return { contactId: contactId(payload) };
  if (isAddress(payload)) return { email: emailAddress(payload.trim()) };
  if (typeof payload === 'string' && /^\d+$/.test(payload.trim())) return readPerson(Number(payload));
  if (typeof payload === 'object' && payload !== null && Object.keys(payload).length === 1) {
    const { email, contactId: contact, memberId } = payload as Readonly<Record<string, unknown>>;
    if (isAddress(email)) return { email: emailAddress(email.trim()) };
    if (isId(contact)) return { contactId: contactId(contact) };
    if (isMemberId(memberId)) return { memberId };
  }
  throw new SyncError('message_invalid', 'msg.payload names nobody: it may be an e-mail address, the id of a CiviCRM contact, {"email": …}, {"contactId": …} or {"memberId": "the member\'s id or contact_id at Mailchimp"}.');
}

/** Why a person is subscribed or not, at the audiences named, or at all. */
export const explain = async ({ engine, sync, payload, signal }: Command): Promise<unknown> => engine.explain(readPerson(payload), { listIds: askedLists(readAskedRun(sync)), signal });
