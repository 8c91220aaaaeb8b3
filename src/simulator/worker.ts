import type { SimulatorClock } from './clock.ts';
import type { MailchimpSimulator } from './simulated-services.ts';

/** Milliseconds between two looks at what the service does by itself. */
const PAUSE = 25;

/** Lets the simulated Mailchimp do its own work: batches that run, webhooks that are due. */
export class Worker {
  readonly #mailchimp: MailchimpSimulator;
  readonly #clock: SimulatorClock;
  readonly #worked: () => void;
  readonly #timer: NodeJS.Timeout;

  /** `worked`: called after a step that may have changed something. */
  constructor(mailchimp: MailchimpSimulator, clock: SimulatorClock, worked: () => void) {
    this.#mailchimp = mailchimp;
    this.#clock = clock;
    this.#worked = worked;
    this.#timer = setInterval(() => void this.#step(), PAUSE);
  }

  /** What is under way goes on to its end. */
  stop(): void {
    clearInterval(this.#timer);
  }

  async #step(): Promise<void> {
    const busy = hasWork(this.#mailchimp, this.#clock.now());
    try {
      await this.#mailchimp.work();
    } catch (error) {
      process.stderr.write(`simulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    }
    if (busy) this.#worked();
  }
}

function hasWork({ state, batches }: MailchimpSimulator, now: number): boolean {
  return batches.unfinished().some(({ automatic }) => automatic) || state.deliveries.some((delivery) => delivery.state === 'waiting' && delivery.nextAttempt <= now);
}
