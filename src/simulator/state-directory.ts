import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Files of JSON in one directory. Each is written to a neighbour, flushed to the disk and renamed,
 * so that whoever reads sees the whole old or the whole new one, also after a SIGKILL or a power cut.
 */
export class StateDirectory {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** Undefined when there is none. Throws when it is no JSON, with the file's name. */
  read(name: string): unknown {
    const file = join(this.#directory, name);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new Error(`${file} is not JSON: remove it (or its directory) to begin with new people`, { cause: error });
    }
  }

  /** An empty file that says something by being there. */
  mark(name: string): void {
    writeFileSync(join(this.#directory, name), '');
  }

  isMarked(name: string): boolean {
    return existsSync(join(this.#directory, name));
  }

  unmark(name: string): void {
    rmSync(join(this.#directory, name), { force: true });
  }

  /** `parts`: the properties of one object, made into text one by one so that no single string grows too long. */
  write(name: string, parts: Readonly<Record<string, unknown>>): void {
    const file = join(this.#directory, name);
    const opened = openSync(`${file}.new`, 'w');
    try {
      Object.entries(parts).forEach(([key, value], index) => {
        writeSync(opened, `${index === 0 ? '{' : ',\n'}${JSON.stringify(key)}:${JSON.stringify(value)}`);
      });
      writeSync(opened, '}\n');
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    renameSync(`${file}.new`, file);
  }
}
