import type { EmailAddress } from '../../base/ids.ts';
import type { InboxEntry } from '../../store/entities.ts';
import { isOwnUnsubscribe } from '../webhooks/handle-webhook.ts';
import { told, toldOrNull } from './told.ts';

/** A webhook as it is told: nothing of its payload but what was done, and by whom. */
export interface ToldWebhook {
  readonly type: string;
  /** null: of somebody else. */
  readonly email: EmailAddress | null;
  /** What happened, and who did it, in words. */
  readonly what: string;
  readonly firedAt: string;
  readonly receivedAt: string;
  /** null: it waits. */
  readonly handledAt: string | null;
  readonly attempts: number;
  /** Why it waits. */
  readonly waits: string | null;
  readonly text: string;
}

/** What a webhook tells, and who did it as far as it says (facts/mailchimp.md). */
export function whoDidIt(entry: InboxEntry): string {
  const { type, payload } = entry;
  switch (type) {
    case 'unsubscribe':
      if (isOwnUnsubscribe(entry)) return payload['reason'] === 'abuse' ? 'unsubscribed by the person, with a complaint of spam' : 'unsubscribed by the person';
      return payload['action'] === 'delete' ? 'deleted or archived by an administrator' : 'unsubscribed, not by the person';
    case 'subscribe':
      return 'subscribed';
    case 'cleaned':
      return payload['reason'] === 'abuse' ? 'cleaned after a complaint of spam' : 'cleaned after bounces';
    case 'upemail':
      return 'changed to another address';
    case 'profile':
      return 'names, interests or other data changed';
    default:
      return type;
  }
}

/** @param limits the kinds of changes of which as many were made in 24 hours as the limits allow */
export function toldWebhook(entry: InboxEntry, { limits, enabled, isHers }: { readonly limits: readonly string[]; readonly enabled: boolean; readonly isHers: boolean }): ToldWebhook {
  const waits = entry.handledAt === null ? whyItWaits(entry, limits, enabled) : null;
  const what = whoDidIt(entry);
  return {
    type: entry.type,
    email: isHers ? entry.email : null,
    what,
    firedAt: told(entry.firedAt),
    receivedAt: told(entry.receivedAt),
    handledAt: toldOrNull(entry.handledAt),
    attempts: entry.attempts,
    waits,
    text: `webhook "${entry.type}"${isHers ? ` of ${entry.email}` : ''} (${what}), fired at ${told(entry.firedAt)}, received at ${told(entry.receivedAt)}, ${entry.handledAt === null ? `waits: ${waits}` : `handled at ${told(entry.handledAt)}`}`,
  };
}

function whyItWaits(entry: InboxEntry, limits: readonly string[], enabled: boolean): string {
  if (!enabled) return 'the audience is disabled';
  if (entry.attempts === 0) return 'it has not been handled yet';
  const tried = `tried ${entry.attempts} times`;
  if (limits.length > 0 && !isOwnUnsubscribe(entry)) return `${tried}; as many people as the limits allow in 24 hours were changed (${limits.join(', ')}), so it waits for room or for “approve”`;
  return `${tried}; somebody else was at work on the person, a service did not answer, or the limits left no room`;
}
