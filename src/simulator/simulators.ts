import type { RowMirror } from './civicrm/row-mirror.ts';
import { SimulatorClock } from './clock.ts';
import { Control } from './control/control.ts';
import { claimDirectory, type DirectoryClaim } from './directory-claim.ts';
import { judge, type ReportedFailure, type Verdict } from './people/judge.ts';
import { observe } from './people/observe.ts';
import { registerWebhooks, unregisterWebhooks } from './register-webhooks.ts';
import { SeededRandom } from './seeded-random.ts';
import { serve, type ServedService } from './server.ts';
import type { SimulatedService } from './service.ts';
import { CivicrmSimulator, MailchimpSimulator } from './simulated-services.ts';
import { simulatorSettings, type JsonObject } from './simulator-settings.ts';
import { openState, type SimulatorState, type StatefulParts } from './simulator-state.ts';
import { WebhookSender } from './webhook-sender.ts';
import { Worker } from './worker.ts';
import { world } from './world.ts';

export interface SimulatorsOptions {
  /** Directory that keeps the state from one start to the next. Without it nothing is kept. */
  readonly state?: string;
  /** How many people there are; without it as many as the state holds, none in a new one. */
  readonly people?: number;
  /** Of the people and of all chance. Default 1. */
  readonly seed?: number;
  /** Zone of the CiviCRM site, an IANA name; without it the one that the state holds, UTC in a new one. */
  readonly timezone?: string;
  /** Free ones where missing or 0. */
  readonly ports?: { readonly mailchimp?: number; readonly civicrm?: number; readonly control?: number };
  /** Where the sync's webhooks are reached; default `http://127.0.0.1:1880`. */
  readonly webhookBase?: string;
  /** Registers the sync's webhooks at the simulated Mailchimp, without asking whether somebody answers there; else those of an earlier start are taken away. */
  readonly registerWebhooks?: boolean;
  /** Keeps CiviCRM's rows in a database too. */
  readonly mirror?: RowMirror;
}

export interface SimulatorUrls {
  /** Without `/3.0`. */
  readonly mailchimp: string;
  readonly civicrm: string;
  readonly control: string;
}

/** Both simulated services, answering. */
export interface RunningSimulators {
  readonly urls: SimulatorUrls;
  /** The JSON settings that connect a sync with them. */
  readonly settings: JsonObject;
  readonly clock: SimulatorClock;
  readonly mailchimp: MailchimpSimulator;
  readonly civicrm: CivicrmSimulator;
  /** Null: the state went on from where it was; else why it was made afresh. */
  readonly fresh: string | null;
  /** Compares every generated person with what was foretold; `reported`: what the sync says it cannot do. */
  judge(reported?: readonly ReportedFailure[]): Verdict[];
  /** Lets requests under way end, saves the state, frees the ports. */
  close(): Promise<void>;
}

/** Starts both services and the control interface on 127.0.0.1. Rejects when a port is taken or the state cannot be read. */
export async function startSimulators(options: SimulatorsOptions = {}): Promise<RunningSimulators> {
  const claim = options.state === undefined ? null : await claimDirectory(options.state);
  try {
    return await start(options, claim);
  } catch (error) {
    await claim?.release();
    throw error;
  }
}

async function start(options: SimulatorsOptions, claim: DirectoryClaim | null): Promise<RunningSimulators> {
  const { webhookBase = 'http://127.0.0.1:1880' } = options;
  let mailchimpUrl = '';
  const sender = new WebhookSender();
  const parts = makeParts(options, sender, () => mailchimpUrl);
  const { clock, mailchimp, civicrm } = parts;
  const state = openState(parts, { directory: options.state, people: options.people, seed: options.seed, timezone: options.timezone });
  if (options.registerWebhooks) registerWebhooks(mailchimp, webhookBase);
  else unregisterWebhooks(mailchimp);
  state.changed();
  const judgeAll = (reported?: readonly ReportedFailure[]): Verdict[] => judge(state.expectations, observe(mailchimp, civicrm), reported);
  const servers = await serveAll(parts, state, judgeAll, options.ports ?? {}).catch((error: unknown) => {
    state.close();
    throw error;
  });
  mailchimpUrl = servers.mailchimp.url;
  const worker = new Worker(mailchimp, clock, () => state.told());
  return {
    clock,
    mailchimp,
    civicrm,
    urls: { mailchimp: servers.mailchimp.url, civicrm: servers.civicrm.url, control: servers.control.url },
    settings: simulatorSettings({ mailchimpUrl, civicrmUrl: servers.civicrm.url, timezone: state.timezone, webhookBase }),
    fresh: state.fresh,
    judge: judgeAll,
    close: async () => {
      worker.stop();
      await Promise.all([servers.mailchimp.close(), servers.civicrm.close(), servers.control.close()]);
      state.close();
      sender.end();
      await claim?.release();
    },
  };
}

function makeParts({ seed = 1, mirror }: SimulatorsOptions, sender: WebhookSender, mailchimpUrl: () => string): StatefulParts {
  const clock = new SimulatorClock();
  const random = new SeededRandom(seed);
  const chance = { clock, random: () => random.fraction() };
  return {
    clock,
    random,
    mailchimp: new MailchimpSimulator({
      ...chance,
      apiKey: world.mailchimp.apiKey,
      baseUrl: mailchimpUrl,
      deliver: (post) => sender.post(post),
      validate: (url) => sender.validate(url),
    }),
    civicrm: new CivicrmSimulator({ ...chance, apiKey: world.civicrm.apiKey, ...(mirror && { mirror }) }),
  };
}

interface Servers {
  readonly mailchimp: ServedService;
  readonly civicrm: ServedService;
  readonly control: ServedService;
}

async function serveAll(
  { clock, mailchimp, civicrm }: StatefulParts,
  state: SimulatorState,
  judgeAll: RunningSimulators['judge'],
  ports: NonNullable<SimulatorsOptions['ports']>,
): Promise<Servers> {
  const open: ServedService[] = [];
  const put = async (service: Pick<SimulatedService, 'handle'>, port: number | undefined, handled: () => void): Promise<ServedService> => {
    const served = await serve(service, { clock, port: port ?? 0, handled });
    open.push(served);
    return served;
  };
  try {
    const mailchimpServer = await put(mailchimp, ports.mailchimp, () => state.told());
    const civicrmServer = await put(civicrm, ports.civicrm, () => state.told());
    const requests = { mailchimp: mailchimpServer.requests, civicrm: civicrmServer.requests };
    const control = new Control({ clock, mailchimp, civicrm, requests, judge: judgeAll });
    return { mailchimp: mailchimpServer, civicrm: civicrmServer, control: await put(control, ports.control, () => state.told()) };
  } catch (error) {
    await Promise.all(open.map((server) => server.close()));
    throw error;
  }
}
