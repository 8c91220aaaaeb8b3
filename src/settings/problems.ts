import { pathText, type Path } from './json.ts';
import type { JsonText } from './json-text.ts';
import { SettingsError, type SettingsErrorCode, type SettingsProblem } from './settings-error.ts';

/** Told about each thing in the settings that cannot be right. */
export type Report = (path: Path, message: string) => void;

const inOrderOfText = ({ position: one }: SettingsProblem, { position: other }: SettingsProblem): number =>
  one === null || other === null ? 0 : one.line - other.line || one.column - other.column;

/** Gathers problems, so that a person learns of all of them at once. */
export class Problems {
  readonly #found: { readonly path: Path; readonly message: string }[] = [];
  readonly #text: JsonText | null;

  /** `text` is where the settings were read from; null when they came as an object. */
  constructor(text: JsonText | null) {
    this.#text = text;
  }

  readonly report: Report = (path, message) => {
    this.#found.push({ path, message });
  };

  /** Throws what was found, if anything, in words that `redact` has freed of secrets. */
  settle(code: SettingsErrorCode, redact: (text: string) => string): void {
    if (this.#found.length === 0) return;
    const problems = this.#found.map(({ path, message }) => ({
      path: redact(pathText(path)),
      message: redact(message),
      position: this.#text?.locate(path) ?? null,
    }));
    throw new SettingsError(code, problems.sort(inOrderOfText));
  }
}
