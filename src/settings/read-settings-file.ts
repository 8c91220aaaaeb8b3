import { readFile } from 'node:fs/promises';
import type { Environment } from './environment.ts';
import { readSettings } from './read-settings.ts';
import { SettingsError } from './settings-error.ts';
import type { Settings } from './settings.ts';

const textOf = async (path: string, origin: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    const message = code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${code})`;
    throw new SettingsError('settings_invalid', [{ path: '', message, position: null }], origin, { cause });
  }
};

/**
 * Reads a settings file, in which secrets stand as they are or as `${NAME}`.
 * @throws SettingsError as `readSettings`, naming the file; `settings_invalid` when it cannot be read.
 */
export const readSettingsFile = async (path: string, env: Environment): Promise<Settings> => {
  const origin = `settings file ${path}`;
  const text = await textOf(path, origin);
  try {
    return readSettings(text, { env });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new SettingsError(error.code, error.problems, origin, { cause: error });
  }
};
