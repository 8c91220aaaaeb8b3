import { readOptions } from './options.ts';
import { startSimulators } from './simulators.ts';

/**
 * The simulators as a process of their own. Prints one line of JSON when they answer (`ReadyLine` in launch.ts);
 * SIGTERM, SIGINT and, with `--with-parent`, the end of standard input end it, after its state is saved.
 */
async function main(): Promise<void> {
  // A parent that was killed reads no more; what is left to do is to save.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  const { withParent = false, ...options } = readOptions(process.argv.slice(2));
  const simulators = await startSimulators(options);
  let closing: Promise<void> | null = null;
  const end = (): void => {
    closing ??= simulators.close().then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  if (withParent) process.stdin.on('end', end).on('error', end).resume();
  const { urls, settings, fresh } = simulators;
  process.stdout.write(`${JSON.stringify({ ready: true, urls, settings, fresh })}\n`);
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
