import type { ErrorCode, SyncError } from '../base/errors.ts';
import { parseJson } from '../http/json.ts';
import { redact } from '../http/redaction.ts';
import type { HttpAnswer, HttpOutcome } from '../http/transport.ts';
import { checkProblem } from './shapes.ts';

/** What was asked, in words without keys or people, and what must not be repeated from an answer. */
export interface Asked {
  readonly what: string;
  readonly secrets: readonly string[];
}

type ErrorClass = new (code: ErrorCode, message: string) => SyncError;

export const redirected = ({ status }: HttpAnswer): boolean => status >= 300 && status < 400;

/** The error for an outcome that is neither a success nor a refusal of one operation. */
export function errorOf(outcome: HttpOutcome, asked: Asked, Class: ErrorClass): SyncError {
  const [code, what] = outcome.kind === 'failure' ? failure(outcome.reason, outcome.code) : answer(outcome, asked);
  return new Class(code, `${asked.what}: ${what}`);
}

function failure(reason: string, code: string): [ErrorCode, string] {
  switch (reason) {
    case 'refused':
      return ['mailchimp_unreachable', `no connection to Mailchimp (${code}). Check the network and \`apiUrl\`.`];
    case 'timed_out':
      return ['mailchimp_unreachable', `no answer in time (${code}). Mailchimp may be slow; the next run tries again.`];
    case 'reset':
      return ['mailchimp_unreachable', `the connection broke (${code}). The next run tries again.`];
    default:
      return ['mailchimp_unexpected', `the answer cannot be used (${code}). Check \`apiUrl\` and its certificate.`];
  }
}

function answer(outcome: HttpAnswer, asked: Asked): [ErrorCode, string] {
  const { status } = outcome;
  const problem = checkProblem(parseJson(outcome.body));
  const title = problem.fits ? `"${redact(problem.value.title, asked.secrets)}"` : 'no problem body';
  if (status === 401) return ['mailchimp_unauthorized', `Mailchimp does not accept the API key (401). Check the account's \`apiKey\` and the data centre in \`apiUrl\`.`];
  if (status === 429 || (status === 403 && !problem.fits)) return ['mailchimp_overloaded', `Mailchimp takes no more requests just now (${status}). Other programs with this account may be busy; the next run tries again.`];
  if (status >= 500) return ['mailchimp_unreachable', `Mailchimp is out of order (${status}, ${title}). The next run tries again.`];
  if (redirected(outcome)) return ['mailchimp_unexpected', `Mailchimp redirects (${status}), which is never followed with a key. Check \`apiUrl\`: https, and nothing after \`/3.0\`.`];
  if (problem.fits) return ['mailchimp_refused', `Mailchimp refuses (${status}, ${title}).`];
  return ['mailchimp_unexpected', `an answer with status ${status} that is not Mailchimp's. Check \`apiUrl\`.`];
}
