import type { Duration } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import { parseJson, type Checked } from '../http/json.ts';
import { sharedBudget } from '../http/budget.ts';
import { TROUBLE_OF, type Trouble } from '../http/retry.ts';
import { Service, abortedError, type Call, type ClientEnvironment } from '../http/service.ts';
import type { HttpOutcome } from '../http/transport.ts';
import type { AccountSettings } from '../settings/settings.ts';
import type { Answered, MemberOperation, OperationAnswer } from './api.ts';
import { callKind, pathTemplate } from './call-names.ts';
import { errorOf, redirected, type Asked } from './failures.ts';
import { MaybeDone, NotDone } from './send-errors.ts';

/**
 * How long a request may stay silent. Longer than the 120 s after which Mailchimp gives up by itself, so that what we
 * give up is over there as well (facts/mailchimp.md).
 */
const SILENCE: Duration = 125_000;
const WORTH_REPEATING: ReadonlySet<Trouble> = new Set(['refused', 'overloaded', 'broken', 'timed_out']);

/** A read as data. */
export interface Read<Value> {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** No attempt starts later than so long after the first. */
  readonly deadline: Duration;
  readonly check: (body: unknown) => Checked<Value>;
}

/** Calls to one Mailchimp account: authentication, what an answer means, and what is safe to repeat. */
export class MailchimpCalls {
  readonly service: Service;
  readonly #account: AccountSettings;

  constructor(account: AccountSettings, environment: ClientEnvironment) {
    this.#account = account;
    this.service = new Service(environment, sharedBudget(account.apiUrl, account.apiKey, account.connections), troubleOf);
  }

  /** A GET, repeated while that may help; null on 404, when Mailchimp itself says so. */
  async read<Value>(read: Read<Value>, signal?: AbortSignal): Promise<Answered<Value | null>> {
    const asked = this.#asked('GET', read.path);
    const call = this.#call({ method: 'GET', path: read.path, ...(read.query === undefined ? {} : { query: read.query }) });
    const { outcome, servedAt } = await this.service.repeated(call, { deadline: read.deadline, repeat: WORTH_REPEATING }, signal);
    if (outcome.kind === 'failure') {
      if (outcome.reason === 'aborted') throw abortedError();
      throw errorOf(outcome, asked, SyncError);
    }
    const body = parseJson(outcome.body);
    if (outcome.status === 404 && body !== undefined) return { value: null, servedAt };
    if (outcome.status !== 200) throw errorOf(outcome, asked, SyncError);
    return { value: fitting(read.check(body), asked), servedAt };
  }

  /** A read of something that is there as long as its audience is. */
  async readExisting<Value>(read: Read<Value>, signal?: AbortSignal): Promise<Answered<Value>> {
    const { value, servedAt } = await this.read(read, signal);
    if (value !== null) return { value, servedAt };
    throw new SyncError('audience_missing', `${this.#asked('GET', read.path).what}: the account has no such audience as ${audienceIn(read.path)} (404). Check its id in \`lists\` and the account that it names.`);
  }

  /** Sends a write exactly once. A refusal is an answer; everything else throws `NotDone` or `MaybeDone`. */
  async send(operation: MemberOperation, signal?: AbortSignal): Promise<Answered<OperationAnswer>> {
    const asked = this.#asked(operation.method, operation.path);
    const { outcome, servedAt } = await this.#sendOnce(operation, signal);
    if (outcome.kind === 'failure') {
      if (outcome.reason === 'aborted') throw new MaybeDone('aborted', `${asked.what} was stopped on request before Mailchimp answered; what became of it must be read.`);
      throw errorOf(outcome, asked, outcome.reason === 'refused' ? NotDone : MaybeDone);
    }
    if (outcome.status === 401 || isOverload(outcome)) throw errorOf(outcome, asked, NotDone);
    if (outcome.status >= 500 || redirected(outcome)) throw errorOf(outcome, asked, MaybeDone);
    if (outcome.body.byteLength === 0) return { value: { statusCode: outcome.status, body: null }, servedAt };
    const body = parseJson(outcome.body);
    if (body === undefined) throw new MaybeDone('mailchimp_unexpected', `${asked.what} was answered with status ${outcome.status} and something that is not JSON; what became of it must be read.`);
    return { value: { statusCode: outcome.status, body }, servedAt };
  }

  async #sendOnce(operation: MemberOperation, signal?: AbortSignal): Promise<{ outcome: HttpOutcome; servedAt: number }> {
    try {
      return await this.service.once(this.#call(operation), signal);
    } catch (error) {
      if (error instanceof SyncError && error.code === 'aborted') throw new NotDone('aborted', error.message);
      throw error;
    }
  }

  #asked(method: string, path: string): Asked {
    return { what: `${method} ${pathTemplate(path)} (account "${this.#account.label}")`, secrets: [this.#account.apiKey] };
  }

  #call({ method, path, query, body }: { readonly method: 'GET' | MemberOperation['method'] } & Omit<MemberOperation, 'method'>): Call {
    const search = new URLSearchParams(query).toString();
    return {
      kind: callKind(method, path),
      request: {
        method,
        url: `${this.#account.apiUrl}${path}${search === '' ? '' : `?${search}`}`,
        headers: {
          Accept: 'application/json',
          // Any user name will do; the key alone counts.
          Authorization: `Basic ${Buffer.from(`mailchimpsync:${this.#account.apiKey}`).toString('base64')}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeout: SILENCE,
        repeatable: method === 'GET',
      },
    };
  }
}

/** 429, or a 403 that is not a problem body, is how Mailchimp says "too many" (facts/mailchimp.md). */
const isOverload = (outcome: HttpOutcome): boolean =>
  outcome.kind === 'answer' && (outcome.status === 429 || (outcome.status === 403 && parseJson(outcome.body) === undefined));

function troubleOf(outcome: HttpOutcome): Trouble | null {
  if (outcome.kind === 'failure') return TROUBLE_OF[outcome.reason];
  return isOverload(outcome) ? 'overloaded' : outcome.status >= 500 ? 'broken' : null;
}

function fitting<Value>(checked: Checked<Value>, asked: Asked): Value {
  if (checked.fits) return checked.value;
  throw new SyncError('mailchimp_unexpected', `${asked.what} was answered with something else than the API describes: ${checked.where}. Check \`apiUrl\`; if it is right, report this.`);
}

/** The audience that a path is about: an audience's id is nobody's data. */
const audienceIn = (path: string): string => /^\/lists\/([^/]+)/.exec(path)?.[1] ?? 'this';
