import { request as httpRequest } from 'node:http';
import type { NodeMessage } from 'node-red';
import helper from 'node-red-node-test-helper';
import { registerConfigNode } from '../../../nodes/config/config-node.ts';
import type { EngineNode } from '../../../nodes/lib/engine-node.ts';
import { systemClock, type Clock } from '../../../src/base/clock.ts';
import { limitBody } from '../../../src/cli/body-limit.ts';
import type { JsonObject } from '../../../src/settings/json.ts';
import { startSimulators, type RunningSimulators, type SimulatorsOptions } from '../../../src/simulator/simulators.ts';
import { world } from '../../../src/simulator/world.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { AudienceStatus } from '../../../src/sync/engine.ts';
import { openEngine } from '../../../src/sync/open-engine.ts';
import type { Counts } from '../../../src/sync/stage.ts';
import { MAX_BODY } from '../../../src/sync/webhook-request.ts';
import { messageAt, useNodeRed } from './flow.ts';
import { FlowServer } from './served-flow.ts';

export const LIST = world.mailchimp.listId;
const GROUP = world.civicrm.subscriptionGroup.id;
export const WILMA = 'wilma@example.org';

const CONTROL = { type: 'mailchimpsync-control', config: 'sync-config', start: '', wires: [['answered']] };

/** A webhook as Mailchimp sends it, with some fields changed. */
export const form = (changes: Readonly<Record<string, string>> = {}): string =>
  new URLSearchParams({ type: 'unsubscribe', fired_at: '2026-11-24 08:00:00', 'data[list_id]': LIST, 'data[email]': WILMA, 'data[id]': '8a25ff1d98', ...changes }).toString();

export const countsOf = ({ payload }: NodeMessage): Counts => payload as Counts;

/** The next counts of the batch handler, or of the webhook node, after a message to a node of the flow. */
export async function countsAfter(from: string, at: 'sync-settled' | 'sync-handled'): Promise<Counts> {
  const counts = messageAt(at);
  helper.getNode(from).receive({});
  return countsOf(await counts);
}

/** Handled webhooks come out one turn after the other, until this holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await messageAt('sync-handled');
}

/** What the control node answers. */
export async function control(topic: string, payload: unknown = ''): Promise<unknown> {
  const answered = messageAt('answered');
  helper.getNode('control').receive({ topic, payload: payload as string });
  return (await answered).payload;
}

export const status = async (): Promise<AudienceStatus> => ((await control('status')) as readonly [AudienceStatus])[0];

/** A run of the flow, from its start to its last stage. */
export async function run(): Promise<void> {
  const done = messageAt('sync-done');
  helper.getNode('sync-now').receive({});
  await done;
}

/** Requests to Mailchimp of a kind. */
export async function requests(kind: string): Promise<number> {
  const config = helper.getNode('sync-config') as EngineNode;
  const sent = await config.work(new AbortController().signal, (engine) => Promise.resolve(engine.requests()));
  return sent.mailchimp.get(kind) ?? 0;
}

/** The reference flow in a real Node-RED, called by a simulated Mailchimp over HTTP, over both services by HTTP. */
export class WebhookFlow {
  readonly #server = new FlowServer();
  #address = '';
  #services: RunningSimulators | null = null;

  /** To be called once in a `describe`. */
  static use(): WebhookFlow {
    const flow = new WebhookFlow();
    before(async () => {
      flow.#address = await flow.#server.listen((app) => (request, response) => limitBody(request, response, MAX_BODY, () => app(request, response)));
    });
    useNodeRed();
    afterEach(() => flow.services.close());
    after(() => flow.#server.close());
    return flow;
  }

  get services(): RunningSimulators {
    if (this.#services === null) throw new Error('start comes first');
    return this.#services;
  }

  /** @param changes to nodes of the flow by id · @param list more settings of the audience */
  async start(options: SimulatorsOptions = {}, { changes = {}, list = {} }: { readonly changes?: Readonly<Record<string, object>>; readonly list?: JsonObject } = {}): Promise<void> {
    this.#services = await startSimulators({ registerWebhooks: true, webhookBase: this.#address, ...options });
    const { settings, clock: time } = this.#services;
    const lists = settings['lists'] as JsonObject;
    const written = { ...settings, lists: { ...lists, [LIST]: { ...(lists[LIST] as JsonObject), ...list } } };
    // The engine's clock goes with the services': a test moves both at once.
    const clock: Clock = { now: () => time.now(), wait: (duration, signal) => systemClock.wait(duration, signal) };
    await this.#server.load(
      (RED) => registerConfigNode(RED, async (read, { log }) => openEngine(read, { store: await openSqliteStore(':memory:'), clock, log })),
      JSON.stringify(written),
      '{}',
      { control: CONTROL, answered: { type: 'helper', wires: [] }, ...changes },
    );
  }

  /** The status of the contact with this address in the subscription group. */
  groupOf(email: string): string | null | undefined {
    const { tables } = this.services.civicrm;
    const contact = [...tables.email.all()].find((row) => row.email === email)?.contact_id;
    return contact ? tables.groupContact.find('contact_id', contact).find((row) => row.group_id === GROUP)?.status : undefined;
  }

  /** People of CiviCRM who are in the group; Mailchimp has not heard of them. */
  addPeople(count: number): void {
    const { acts } = this.services.civicrm;
    for (let number = 0; number < count; number += 1) acts.addToGroup(acts.createContact({ firstName: `P${number}`, lastName: 'Rubble', email: `p${number}@example.org` }), GROUP);
  }

  url(secret: string = world.webhookSecret): string {
    return `${this.#address}/mailchimpsync/webhook?secret=${secret}`;
  }

  /** What a webhook is answered with. */
  async post(body: string | FormData, { secret, headers = {} }: { readonly secret?: string; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<number> {
    const type = body instanceof FormData ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    return (await fetch(this.url(secret), { method: 'POST', headers: { ...type, ...headers }, body })).status;
  }

  /** What a body in so many chunks of 16 KB is answered with, without a Content-Length. */
  postInChunks(chunks: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(this.url(), { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', 'transfer-encoding': 'chunked' } }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject);
      for (let chunk = 0; chunk < chunks; chunk += 1) sent.write('x'.repeat(16 * 1024));
      sent.end();
    });
  }
}
