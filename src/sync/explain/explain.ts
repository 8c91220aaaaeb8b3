import type { Duration, Instant } from '../../base/clock.ts';
import type { ListId } from '../../base/ids.ts';
import type { AudienceContext } from '../stage.ts';
import { explainAudience, type AudienceExplanation } from './explain-audience.ts';
import type { PersonAsked } from './known.ts';
import type { LookOptions } from './seen.ts';
import { told } from './told.ts';

/** Why a person is subscribed, or not: for people who ask, never for logs. */
export interface Explanation {
  readonly asked: PersonAsked;
  /** When the question was asked. */
  readonly at: string;
  /** Whether anything is known of the person at any of the audiences. */
  readonly known: boolean;
  readonly audiences: readonly AudienceExplanation[];
  /** The same in sentences. */
  readonly text: string;
}

export interface ExplainOptions {
  readonly listIds: readonly ListId[] | null;
  readonly signal: AbortSignal;
  /** How long a look at a service may take, 30 s unless given. */
  readonly patience?: Duration;
}

/** Explains a person at some audiences. Read-only: takes no lease and no claim, so that it never waits for a run. */
export async function explain(contexts: readonly AudienceContext[], asked: PersonAsked, now: Instant, options: LookOptions): Promise<Explanation> {
  const audiences = await Promise.all(contexts.map((context) => explainAudience(context, asked, options)));
  const title = `Asked at ${told(now)} about ${'email' in asked ? asked.email : 'contactId' in asked ? `contact ${asked.contactId}` : `member ${asked.memberId}`}. Times are UTC.`;
  return { asked, at: told(now), known: audiences.some(({ known }) => known), audiences, text: [title, ...audiences.map(({ text }) => text)].join('\n\n') };
}
