import { systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { SyncError } from '../base/errors.ts';
import { readSettings } from '../settings/read-settings.ts';
import { openStore } from '../store/open-store.ts';
import { importCache, type ImportOutcome } from '../sync/import-cache/import-cache.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Progress } from './progress.ts';
import { chooseServices } from './services.ts';

/** Imports what the CiviCRM extension remembers, and tells what was taken over. Rejects with the error that ended it. */
export const runImport = async (userDirectory: string, progress: Progress, signal: AbortSignal): Promise<ExitCode> => {
  const choice = await chooseServices({ people: null, userDirectory }, process.env);
  if (choice.kind === 'simulated') throw new SyncError('settings_invalid', 'The import needs your settings: name their file in MAILCHIMPSYNC_SETTINGS.');
  const settings = readSettings(choice.settings, { env: process.env });
  const store = await openStore(settings.store, { userDirectory });
  try {
    progress.line('Importing what the CiviCRM extension remembers …');
    const told = (done: number): void => progress.step('import', `${done.toLocaleString('en-US')} rows read`);
    const outcome = await importCache({ settings, store, clock: systemClock, random: systemRandom, signal, progress: told });
    progress.clear();
    progress.line(importText(outcome, (id) => [...settings.audiences.values()].find(({ listId }) => listId === id)?.name ?? id));
    return EXIT.inStep;
  } finally {
    await store.close();
  }
};

/** What was taken over, for people. */
export const importText = ({ audiences, others }: ImportOutcome, nameOf: (id: string) => string): string => {
  const lines = [...audiences].map(([id, { imported, known, useless, damaged }]) => {
    const beside = [
      ...(known > 0 ? [`${known} known already`] : []),
      ...(useless > 0 ? [`${useless} left out, with neither an address nor a contact, or of an unknown status`] : []),
      ...(damaged > 0 ? [`${damaged} without data that could not be read`] : []),
    ];
    return `${nameOf(id)}: ${imported} rows imported${beside.length > 0 ? `; ${beside.join('; ')}` : ''}.`;
  });
  return [...lines, ...(others > 0 ? [`Rows of audiences that the settings do not have: ${others}.`] : []), 'Look at the first run before it writes: a full run, dry.'].join('\n');
};
