import { Type } from 'typebox';
import { SyncError, type ErrorCode } from '../base/errors.ts';
import { checkerOf, parseJson } from '../http/json.ts';
import { redact } from '../http/redaction.ts';
import type { HttpAnswer, HttpFailure, HttpOutcome } from '../http/transport.ts';

/** What was asked, in words without keys or people, and what must not be repeated from an answer. */
export interface Asked {
  readonly what: string;
  readonly secrets: readonly string[];
  /** A write that broke off may have been done. */
  readonly writes: boolean;
}

/** How APIv4 says that a call failed; `error_id` leads to the site's log. */
const checkErrorObject = checkerOf(
  Type.Object({
    error_code: Type.Union([Type.Integer(), Type.String()]),
    error_message: Type.Union([Type.String(), Type.Null()]),
    status: Type.Optional(Type.Integer()),
    error_id: Type.Optional(Type.String()),
  }),
);

export const isErrorObject = (body: unknown): boolean => checkErrorObject(body).fits;

/** The error for an outcome that is not a success of APIv4. */
export function errorOf(outcome: HttpOutcome, asked: Asked): SyncError {
  if (outcome.kind === 'failure') return noAnswer(outcome, asked);
  const body = parseJson(outcome.body);
  return refusal(body, outcome.status, asked) ?? strange(outcome, body, asked);
}

/** The error that an error object stands for; null when it is none. */
export function refusal(body: unknown, status: number, asked: Asked): SyncError | null {
  const error = checkErrorObject(body);
  if (!error.fits) return null;
  const { error_code: code, error_message: message, error_id: id } = error.value;
  const said = `error ${code}, "${redact(message ?? '', asked.secrets)}"${id === undefined ? '' : `, id ${redact(id)}`}`;
  if ((error.value.status ?? status) === 403) {
    return make('civicrm_unauthorized', asked, `the API user may not do this (${said}). Give its role the permission that docs/explanation/requests.md names for it.`);
  }
  return make('civicrm_refused', asked, `CiviCRM refuses (${said}). The log of the site tells more.`);
}

const make = (code: ErrorCode, asked: Asked, what: string): SyncError => new SyncError(code, `${asked.what}: ${what}`);

const unknownFate = (asked: Asked): string => (asked.writes ? ' It may have been done; read again before it is repeated.' : ' The next run tries again.');

function noAnswer({ reason, code }: HttpFailure, asked: Asked): SyncError {
  const fate = unknownFate(asked);
  const errors: Readonly<Record<HttpFailure['reason'], [ErrorCode, string]>> = {
    refused: ['civicrm_unreachable', `no connection to CiviCRM (${code}). Check that the site runs, the network and \`civicrm.url\`.`],
    timed_out: ['civicrm_unreachable', `no answer in time (${code}).${fate}`],
    reset: ['civicrm_unreachable', `the connection broke (${code}).${fate}`],
    aborted: ['aborted', `stopped on request.${fate}`],
    unusable: ['civicrm_unexpected', `the answer cannot be used (${code}). Check \`civicrm.url\` and its certificate.`],
  };
  const [errorCode, what] = errors[reason];
  return make(errorCode, asked, what);
}

function strange(answer: HttpAnswer, body: unknown, asked: Asked): SyncError {
  const { status } = answer;
  if (status === 401) {
    const said = redact(Buffer.from(answer.body).toString('utf8'), asked.secrets);
    return make('civicrm_unauthorized', asked, `CiviCRM does not accept the API key ("${said}"). Check \`civicrm.apiKey\`, and that its user exists and has "authenticate with api key".`);
  }
  if (status === 429) return make('civicrm_unreachable', asked, 'the site takes no more requests just now (429). The next run tries again.');
  if (status >= 502) return make('civicrm_unreachable', asked, `the site is out of order or in maintenance (${status}).${unknownFate(asked)}`);
  if (status >= 300 && status < 400) return make('civicrm_unexpected', asked, `the site redirects (${status}), which is never followed with a key. Check \`civicrm.url\`: scheme, host and sub-directory.`);
  if (status === 200 && body === undefined) return make('civicrm_unexpected', asked, 'a page instead of APIv4\'s answer (200). The site\'s database may be down; or `civicrm.url` and `civicrm.apiPath` do not lead to APIv4.');
  return make('civicrm_unexpected', asked, `something else than APIv4's answer (${status}).${asked.writes ? unknownFate(asked) : ''} Check \`civicrm.url\` and \`civicrm.apiPath\`, and the log of the site.`);
}
