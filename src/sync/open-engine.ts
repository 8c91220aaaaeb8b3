import { SECOND, systemClock, type Duration } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import { runId, type ListId, type RunId } from '../base/ids.ts';
import { systemRandom } from '../base/random.ts';
import { createCivicrm, type Civicrm } from '../civicrm/client.ts';
import type { MailchimpApi } from '../mailchimp/api.ts';
import { createMailchimpApi } from '../mailchimp/client.ts';
import type { AudienceSettings, CivicrmSettings, Settings } from '../settings/settings.ts';
import type { Run, StageName } from '../store/entities.ts';
import type { RunStart } from '../store/store.ts';
import { handleBatches } from './batch-handler.ts';
import { approve, reject } from './approve.ts';
import { boundGroups } from './changed-contacts.ts';
import { checkBindings } from './check-bindings.ts';
import type { AudienceStatus, Engine, EngineOptions, OpenEngine, StageOptions, StageOutcome, StartOutcome } from './engine.ts';
import { explain } from './explain/explain.ts';
import { smartGroupsAmong } from './group-members.ts';
import { handleInbox } from './handle-inbox.ts';
import { endLeaseOfDead } from './dead-lease.ts';
import { letGo, newHolder } from './holder.ts';
import { brakeStatus } from './people-changed.ts';
import { planAsCsv, viewPlan } from './plan-view.ts';
import { receiveBatchWebhook } from './receive-webhook.ts';
import { release } from './release.ts';
import { runStage } from './stage-run.ts';
import { LEASE, type AudienceContext, type Counts, type RunRequest } from './stage.ts';
import { Webhooks } from './webhooks/webhooks.ts';

/** How long somebody who asks about a person waits for a service. */
const PATIENCE: Duration = 30 * SECOND;

/** Opens an engine on an open store; the store is closed with it. */
export const openEngine: OpenEngine = async (settings, options) => new OpenedEngine(settings, options);

class OpenedEngine implements Engine {
  readonly settings: Settings;
  readonly #options: Required<Omit<EngineOptions, 'adapter'>>;
  readonly #holder: string;
  readonly #mailchimp = new Map<string, MailchimpApi>();
  readonly #civicrm: (Civicrm & { readonly settings: CivicrmSettings }) | null;
  readonly #webhooks: Webhooks;
  /** Runs that have a stage at work here: a message that comes twice does not start it twice. */
  readonly #working = new Set<RunId>();
  /** Webhooks that waited because of the limits when the inbox was last handled. */
  readonly #beyondLimits = new Map<ListId, number>();

  constructor(settings: Settings, options: EngineOptions) {
    this.settings = settings;
    const { store, clock = systemClock, random = systemRandom, log = () => undefined, adapter } = options;
    this.#options = { store, clock, random, log };
    this.#holder = newHolder(random);
    const environment = { clock, random, ...(adapter && { adapter }) };
    for (const account of settings.accounts.values()) this.#mailchimp.set(account.label, createMailchimpApi(account, environment));
    this.#webhooks = new Webhooks({ settings, store, clock, log, mailchimp: ({ label }) => this.#mailchimp.get(label)! });
    this.#civicrm = settings.civicrm && { ...createCivicrm(settings.civicrm, environment), settings: settings.civicrm };
  }

