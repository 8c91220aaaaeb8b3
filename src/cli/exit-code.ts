import { codeOf } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';

/** How `npm start -- --once` ends. */
export const EXIT = {
  inStep: 0,
  error: 1,
  settings: 2,
  /** Not in step, or results outstanding. */
  notInStep: 3,
  held: 4,
  busy: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Codes of errors that only a change of the settings mends. */
const SETTINGS_CODES: ReadonlySet<ErrorCode> = new Set([
  'settings_syntax',
  'settings_invalid',
  'settings_secret_missing',
  'civicrm_missing',
  'timezone_mismatch',
  'audience_unknown',
  'audience_missing',
  'group_missing',
  'interest_missing',
]);

export const exitCodeOf = (code: ErrorCode): ExitCode => {
  if (SETTINGS_CODES.has(code)) return EXIT.settings;
  return code === 'busy' ? EXIT.busy : EXIT.error;
};

/** The exit code of an error, whatever was thrown. */
export const exitCodeOfError = (error: unknown): ExitCode => exitCodeOf(codeOf(error));
