import { mapTexts, type Json, type Path } from './json.ts';

/** The variables that `${NAME}` may name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = /\$\{([^{}]*)\}/gu;

/** A text that holds nothing but variables: no secret of its own. */
export const isOnlyVariables = (text: string): boolean => text.replace(VARIABLE, '') === '';

/** Told about each variable without a value. */
export type MissingVariable = (name: string, path: Path) => void;

/** Puts the values of variables into a text. What is put in is not looked at again. */
export const withVariables = (text: string, env: Environment, path: Path, missing: MissingVariable): string =>
  text.replace(VARIABLE, (written, name: string) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined) return value;
    missing(name, path);
    return written;
  });

/** Puts the values of variables into all values of the settings; names of properties are left alone. */
export const substituteVariables = (settings: Json, env: Environment, missing: MissingVariable): Json =>
  mapTexts(settings, (text, path) => withVariables(text, env, path, missing));

/** What to say about a variable without a value. */
export const missingVariableMessage = (name: string): string =>
  `the environment variable "${name}" is not set; set it where Node-RED is started, or write the value in its place`;