  async start(listId: ListId, request: RunRequest): Promise<StartOutcome> {
    const audience = this.#audience(listId);
    if (!audience.enabled) return { kind: 'not_started', reason: 'disabled', run: null };
    const context = this.#context(audience);
    const held = await context.store.openPlan(listId);
    if (held?.state === 'held') return { kind: 'not_started', reason: 'held', run: await context.store.run(held.id) };
    await checkBindings(context);
    const { id, ...asked } = request;
    const run = { ...asked, id: id ?? runId(context.random.token(8)), listId, startedAt: context.clock.now() };
    const begin = (): Promise<RunStart> => context.store.startRun(run, this.#holder, context.clock.now(), LEASE);
    let begun = await begin();
    if (begun.kind === 'busy' && (await endLeaseOfDead(context.store, listId))) begun = await begin();
    if (begun.kind === 'busy') return { kind: 'not_started', reason: 'busy', run: begun.run };
    return { kind: begun.kind, run: begun.run };
  }

  async runStage(stage: StageName, id: RunId, options: StageOptions): Promise<StageOutcome> {
    const run = await this.#options.store.run(id);
    if (!run || this.#working.has(id)) return { kind: 'passed' };
    this.#working.add(id);
    try {
      const outcome = await runStage(this.#context(this.#audience(run.listId)), run, stage, options);
      if (stage === 'fetch') await this.#webhooks.checkDue(options.signal);
      return outcome;
    } finally {
      this.#working.delete(id);
    }
  }

  async abort(listId: ListId): Promise<Run | null> {
    return this.#options.store.abortRun(this.#audience(listId).listId, this.#options.clock.now());
  }

  async release(listId: ListId, reason: Parameters<Engine['release']>[1]): Promise<number> {
    return release(this.#context(this.#audience(listId)), reason);
  }

  plan: Engine['plan'] = async (listId, page) => viewPlan(this.#context(this.#audience(listId)), page);

  planAsCsv: Engine['planAsCsv'] = async (listId) => planAsCsv(this.#context(this.#audience(listId)));

  approve: Engine['approve'] = async (listId, options) => {
    const done = await approve(this.#context(this.#audience(listId)), options);
    this.#beyondLimits.delete(listId); // what waits still is seen when the inbox is next handled
    return done;
  };

  reject: Engine['reject'] = async (listId, options) => reject(this.#context(this.#audience(listId)), options);

  explain: Engine['explain'] = async (person, { listIds, signal, patience = PATIENCE }) => {
    const audiences = (listIds ?? [...this.settings.audiences.keys()]).map((listId) => this.#context(this.#audience(listId)));
    return explain(audiences, person, this.#options.clock.now(), { signal, patience });
  };

  async status(): Promise<readonly AudienceStatus[]> {
    const { store } = this.#options;
    const batches = await store.batchesInState(['sending', 'submitted']);
    const statuses: AudienceStatus[] = [];
    for (const audience of this.settings.audiences.values()) {
      const { listId, name } = audience;
      statuses.push({
        listId,
        name,
        rows: await store.countRows(listId),
        fails: await store.countFails(listId),
        lastRun: (await store.runs(listId, 1))[0] ?? null,
        fetchedAt: (await store.audience(listId)).fetchedAt,
        openBatches: batches.filter((batch) => batch.listId === listId),
        queuedUpdates: await store.countUpdatesInState(listId, ['queued']),
        inbox: await store.countUnhandled(listId),
        brake: await brakeStatus({ ...this.#options, settings: audience }, this.#beyondLimits.get(listId) ?? 0),
        webhooks: this.#webhooks.status(audience),
      });
    }
    return statuses;
  }

  async handleBatches(options: Parameters<Engine['handleBatches']>[0]): Promise<Counts> {
    const counts = await this.#forAll((context) => handleBatches(context, options));
    await this.#webhooks.checkDue(options.signal);
    const webhookProblems = this.#webhooks.problems();
    return { ...counts, ...(webhookProblems > 0 && { webhookProblems }) };
  }

  receiveWebhook: Engine['receiveWebhook'] = (request) => this.#webhooks.receive(request);

  administerWebhooks: Engine['administerWebhooks'] = async (action, options) => {
    for (const listId of options.listIds ?? []) this.#audience(listId);
    return this.#webhooks.administer(action, options);
  };

  receiveBatchWebhook: Engine['receiveBatchWebhook'] = (request) => receiveBatchWebhook({ settings: this.settings }, request);

  async handleInbox({ signal }: Parameters<Engine['handleInbox']>[0]): Promise<Counts> {
    return this.#forAll(async (context) => {
      const counts = await handleInbox(context, null, signal);
      this.#beyondLimits.set(context.settings.listId, counts['beyondLimits'] ?? 0);
      return counts;
    });
  }

  requests(): ReturnType<Engine['requests']> {
    const mailchimp = new Map<string, number>();
    for (const api of this.#mailchimp.values()) for (const [kind, count] of api.requests()) mailchimp.set(kind, (mailchimp.get(kind) ?? 0) + count);
    return { mailchimp, civicrm: this.#civicrm?.reader.requests() ?? new Map<string, number>() };
  }

  async close(): Promise<void> {
    letGo(this.#holder);
    await this.#civicrm?.close();
    await this.#options.store.close();
  }

  /** One audience's trouble keeps nobody from the others; the first is thrown in the end. */
  async #forAll(work: (context: AudienceContext) => Promise<Counts>): Promise<Counts> {
    const sum: Record<string, number> = {};
    const failures: unknown[] = [];
    for (const audience of this.settings.audiences.values())
      try {
        for (const [name, count] of Object.entries(await work(this.#context(audience)))) sum[name] = (sum[name] ?? 0) + count;
      } catch (error) {
        failures.push(error);
      }
    if (failures.length > 0) throw failures[0];
    return sum;
  }

  #audience(listId: ListId): AudienceSettings {
    const audience = this.settings.audiences.get(listId);
    if (!audience) throw new SyncError('audience_unknown', `The settings have no audience ${listId} under "lists"; they have: ${[...this.settings.audiences.keys()].join(', ') || 'none'}.`);
    return audience;
  }

  #context(settings: AudienceSettings): AudienceContext {
    if (!this.#civicrm) throw new SyncError('civicrm_missing', 'The settings have no "civicrm" section: add one with "url" and "apiKey".');
    return {
      ...this.#options,
      settings,
      civicrmSettings: this.#civicrm.settings,
      mailchimp: this.#mailchimp.get(settings.account.label)!,
      civicrm: this.#civicrm.reader,
      civicrmWriter: this.#civicrm.writer,
      contactData: this.#civicrm.data,
      smartGroups: smartGroupsAmong(this.#civicrm.reader, boundGroups({ settings })),
      holder: this.#holder,
      sawChange: (lastChanged) => this.#webhooks.sawChange(settings, lastChanged),
    };
  }
}
