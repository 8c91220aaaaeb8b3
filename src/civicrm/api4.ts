import { Type } from 'typebox';
import type { Duration } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import { sharedBudget } from '../http/budget.ts';
import { checkerOf, parseJson, type Checked } from '../http/json.ts';
import { TROUBLE_OF, type Trouble } from '../http/retry.ts';
import { Service, type Call, type ClientEnvironment } from '../http/service.ts';
import type { HttpOutcome } from '../http/transport.ts';
import type { CivicrmSettings } from '../settings/settings.ts';
import { errorOf, isErrorObject, refusal, type Asked } from './failures.ts';

/** How long a call may stay silent; the slowest recorded one took 5 s. */
const SILENCE: Duration = 120_000;
/** Calls at the same time. Four parallel writes went 2.5 times as fast as one, without a deadlock (facts/civicrm.md). */
const CONNECTIONS = 4;

const READS_REPEAT: ReadonlySet<Trouble> = new Set(['refused', 'overloaded', 'broken', 'timed_out']);
/** Where nothing can have been done. */
const WRITES_REPEAT: ReadonlySet<Trouble> = new Set(['refused', 'overloaded']);

/** A success is JSON with `values`, nothing else: a dead database answers a page with status 200 (facts/civicrm.md). */
const checkSuccess = checkerOf(Type.Object({ values: Type.Array(Type.Unknown()) }));

export interface Api4Call {
  readonly entity: string;
  readonly action: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** People's data in the parameters, which an error message of CiviCRM may repeat. */
  readonly people?: readonly string[];
}

/** Calls to APIv4 over REST: where it is, how it is asked, what counts as a success, and what is safe to repeat. */
export class Api4 {
  readonly service: Service;
  readonly #settings: CivicrmSettings;
  readonly #endpoint: string;

  constructor(settings: CivicrmSettings, environment: ClientEnvironment) {
    this.#settings = settings;
    this.#endpoint = endpointOf(settings);
    this.service = new Service(environment, sharedBudget(settings.url, settings.apiKey, CONNECTIONS), troubleOf);
  }

  /** A call that changes nothing, repeated while that may help. Gives its `values`. */
  async read(call: Api4Call, deadline: Duration, signal?: AbortSignal): Promise<readonly unknown[]> {
    return this.#values(call, { deadline, repeat: READS_REPEAT }, false, signal);
  }

  /** A call that changes something: repeated only when no connection came about. */
  async write(call: Api4Call, deadline: Duration, signal?: AbortSignal): Promise<readonly unknown[]> {
    return this.#values(call, { deadline, repeat: WRITES_REPEAT }, true, signal);
  }

  /** Several reads in one request; their `values` in the same order. One that fails fails all. */
  async readMany(calls: readonly Api4Call[], deadline: Duration, signal?: AbortSignal): Promise<readonly (readonly unknown[])[]> {
    const asked = this.#asked(`POST api4 with ${calls.length} calls of ${calls[0]?.entity}.${calls[0]?.action}`, [], false);
    const form = { calls: JSON.stringify(calls.map(({ entity, action, params }) => [entity, action, params])) };
    const { outcome } = await this.service.repeated(this.#call('calls', '', form, true), { deadline, repeat: READS_REPEAT }, signal);
    const answers = outcome.kind === 'answer' && outcome.status === 200 ? parseJson(outcome.body) : undefined;
    if (!Array.isArray(answers) || answers.length !== calls.length) throw errorOf(outcome, asked);
    return answers.map((answer: unknown) => {
      const success = checkSuccess(answer);
      if (success.fits) return success.value.values;
      throw refusal(answer, 200, asked) ?? errorOf(outcome, asked);
    });
  }

  /** A row in the shape that the caller needs; `civicrm_unexpected` when it has another. */
  fitting<Row>(checked: Checked<Row>, { entity, action }: Api4Call): Row {
    if (checked.fits) return checked.value;
    throw new SyncError(
      'civicrm_unexpected',
      `${entity}.${action}: a row without what was asked for: ${checked.where}. A field that the API user may not see is left out silently; check its permissions.`,
    );
  }

  async #values(call: Api4Call, repetition: { deadline: Duration; repeat: ReadonlySet<Trouble> }, writes: boolean, signal?: AbortSignal): Promise<readonly unknown[]> {
    const { entity, action, params, people = [] } = call;
    const kind = `${entity}.${action}`;
    const form = { params: JSON.stringify(params) };
    const { outcome } = await this.service.repeated(this.#call(kind, `/${entity}/${action}`, form, !writes), repetition, signal);
    const success = outcome.kind === 'answer' && outcome.status === 200 ? checkSuccess(parseJson(outcome.body)) : null;
    if (success?.fits === true) return success.value.values;
    throw errorOf(outcome, this.#asked(`POST ${entity}/${action}`, people, writes));
  }

  #asked(what: string, people: readonly string[], writes: boolean): Asked {
    return { what, secrets: [this.#settings.apiKey, ...people], writes };
  }

  /** The parameters go as a form field: a JSON body is ignored, and the call runs with empty ones (facts/civicrm.md). */
  #call(kind: string, path: string, form: Readonly<Record<string, string>>, repeatable: boolean): Call {
    return {
      kind,
      request: {
        method: 'POST',
        url: `${this.#endpoint}${path}`,
        headers: {
          Accept: 'application/json',
          'Content-Type': 'application/x-www-form-urlencoded',
          'X-Civi-Auth': `Bearer ${this.#settings.apiKey}`,
          // CiviCRM's guard against forged requests of browsers asks for it.
          'X-Requested-With': 'XMLHttpRequest',
        },
        body: new URLSearchParams(form).toString(),
        timeout: SILENCE,
        repeatable,
      },
    };
  }
}

/** Where APIv4 is, without a slash at its end. The path may be a query (`?civiwp=CiviCRM&q=civicrm/ajax/api4/`). */
function endpointOf({ url, apiPath }: CivicrmSettings): string {
  const path = apiPath.startsWith('/') ? apiPath : `/${apiPath}`;
  return `${url}${path.replace(/\/+$/, '')}`;
}

function troubleOf(outcome: HttpOutcome): Trouble | null {
  if (outcome.kind === 'failure') return TROUBLE_OF[outcome.reason];
  if (outcome.status === 429) return 'overloaded';
  // An error object is APIv4's own answer, and would be the same again.
  return outcome.status >= 500 && !isErrorObject(parseJson(outcome.body)) ? 'broken' : null;
}
