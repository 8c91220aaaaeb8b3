import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAIL_REASONS } from '../../src/sync/explain/reasons.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const page = read('docs', 'reference', 'people.md');

/** Reasons as entities.ts declares them, of which the sync gives these; a type leaves nothing to ask at run time. */
const declared = [...(/export type FailReason =([^;]*);/.exec(read('src', 'store', 'entities.ts'))?.[1] ?? '').matchAll(/'([a-z_]+)'/g)].map(([, reason = '']) => reason);
const sync = readdirSync(join(root, 'src', 'sync')).filter((file) => file.endsWith('.ts')).map((file) => read('src', 'sync', file)).join('\n');
const given = declared.filter((reason) => sync.includes(`'${reason}'`));

describe('the reference of hard people', () => {
  it('tells of every reason that the sync gives, and no other', () => {
    const told = [...page.matchAll(/^\|[^|]*\|[^|]*\|[^|]*\| `([a-z_]+)` \|/gm)].map(([, reason = '']) => reason);
    assert.ok(given.length > 8);
    assert.deepEqual([...new Set(told)].toSorted(), given.toSorted());
  });

  it('says of each reason what the control node says', () => {
    const said = new Map([...page.matchAll(/^\| `([a-z_]+)` \| ([^|]+) \| ([^|]+) \|$/gm)].map(([, reason = '', means = '', ends = '']) => [reason, { means, ends }]));
    assert.deepEqual(Object.fromEntries(said), FAIL_REASONS);
  });

  it('names tests that are there', () => {
    const tests = [...page.matchAll(/\[([^\]]+)\]\(\.\.\/\.\.\/(test\/[^)]+)\)/g)];
    assert.ok(tests.length > 30);
    for (const [, title = '', path = ''] of tests) assert.ok(read(path).includes(title), `${path} has no test "${title}"`);
  });
});
