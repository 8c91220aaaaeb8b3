import type { Account } from './account.ts';
import { isUnfinished, type BatchRunner, type OperationFault } from './batch-runner.ts';
import type { BatchRecord } from './records.ts';

/** A test's hand on the batches: in manual mode a new batch does nothing by itself. */
export class BatchControl {
  readonly #account: Account;
  readonly #runner: BatchRunner;

  constructor(account: Account, runner: BatchRunner) {
    this.#account = account;
    this.#runner = runner;
  }

  get manual(): boolean {
    return this.#account.state.manualBatches;
  }

  /** For batches to come; those that are there stay as they are. */
  set manual(manual: boolean) {
    this.#account.state.manualBatches = manual;
  }

  /** Oldest first. */
  all(): readonly BatchRecord[] {
    return this.#account.state.batches;
  }

  unfinished(): readonly BatchRecord[] {
    return this.all().filter(isUnfinished);
  }

  /** Runs one operation by its place (from 0); again, or after the end, it does nothing. */
  run(batchId: string, place: number, fault: OperationFault | null = null): Promise<void> {
    return this.#runner.run(this.#find(batchId), place, fault);
  }

  /** Runs all that are left, in an order by chance; does not say "finished" yet. */
  async runAll(batchId: string): Promise<void> {
    const batch = this.#find(batchId);
    for (const place of this.#account.shuffled([...batch.operations.keys()])) await this.#runner.run(batch, place);
  }

  /** Says "finished": right after the last operation, hours later, or without some of them. */
  finish(batchId: string): void {
    this.#runner.finish(this.#find(batchId));
  }

  /** Its results show no `operation_id` from now on. */
  loseOperationIds(batchId: string): void {
    this.#find(batchId).losesOperationIds = true;
  }

  #find(batchId: string): BatchRecord {
    const batch = this.#account.state.batches.find(({ id }) => id === batchId);
    if (batch === undefined) throw new Error(`The simulated Mailchimp has no batch ${batchId}.`);
    return batch;
  }
}
