import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: root })];
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Names by which the headings of a page are linked to, as GitHub makes them. */
const anchorsOf = (page: string): readonly string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));

const linksOf = (page: string): readonly string[] =>
  [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));

describe('the documentation', () => {
  it('has links that lead somewhere, to pages and their headings', () => {
    assert.ok(pages.length > 15);
    for (const page of pages)
      for (const link of linksOf(page)) {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? page : join(dirname(page), path);
        assert.ok(existsSync(join(root, target)), `${page}: ${link}`);
        assert.ok(anchor === undefined || anchorsOf(target).includes(anchor), `${page}: ${link}`);
      }
  });

  it('has no page that nothing leads to', () => {
    const linked = new Set(pages.flatMap((page) => linksOf(page).map((link) => join(dirname(page), link.split('#')[0] ?? ''))));
    assert.deepEqual(pages.filter((page) => page !== 'README.md' && !linked.has(page)), []);
  });
});
