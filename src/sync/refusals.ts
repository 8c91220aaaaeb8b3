import type { FailReason } from '../store/entities.ts';

/** What an answer of Mailchimp to an update means (algorithm.md, "Settling an update"). */
export type Outcome =
  | { readonly kind: 'done' }
  /** The person left by herself; or is refused for another reason that only she can lift. */
  | { readonly kind: 'compliance' }
  | { readonly kind: 'refused'; readonly reason: FailReason }
  /** The same update without these data may pass. */
  | { readonly kind: 'data_refused'; readonly errors: Problem['errors'] }
  /** The new address is a member already, or is refused. */
  | { readonly kind: 'address_refused' }
  /** No such member: read it, decide anew. */
  | { readonly kind: 'missing' }
  /** Surely not done. */
  | { readonly kind: 'not_done' }
  /** May have been done. */
  | { readonly kind: 'unknown' };

interface Problem {
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
}

/**
 * Classes an answer by status code and title; prose only where several refusals share both (facts/mailchimp.md,
 * Refusals: field messages can be localised).
 * @param renames the update asked for a new address
 */
export function outcomeOf(answer: { readonly statusCode: number; readonly body: unknown }, renames: boolean): Outcome {
  const { statusCode } = answer;
  if (statusCode >= 200 && statusCode < 300) return { kind: 'done' };
  if (statusCode === 404 || statusCode === 405) return { kind: 'missing' }; // 405: archived already (facts/mailchimp.md)
  if (statusCode === 429 || (statusCode === 403 && answer.body === null)) return { kind: 'not_done' };
  if (statusCode >= 500) return { kind: 'unknown' };
  const problem = problemOf(answer.body);
  if (statusCode !== 400) return { kind: 'refused', reason: 'other' };
  if (problem.title === 'Member In Compliance State') return { kind: 'compliance' };
  if (problem.title === 'Forgotten Email Not Subscribed') return { kind: 'refused', reason: 'forgotten' };
  if (problem.title === 'Member Exists') return renames ? { kind: 'address_refused' } : { kind: 'missing' };
  if (problem.title !== 'Invalid Resource') return { kind: 'refused', reason: 'other' };
  if (renames && problem.errors.some(({ field }) => field.startsWith('email'))) return { kind: 'address_refused' };
  if (/merge fields/i.test(problem.detail) || isAboutData(problem)) return { kind: 'data_refused', errors: problem.errors };
  if (/lot of lists/.test(problem.detail)) return { kind: 'refused', reason: 'later' };
  if (/fake or invalid|valid email/.test(problem.detail)) return renames ? { kind: 'address_refused' } : { kind: 'refused', reason: 'address_refused' };
  return { kind: 'refused', reason: 'other' };
}

/** Data beside merge fields, as the fields of a member are named. */
const isAboutData = ({ errors }: Problem): boolean => errors.length > 0 && errors.every(({ field }) => /^(merge_fields|language|vip|marketing_permissions|tags)\b/.test(field));

/** A refusal's title and the fields it names, without its prose: that may hold an address. */
export function describeRefusal(answer: { readonly statusCode: number; readonly body: unknown }): string {
  const { title, errors } = problemOf(answer.body);
  const fields = errors.map(({ field }) => field).filter(Boolean);
  return `${answer.statusCode} ${title}${fields.length > 0 ? ` (${fields.join(', ')})` : ''}`.trim();
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function problemOf(body: unknown): Problem {
  const found = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
  const errors = Array.isArray(found['errors']) ? found['errors'] : [];
  return {
    title: text(found['title']),
    detail: text(found['detail']),
    errors: errors.flatMap((each: unknown) => {
      if (typeof each !== 'object' || each === null) return [];
      const { field, message } = each as Readonly<Record<string, unknown>>;
      return [{ field: text(field), message: text(message) }];
    }),
  };
}
