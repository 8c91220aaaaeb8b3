import { parseArgs } from 'node:util';
import { MINUTE } from '../base/clock.ts';
import type { Duration } from '../base/clock.ts';

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly options: RunOptions }
  /** Takes over what the CiviCRM extension remembers. */
  | { readonly kind: 'import'; readonly userDirectory: string }
  /** Not understood; `message` says what and what is possible. */
  | { readonly kind: 'invalid'; readonly message: string };

export interface RunOptions {
  /** One sync, a report, and an exit code. */
  readonly once: boolean;
  /** With `once`: `dryRun` shows the plan and applies nothing; `approve` applies the plan that waits first. */
  readonly plan: 'apply' | 'approve' | 'dryRun';
  /** People to simulate; null: those of before, or the default. */
  readonly people: number | null;
  /** How long `once` waits for Mailchimp's batches. */
  readonly wait: Duration;
  readonly userDirectory: string;
  /** null: 1880 or the next free one; with `once` any free one. */
  readonly port: number | null;
}

export const DEFAULT_PEOPLE = 5000;
const DEFAULT_WAIT: Duration = 30 * MINUTE;
const DEFAULT_USER_DIRECTORY = '.mailchimpsync';

export const HELP = `npm start [-- options]

Starts Node-RED with the reference flow. Without settings, Mailchimp and CiviCRM are simulated on this machine.

  --once           sync until both sides agree, print a report, exit
  --dry-run        with --once: print the plan, and change nothing on either side
  --approve        with --once: apply the plan that is held for approval, then sync
  --people N       simulate N people (default ${DEFAULT_PEOPLE}); another number than before makes both services afresh
  --wait MINUTES   with --once: wait so long for Mailchimp's batches (default ${DEFAULT_WAIT / MINUTE})
  --user-dir DIR   folder of Node-RED's files and the sync's store (default ${DEFAULT_USER_DIRECTORY})
  --port N         port of Node-RED (default 1880 or the next free one)
  --import-cache   take over what the CiviCRM extension mailchimpsync remembers, once, before the first sync; exit
  --help           this text

Environment:
  MAILCHIMPSYNC_SETTINGS   a file with settings: work on the services that it names
  MAILCHIMPSYNC_STORE      sqlite, mysql (a MariaDB that is started on data in the user folder), or a mysql:// URL;
                           goes before the settings

Exit codes with --once: 0 in step, 1 error, 2 settings, 3 not in step or results outstanding, 4 held for approval
(with --dry-run: it would be), 5 busy.
`;

/** Reads the command line (without the program's own name). Never throws. */
export const parseCommand = (words: readonly string[]): Command => {
  try {
    const { values } = parseArgs({
      args: [...words],
      allowPositionals: false,
      options: {
        once: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        approve: { type: 'boolean', default: false },
        people: { type: 'string' },
        wait: { type: 'string' },
        'user-dir': { type: 'string', default: DEFAULT_USER_DIRECTORY },
        port: { type: 'string' },
        'import-cache': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    if (values['import-cache']) {
      if (values.once || values['dry-run'] || values.approve || values.people !== undefined || values.wait !== undefined || values.port !== undefined) throw new Error('--import-cache goes with --user-dir only');
      return { kind: 'import', userDirectory: values['user-dir'] };
    }
    if (values['dry-run'] && values.approve) throw new Error('--dry-run and --approve exclude each other');
    if ((values['dry-run'] || values.approve) && !values.once) throw new Error('--dry-run and --approve go with --once');
    return {
      kind: 'run',
      options: {
        once: values.once,
        plan: values['dry-run'] ? 'dryRun' : values.approve ? 'approve' : 'apply',
        people: values.people === undefined ? null : whole('--people', values.people, 1, 2_000_000),
        wait: values.wait === undefined ? DEFAULT_WAIT : minutes('--wait', values.wait),
        userDirectory: values['user-dir'],
        port: values.port === undefined ? null : whole('--port', values.port, 1, 65_535),
      },
    };
  } catch (error) {
    return { kind: 'invalid', message: error instanceof Error ? error.message : String(error) };
  }
};

const whole = (option: string, text: string, least: number, most: number): number => {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) throw new Error(`${option} ${JSON.stringify(text)}: expected a whole number from ${least} to ${most}`);
  return number;
};

const minutes = (option: string, text: string): Duration => {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(number > 0)) throw new Error(`${option} ${JSON.stringify(text)}: expected minutes, a number above 0`);
  return number * MINUTE;
};
