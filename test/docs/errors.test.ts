import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode } from '../../src/base/errors.ts';
import { exitCodeOf } from '../../src/cli/exit-code.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');

/** Codes as errors.ts declares them; a type leaves nothing to ask at run time. */
const declared = [...(/export type ErrorCode =([^;]*);/.exec(read('src', 'base', 'errors.ts'))?.[1] ?? '').matchAll(/^ *\| '([a-z_]+)'/gm)].map(([, code]) => code as ErrorCode);

const documented = new Map([...read('docs', 'reference', 'errors.md').matchAll(/^\| `([a-z_]+)` \|.*\| (\d|–) \|$/gm)].map(([, code, exit]) => [code as ErrorCode, exit]));

describe('the reference of errors', () => {
  it('explains every code, and no other', () => {
    assert.ok(declared.length > 20);
    assert.deepEqual([...documented.keys()].toSorted(), declared.toSorted());
  });

  it('gives the exit codes that npm start ends with', () => {
    for (const [code, exit] of documented) if (exit !== '–') assert.equal(exit, String(exitCodeOf(code)), code);
  });
});
