import { SyncError } from '../base/errors.ts';

/** A place in a JSON text, both counted from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with the settings. */
export interface SettingsProblem {
  /** Such as `lists.aaaaaaaaaa.onTie`; empty where the problem is the whole text. */
  readonly path: string;
  /** What is wrong and what to do, without the path. */
  readonly message: string;
  /** Where in the text; null when the settings came as an object. */
  readonly position: TextPosition | null;
}

export type SettingsErrorCode = 'settings_syntax' | 'settings_invalid' | 'settings_secret_missing';

/** Settings that cannot be used, with all their problems. Holds no secret. */
export class SettingsError extends SyncError {
  override readonly code: SettingsErrorCode;
  readonly problems: readonly SettingsProblem[];

  /** `origin` names what was read, such as `settings file ./sync.json`. */
  constructor(
    code: SettingsErrorCode,
    problems: readonly SettingsProblem[],
    origin = 'settings',
    options?: { cause?: unknown },
  ) {
    super(code, messageOf(problems, origin), options);
    this.name = 'SettingsError';
    this.code = code;
    this.problems = problems;
  }
}

const placeOf = ({ path, position }: SettingsProblem): string => {
  const place = position === null ? '' : `line ${position.line}, column ${position.column}`;
  return [place, path].filter((part) => part !== '').join(', ');
};

const lineOf = (problem: SettingsProblem): string => {
  const place = placeOf(problem);
  return place === '' ? problem.message : `${place}: ${problem.message}`;
};

const messageOf = (problems: readonly SettingsProblem[], origin: string): string => {
  const [first, ...others] = problems.map(lineOf);
  if (first === undefined) return `The ${origin} cannot be used.`;
  if (others.length === 0) return `The ${origin} cannot be used: ${first}`;
  return `The ${origin} cannot be used, ${problems.length} problems:\n${[first, ...others].map((line) => `- ${line}`).join('\n')}`;
};
