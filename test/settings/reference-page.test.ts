import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { DEFAULT_CONNECTIONS } from '../../src/settings/account-settings.ts';
import { limitDefaults, listDefaults } from '../../src/settings/audience-settings.ts';
import { API_PATHS, DEFAULT_HISTORY_GAP_MINUTES } from '../../src/settings/civicrm-settings.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import { settingsSchema } from '../../src/settings/schema.ts';
import { referencedSecrets } from '../../src/settings/secrets.ts';
import type { Json } from '../../src/settings/json.ts';
import { DEFAULT_TABLE_PREFIX } from '../../src/settings/store-settings.ts';

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

/** Every name that the schema knows. */
const namesIn = (node: SchemaNode): string[] => [
  ...Object.keys(node.properties ?? {}),
  ...[...Object.values(node.properties ?? {}), ...Object.values(node.patternProperties ?? {}), ...(node.items ? [node.items] : [])].flatMap(namesIn),
];

describe('docs/reference/settings.md', () => {
  let page: string;
  before(async () => {
    page = await readFile(new URL('../../docs/reference/settings.md', import.meta.url), 'utf8');
  });

  /** The row of a table that explains a key. */
  const rowOf = (key: string): string => page.split('\n').find((line) => line.startsWith(`| \`${key}\``)) ?? '';

  it('has every key of the schema', () => {
    const names = new Set(namesIn(settingsSchema as SchemaNode));
    assert.ok(names.size > 50, `only ${names.size} names found`);
    for (const name of names) assert.match(page, new RegExp(`\`(?:[A-Za-z]+\\.)*(?:\\*\\.)?${name}\``, 'u'), name);
  });

  it('tells every default', () => {
    const defaults = {
      ...listDefaults,
      'limits.people': limitDefaults.people,
      'limits.percent': limitDefaults.percent,
      connections: DEFAULT_CONNECTIONS,
      historyGap: DEFAULT_HISTORY_GAP_MINUTES,
      tablePrefix: DEFAULT_TABLE_PREFIX,
    };
    for (const [key, value] of Object.entries(defaults)) {
      assert.ok(rowOf(key).endsWith(`| \`${value}\` |`), `${key}: ${rowOf(key)}`);
    }
  });

  it('tells every name for apiPath, with its path', () => {
    for (const [name, path] of Object.entries(API_PATHS)) {
      const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${path}\``)) ?? '';
      assert.ok(row.includes(`\`${name}\``), name);
    }
  });

  it('has examples that can be used', () => {
    const examples = [...page.matchAll(/```json\n(.*?)```/gsu)].map(([, text]) => text ?? '');
    assert.equal(examples.length, 2);
    const key = `${'0123456789abcdef'.repeat(2)}-us11`;
    for (const text of examples) {
      const valueOf = (name: string): string => {
        if (/mysql|database/u.test(name)) return 'mysql://user:password@localhost/name';
        return /hook$|Url$/u.test(name) ? 'https://example.org/hook?secret=s' : key;
      };
      const names = referencedSecrets(JSON.parse(text) as Json);
      const settings = readSettings(text, {
        env: { MAILCHIMP_KEY: key, CIVICRM_KEY: 'civi' },
        secrets: Object.fromEntries([...names].map((name) => [name, valueOf(name)])),
      });
      assert.equal(settings.audiences.size, 1);
    }
  });
});
