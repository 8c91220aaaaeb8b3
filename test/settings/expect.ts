import assert from 'node:assert/strict';
import { readSettings, type References } from '../../src/settings/read-settings.ts';
import { SettingsError, type SettingsProblem } from '../../src/settings/settings-error.ts';

/** The error that reading these settings ends in. */
export const settingsErrorOf = (source: string | object, references?: References): SettingsError => {
  try {
    readSettings(source, references);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: 'these settings were expected to be refused' });
};

/** The only problem of settings that are refused for one thing. */
export const onlyProblemOf = (source: string | object, references?: References): SettingsProblem => {
  const { problems } = settingsErrorOf(source, references);
  const [problem] = problems;
  assert.equal(problems.length, 1, JSON.stringify(problems));
  assert.ok(problem);
  return problem;
};
