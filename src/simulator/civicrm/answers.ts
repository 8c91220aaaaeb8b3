import type { SimulatedResponse } from '../service.ts';
import type { ApiError } from './failures.ts';
import { NotSimulated, PhpError } from './failures.ts';
import type { Outcome } from './get.ts';
import type { Refusal } from './keys.ts';
import type { Caller, Site } from './site.ts';
import { errorId } from './site.ts';

type Body = SimulatedResponse['body'];

export function answer(site: Site, status: number, type: string, body: Body): SimulatedResponse {
  return { status, headers: { 'content-type': type, date: new Date(site.time.now()).toUTCString() }, body };
}

export const json = (site: Site, status: number, body: unknown): SimulatedResponse => answer(site, status, 'application/json', JSON.stringify(body));

/** PHP's error page; 6.5 answers nothing at all (recorded). */
export const errorPage = (site: Site): SimulatedResponse =>
  answer(site, 500, 'text/html; charset=UTF-8', site.version === '6.5' ? '' : '<!DOCTYPE html>\n<html lang="en"><head><title>Error</title></head><body><p>Sorry, due to an error, we are unable to fulfil your request at the moment.</p></body></html>');

export const loginPage = (site: Site, status: number): SimulatedResponse => answer(site, status, 'text/html; charset=UTF-8', '<!DOCTYPE html>\n<html lang="en"><head><title>Log in</title></head><body></body></html>');

/** Status 200 although nothing worked (recorded). */
export const databaseDown = (site: Site): SimulatedResponse => answer(site, 200, 'text/html; charset=UTF-8', `Critical error. Please see server logs for errorID:${errorId(site)}<br/>\n`);

export const maintenance = (site: Site): SimulatedResponse => json(site, 503, { status_code: 503, status_message: 'Temporarily unavailable for maintenance.' });

export const readOnlyMethod = (site: Site): SimulatedResponse => json(site, 405, { error_code: 405, error_message: 'SECURITY: All requests that modify the database must be http POST, not GET.' });

const REFUSALS = { 'unknown key': 'Invalid credential', 'not permitted': 'Login not permitted. Must satisfy guard (site_key, perm).' } as const;

export function refusal(site: Site, { refused }: Refusal): SimulatedResponse {
  if (refused !== 'no credential') return answer(site, 401, 'text/plain;charset=UTF-8', `HTTP 401 ${REFUSALS[refused]}`);
  return json(site, 400, { error_code: 400, error_message: 'SECURITY ALERT: Ajax requests can only be issued by javascript clients, eg. CRM.api4().' });
}

/** The object around an action's rows. */
export function envelope(site: Site, entity: string, action: string, outcome: Outcome, values: unknown): Readonly<Record<string, unknown>> {
  return {
    values,
    entity,
    action,
    debug: null,
    version: 4,
    ...(site.version === '6.18' ? { errors: [], max_error_level: null, is_blocking_error: false } : {}),
    count: outcome.count ?? outcome.values.length,
    countFetched: outcome.values.length,
    ...(outcome.matched === undefined ? {} : { countMatched: outcome.matched }),
  };
}

interface ErrorBody {
  readonly error_code: number | string;
  readonly error_message: string;
  readonly status: 403 | 500;
  readonly error_id?: string;
}

/** Without "view debug output" nothing is told but an id (recorded). */
export function errorBody(site: Site, caller: Caller, error: ApiError): ErrorBody {
  const id = errorId(site);
  if (!caller.permissions.has('view debug output')) {
    return { error_code: '1', error_message: `Sorry an error occurred and your request was not completed. (Error ID: ${id})`, status: error.status };
  }
  return { ...(site.version === '6.5' ? {} : { error_id: id }), error_code: 0, error_message: error.message, status: error.status };
}

/** The whole answer to a request that failed in a way that no error object tells; anything else is a fault of the simulator. */
export function failurePage(site: Site, error: unknown): SimulatedResponse {
  if (error instanceof PhpError) return errorPage(site);
  if (error instanceof NotSimulated) return answer(site, 501, 'text/plain;charset=UTF-8', error.message);
  throw error;
}

