import { systemClock } from '../base/clock.ts';
import { SyncError, codeOf } from '../base/errors.ts';
import { redactorOf } from '../settings/redact.ts';
import { HELP, parseCommand } from './arguments.ts';
import { EXIT, exitCodeOfError } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { runImport } from './import-cache.ts';
import { Progress } from './progress.ts';
import { run } from './run.ts';

/** Stops what runs at the first signal; a second one ends the process at once, as Node does by default. */
const stopOnSignals = (): AbortSignal => {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => stop.abort(new SyncError('aborted', `Stopped by ${name}; the next run goes on where this one stood.`)));
  }
  return stop.signal;
};

const errorText = (error: unknown): string => {
  const redact = redactorOf([]);
  if (error instanceof SyncError) return `${error.code}: ${redact(error.message)}`;
  return `${codeOf(error)}: ${redact(error instanceof Error ? (error.stack ?? error.message) : String(error))}`;
};

const main = async (): Promise<ExitCode> => {
  const command = parseCommand(process.argv.slice(2));
  switch (command.kind) {
    case 'help':
      process.stdout.write(HELP);
      return EXIT.inStep;
    case 'invalid':
      process.stderr.write(`${command.message}\n\n${HELP}`);
      return EXIT.settings;
    case 'import':
    case 'run': {
      const progress = new Progress(process.stdout, systemClock);
      try {
        return command.kind === 'import' ? await runImport(command.userDirectory, progress, stopOnSignals()) : await run(command.options, progress, stopOnSignals());
      } catch (error) {
        progress.clear();
        process.stderr.write(`${errorText(error)}\n`);
        return exitCodeOfError(error);
      }
    }
  }
};

// Whoever read the output may have gone (`| head`); the work does not depend on being read.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
process.exitCode = await main();
