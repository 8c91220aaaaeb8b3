import type { MailchimpSimulator } from './simulated-services.ts';

/** Milliseconds between two looks at what the service does by itself. */
const PAUSE = 25;

/** Lets the simulated Mailchimp do its own work (batches that run, webhooks that are due), one step after the other. */
export class Worker {
  readonly #mailchimp: MailchimpSimulator;
  readonly #worked: () => void;
  #timer: NodeJS.Timeout;
  #working: Promise<void> = Promise.resolve();
  #stopped = false;

  /** `worked`: called after a step that may have changed something. */
  constructor(mailchimp: MailchimpSimulator, worked: () => void) {
    this.#mailchimp = mailchimp;
    this.#worked = worked;
    this.#timer = setTimeout(() => this.#step(), PAUSE);
  }

  /** Resolves when the step under way is over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  #step(): void {
    this.#working = this.#work();
  }

  async #work(): Promise<void> {
    const busy = hasWork(this.#mailchimp);
    try {
      await this.#mailchimp.work();
    } catch (error) {
      process.stderr.write(`simulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    }
    if (busy) this.#worked();
    if (!this.#stopped) this.#timer = setTimeout(() => this.#step(), PAUSE);
  }
}

function hasWork({ state }: MailchimpSimulator): boolean {
  return state.batches.some(({ status }) => status !== 'finished' && status !== 'canceled') || state.deliveries.some(({ state: delivery }) => delivery === 'waiting');
}
