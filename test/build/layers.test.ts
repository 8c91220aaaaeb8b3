import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** What the linter says about a source file of ours with this text; a folder of its own, so that nothing real is touched. */
const lint = (file: string, text: string): { ok: boolean; output: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'mailchimpsync-lint-'));
  try {
    cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'node_modules', 'oxlint', 'bin', 'oxlint')], { cwd: folder, encoding: 'utf8' });
    return { ok: status === 0, output: stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const importing = (target: string, kind: 'value' | 'type' = 'value'): string =>
  kind === 'value' ? `import { thing } from '${target}';\n\nexport const other = thing;\n` : `import type { Thing } from '${target}';\n\nexport type Other = Thing;\n`;

describe('the layer rule', () => {
  const forbidden: readonly (readonly [file: string, target: string])[] = [
    ['src/base/a.ts', '../settings/settings.ts'],
    ['src/settings/a.ts', '../store/store.ts'],
    ['src/http/a.ts', '../settings/settings.ts'],
    ['src/mailchimp/a.ts', '../store/store.ts'],
    ['src/civicrm/a.ts', '../mailchimp/api.ts'],
    ['src/store/sqlite/a.ts', '../../sync/stage.ts'],
    ['src/store/a.ts', '../mailchimp/api.ts'],
    ['src/sync/a.ts', '../simulator/clock.ts'],
    ['src/sync/a.ts', '../../nodes/lib/a.ts'],
    ['src/simulator/a.ts', '../base/ids.ts'],
    ['src/simulator/mailchimp/a.ts', '../../mailchimp/api.ts'],
    ['src/simulator/a.ts', '../settings/settings.ts'],
    ['nodes/start/a.ts', '../../src/cli/main.ts'],
  ];
  for (const [file, target] of forbidden)
    it(`forbids ${file} to import ${target}`, () => {
      const { ok, output } = lint(file, importing(target));
      assert.equal(ok, false);
      assert.match(output, /no-restricted-imports/);
    });

  const allowed: readonly (readonly [file: string, target: string, kind?: 'type'])[] = [
    ['src/settings/a.ts', '../base/errors.ts'],
    ['src/mailchimp/a.ts', '../http/client.ts'],
    ['src/store/a.ts', '../mailchimp/api.ts', 'type'],
    ['src/sync/a.ts', '../store/store.ts'],
    ['src/simulator/a.ts', '../settings/settings.ts', 'type'],
    ['src/simulator/mailchimp/a.ts', '../clock.ts'],
    ['src/cli/a.ts', '../simulator/launch.ts'],
    ['nodes/start/a.ts', '../../src/sync/engine.ts'],
  ];
  for (const [file, target, kind] of allowed)
    it(`lets ${file} import ${kind === undefined ? '' : 'types of '}${target}`, () => {
      const { ok, output } = lint(file, importing(target, kind));
      assert.ok(ok, output);
    });
});
