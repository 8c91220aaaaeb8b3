import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/**
 * Mocha's own `spec` output; and, when `MOCHA_COUNTS` names a file, the line `N passed, N failed, N skipped` into it,
 * from which `.ci/run` makes its last line.
 */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env['MOCHA_COUNTS'];
    if (file === undefined) return;
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(file, `${passes} passed, ${failures} failed, ${pending} skipped\n`);
    });
  }
}
