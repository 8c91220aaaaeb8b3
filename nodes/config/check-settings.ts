import { isObject, type Json, type JsonObject } from '../../src/settings/json.ts';
import { readSettings, type References } from '../../src/settings/read-settings.ts';
import { containsLiteralSecrets, moveSecrets, referencedSecrets } from '../../src/settings/secrets.ts';
import { SettingsError, type SettingsProblem } from '../../src/settings/settings-error.ts';

/** What the dialog shows of settings as they are typed. Holds no secret. */
export interface SettingsCheck {
  readonly problems: readonly SettingsProblem[];
  /** Secrets that the settings refer to, and whether a value is kept or has been entered. */
  readonly secrets: readonly { readonly name: string; readonly known: boolean }[];
  /** Secrets stand in the text, and will be moved to the credentials. */
  readonly literal: boolean;
}

/** The settings as an object; null when the text is none. */
export function settingsObject(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function checkSettings(text: string, references: Required<References>): SettingsCheck {
  const value = settingsObject(text);
  const names = value === null ? [] : [...referencedSecrets(value)];
  return {
    problems: problemsOf(text, references),
    secrets: names.map((name) => ({ name, known: Object.hasOwn(references.secrets, name) })),
    literal: value !== null && containsLiteralSecrets(value),
  };
}

function problemsOf(text: string, references: References): readonly SettingsProblem[] {
  try {
    readSettings(text, references);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

/** The text with references in place of secrets, and the secrets by name; a text that is no JSON object stays as it is. */
export function withoutSecrets(text: string): { readonly settings: string; readonly secrets: Readonly<Record<string, string>> } {
  const value = settingsObject(text);
  if (value === null || !containsLiteralSecrets(value)) return { settings: text, secrets: {} };
  const moved = moveSecrets(value);
  return { settings: JSON.stringify(moved.settings, null, 2), secrets: moved.secrets };
}
