import type { SimulatorClock } from '../clock.ts';
import type { ReportedFailure, Verdict } from '../people/judge.ts';
import type { RequestCounter } from '../request-counter.ts';
import type { SimulatedRequest, SimulatedResponse } from '../service.ts';
import type { CivicrmSimulator, MailchimpSimulator } from '../simulated-services.ts';
import { ControlError, isObject, type Acts } from './act.ts';
import { civicrmActs } from './civicrm-acts.ts';
import { clockActs } from './clock-acts.ts';
import { mailchimpActs } from './mailchimp-acts.ts';
import { summarise } from './summary.ts';

/** What the control interface has its hands on. */
export interface Controlled {
  readonly clock: SimulatorClock;
  readonly mailchimp: MailchimpSimulator;
  readonly civicrm: CivicrmSimulator;
  readonly requests: { readonly mailchimp: RequestCounter; readonly civicrm: RequestCounter };
  readonly judge: (reported?: readonly ReportedFailure[]) => Verdict[];
}

type Route = (body: unknown) => unknown;

/** The control interface: JSON over HTTP, described in docs/reference/simulators.md. */
export class Control {
  readonly #routes: Readonly<Record<string, Route>>;
  readonly #services: Readonly<Record<string, Acts>>;

  constructor(controlled: Controlled) {
    const { clock, mailchimp, civicrm, requests } = controlled;
    this.#services = { mailchimp: mailchimpActs(mailchimp), civicrm: civicrmActs(civicrm), clock: clockActs(clock) };
    this.#routes = {
      'GET /acts': () => describe(this.#services),
      'POST /act': (body) => this.#act(body),
      'GET /state': () => ({ clock: clock.save(), mailchimp: mailchimp.save(), civicrm: civicrm.save() }),
      'GET /summary': () => summarise(mailchimp, civicrm),
      'GET /requests': () => ({ mailchimp: requests.mailchimp.counts(), civicrm: requests.civicrm.counts() }),
      'DELETE /requests': () => {
        requests.mailchimp.reset();
        requests.civicrm.reset();
      },
      'GET /judge': () => controlled.judge(),
      'POST /judge': (body) => controlled.judge(reportedIn(body)),
    };
  }

  async handle(request: SimulatedRequest): Promise<SimulatedResponse> {
    const name = `${request.method} ${request.path}`;
    const route = this.#routes[name];
    if (route === undefined) return answer(404, { error: `there is no ${name}; there are ${Object.keys(this.#routes).join(', ')}` });
    try {
      return answer(200, { result: (await route(bodyOf(request))) ?? null });
    } catch (error) {
      // Services refuse impossible acts with plain errors: the caller's slip as well.
      return answer(400, { error: error instanceof Error ? error.message : String(error) });
    }
  }

  #act(body: unknown): unknown {
    if (!isObject(body)) throw new ControlError('the body must be {"service": …, "act": …, "args": {…}}');
    const { service, act: name, args = {}, ...more } = body;
    const [unknown] = Object.keys(more);
    if (unknown !== undefined) throw new ControlError(`unknown property "${unknown}"`);
    if (!isObject(args)) throw new ControlError('"args" must be an object');
    return own(own(this.#services, 'service', service), 'act', name).perform(args);
  }
}

/** The property of that name; its own, so that a name such as `constructor` finds nothing. */
function own<Value>(values: Readonly<Record<string, Value>>, what: string, name: unknown): Value {
  const value = typeof name === 'string' && Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw new ControlError(`unknown ${what} ${JSON.stringify(name)}; there are ${Object.keys(values).join(', ')}`);
  return value;
}

const describe = (services: Readonly<Record<string, Acts>>): unknown =>
  Object.fromEntries(
    Object.entries(services).map(([service, acts]) => [service, Object.fromEntries(Object.entries(acts).map(([name, { parameters }]) => [name, parameters]))]),
  );

function reportedIn(body: unknown): readonly ReportedFailure[] {
  const reported = isObject(body) ? body['reported'] : undefined;
  if (!Array.isArray(reported) || !reported.every(isReported)) {
    throw new ControlError('the body must be {"reported": [{"email": …, "contactId": …, "reason": …}]}');
  }
  return reported;
}

const isReported = (value: unknown): value is ReportedFailure =>
  isObject(value) &&
  typeof value['reason'] === 'string' &&
  (value['email'] === undefined || value['email'] === null || typeof value['email'] === 'string') &&
  (value['contactId'] === undefined || value['contactId'] === null || typeof value['contactId'] === 'number');

/** JSON is asked for by name, so that no page in a browser can make the simulators act. */
function bodyOf({ method, headers, body }: SimulatedRequest): unknown {
  if (method === 'GET') return undefined;
  if (!(headers['content-type'] ?? '').startsWith('application/json')) throw new ControlError('the content type must be application/json');
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new ControlError('the body is not JSON');
  }
}

const answer = (status: number, value: unknown): SimulatedResponse => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
