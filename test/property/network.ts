import type { BatchRecord } from '../../src/simulator/mailchimp/records.ts';
import { operation } from './retell.ts';
import type { Truth } from './truth.ts';
import type { Watch } from './watch.ts';
import type { World } from './world.ts';

const FAULTS = [
  { method: 'PATCH', path: /\/members\//, effect: false },
  { method: 'PATCH', path: /\/members\//, effect: true },
  { method: 'PUT', path: /\/members\//, effect: false },
  { method: 'PUT', path: /\/members\//, effect: true },
  { method: 'POST', path: /\/batches$/, effect: false },
  { method: 'POST', path: /\/batches$/, effect: true },
] as const;

/** Between Mailchimp and the sync: webhooks on their way, batches that Mailchimp works off, and requests that go wrong. */
export class Network {
  readonly #world: World;
  readonly #watch: Watch;
  /** Which act a webhook tells of, by the delivery's id. */
  readonly #acts = new Map<number, { readonly truth: Truth; readonly seq: number }>();

  constructor(world: World, watch: Watch) {
    this.#world = world;
    this.#watch = watch;
  }

  /** Remembers which webhooks tell of what is done meanwhile. */
  during(act: () => void): void {
    const before = this.#world.sequence.now;
    const last = this.#world.mailchimp.webhooks.all().at(-1)?.id ?? 0;
    act();
    const seq = this.#world.sequence.now;
    if (seq === before) return;
    for (const { id, listId } of this.#world.mailchimp.webhooks.all()) if (id > last && listId !== null) this.#acts.set(id, { truth: this.#world.audienceOf(listId).truth, seq });
  }

  async deliver(which: number): Promise<void> {
    const id = this.#waiting(which);
    if (id !== undefined) await this.#deliver(id);
  }

  /** At least once, says Mailchimp: the original is still on its way. */
  async deliverCopy(which: number): Promise<void> {
    const id = this.#waiting(which);
    if (id === undefined) return;
    const copy = this.#world.mailchimp.webhooks.repeat(id);
    const act = this.#acts.get(id);
    if (act !== undefined) this.#acts.set(copy, act);
    await this.#deliver(copy);
  }

  async deliverAll(): Promise<void> {
    for (let id = this.#waiting(0); id !== undefined; id = this.#waiting(0)) await this.#deliver(id);
  }

  lose(which: number): void {
    const id = this.#waiting(which);
    if (id === undefined) return;
    this.#world.mailchimp.webhooks.lose(id);
    this.#world.tell(`   the webhook ${this.#described(id)} is lost`);
  }

  /** Runs one operation of a batch. `fault` 1: a 5xx and nothing done; 2: done, and yet a 5xx. */
  async execute(which: number, place: number, fault: number): Promise<void> {
    const unfinished = this.#world.mailchimp.batches.unfinished();
    const batch = unfinished[which % (unfinished.length || 1)];
    if (!batch) return;
    const left = [...batch.results.keys()].filter((each) => batch.results[each] === null);
    const next = left[place % left.length];
    if (next !== undefined) await this.#run(batch, next, fault);
    this.#finishIfDone(batch);
  }

  async executeAll(): Promise<void> {
    for (const batch of this.#world.mailchimp.batches.unfinished()) {
      for (const place of batch.results.keys()) if (batch.results[place] === null) await this.#run(batch, place, 0);
      this.#finishIfDone(batch);
    }
  }

  /** The next single write of a kind, or the next batch sent, goes wrong. */
  plan(which: number): void {
    const fault = FAULTS[(which - 1) % FAULTS.length]!;
    this.#world.mailchimp.faults.add(fault.path === FAULTS[4].path ? { kind: 'reset', effect: fault.effect } : { kind: 'server-error', effect: fault.effect }, fault);
    this.#world.tell(`   (the next ${fault.method} to ${fault.path.source} goes wrong${fault.effect ? ', after it took effect' : ''})`);
  }

  clearFaults(): void {
    this.#world.mailchimp.faults.clear();
  }

  async #deliver(id: number): Promise<void> {
    this.#world.tell(`   the webhook ${this.#described(id)} arrives`);
    const status = await this.#world.mailchimp.webhooks.deliver(id);
    if (status !== 200) throw new Error(`a webhook was answered with ${status}`);
    const act = this.#acts.get(id);
    if (act !== undefined) act.truth.heard.add(act.seq);
  }

  async #run(batch: BatchRecord, place: number, fault: number): Promise<void> {
    const { method, path, body } = batch.operations[place]!;
    const told = operation(this.#world, method, path, body);
    await this.#world.mailchimp.batches.run(batch.id, place, fault === 0 ? null : fault === 1 ? 'server-error' : 'server-error-after-effect');
    this.#world.tell(`   Mailchimp runs ${told} -> ${batch.results[place]?.status_code}${fault === 2 ? ', done all the same' : ''}`);
    this.#watch.mailchimp();
  }

  #finishIfDone(batch: BatchRecord): void {
    if (batch.finished === batch.total) this.#world.mailchimp.batches.finish(batch.id);
  }

  #waiting(which: number): number | undefined {
    const waiting = this.#world.mailchimp.webhooks.waiting();
    return waiting[which % (waiting.length || 1)]?.id;
  }

  #described(id: number): string {
    const delivery = this.#world.mailchimp.webhooks.all().find((each) => each.id === id);
    const form = new Map(delivery?.form);
    return `${delivery?.type} ${form.get('data[email]') ?? form.get('data[new_email]')} of ${this.#world.secondsOf(delivery?.firedAt ?? 0)}`;
  }
}
