import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { ErrorCode } from '../../src/base/errors.ts';
import { type Clock, type Duration, systemClock } from '../../src/base/clock.ts';
import type { Progress } from '../../src/sync/stage.ts';
import { errorText, sharedText } from './texts.ts';

/** Progress is shown at most so often: each status is a message to every open editor. */
const INTERVAL: Duration = 500;
/** What fits beside a node in the editor. */
const WIDTH = 20;

const whole = new Intl.NumberFormat('en-US');
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** "fetch 12,000/50,000", with shortened numbers where that would be too wide. */
export function progressText(label: string, { done, total }: Progress): string {
  const text = (format: Intl.NumberFormat): string => `${label} ${format.format(done)}${total === null ? '' : `/${format.format(total)}`}`;
  return text(whole).length > WIDTH ? text(short) : text(whole);
}

/** What a node shows beside itself in the editor. */
export class StatusDisplay {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #clock: Clock;
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(RED: NodeAPI, node: Node, clock: Clock = systemClock) {
    this.#RED = RED;
    this.#node = node;
    this.#clock = clock;
  }

  /** Work goes on; `label` is a key below `stages`. Calls that follow each other too fast are passed over. */
  progress(label: string, progress: Progress): void {
    const now = this.#clock.now();
    if (now - this.#shownAt < INTERVAL) return;
    this.#shownAt = now;
    this.#show({ fill: 'blue', shape: 'dot', text: progressText(sharedText(this.#RED, `stages.${label}`), progress) });
  }

  working(key: string, values?: Readonly<Record<string, string>>): void {
    this.#show({ fill: 'blue', shape: 'dot', text: sharedText(this.#RED, `status.${key}`, values) });
  }

  done(key: string, values?: Readonly<Record<string, string>>): void {
    this.#show({ fill: 'green', shape: 'dot', text: sharedText(this.#RED, `status.${key}`, values) });
  }

  /** Nothing was done, and nothing is wrong. */
  idle(key: string, values?: Readonly<Record<string, string>>): void {
    this.#show({ fill: 'grey', shape: 'ring', text: sharedText(this.#RED, `status.${key}`, values) });
  }

  /** Somebody should look. */
  attention(key: string, values?: Readonly<Record<string, string>>): void {
    this.#show({ fill: 'yellow', shape: 'ring', text: sharedText(this.#RED, `status.${key}`, values) });
  }

  failed(code: ErrorCode): void {
    this.#show({ fill: 'red', shape: 'ring', text: errorText(this.#RED, code) });
  }

  #show(status: NodeStatus): void {
    this.#node.status(status);
  }
}
