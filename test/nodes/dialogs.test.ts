import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';

const root = join(import.meta.dirname, '../..');
const folders = readdirSync(join(root, 'nodes')).filter((folder) => folder !== 'lib');
const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');

/** What a dialog's script registers, as far as these tests look at it. */
interface Registered {
  readonly type: string;
  readonly definition: {
    readonly defaults: Readonly<Record<string, unknown>>;
    readonly outputs?: number;
    readonly [property: string]: unknown;
  };
}

/** Runs a dialog's script as the editor does, with `RED` as it needs it to register. */
function register(script: string): readonly Registered[] {
  const registered: Registered[] = [];
  const RED = {
    nodes: { registerType: (type: string, definition: Registered['definition']) => registered.push({ type, definition }) },
    validators: { number: () => () => true },
  };
  runInContext(script, createContext({ RED }));
  return registered;
}

const scriptOf = (html: string): string => /^<script type="text\/javascript">\n([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';

const hasText = (catalogue: unknown, key: string): boolean =>
  typeof key.split('.').reduce<unknown>((part, name) => (part as Readonly<Record<string, unknown>> | undefined)?.[name], catalogue) === 'string';

const examples = readdirSync(join(root, 'examples')).flatMap((file) => JSON.parse(read('examples', file)) as { type: string }[]);

describe('every node', () => {
  for (const folder of folders) {
    const type = `mailchimpsync-${folder}`;
    const html = read('nodes', folder, `${folder}.html`);
    const script = scriptOf(html);
    const catalogue: unknown = JSON.parse(read('nodes', folder, 'locales', 'en-US', `${folder}.json`));

    // The flow library and node-red-dev read the text of a dialog, they do not run it (facts: Node-RED).
    it(`${type} is registered once, by a literal that can be read without running it`, () => {
      assert.deepEqual(script.match(/RED\.nodes\.registerType\((.*)/g), [`RED.nodes.registerType('${type}', {`]);
      assert.doesNotMatch(script, /\.\.\./);
      for (const property of [/^ {4}category: '\w+',$/m, /^ {4}color: '#[0-9a-f]{6}',$/m, /^ {4}icon: 'font-awesome\/fa-[\w-]+',$/m, /^ {4}defaults: \{$/m])
        assert.match(script, property);
      if (folder === 'config') assert.match(script, /^ {4}credentials: \{$/m);
      else for (const property of [/^ {4}inputs: \d,$/m, /^ {4}outputs: \d,$/m]) assert.match(script, property);
    });

    it(`${type} has a field in its dialog for each property`, () => {
      const [registered] = register(script);
      const prefix = folder === 'config' ? 'node-config-input' : 'node-input';
      const fields = [...html.matchAll(/id="node-(?:config-)?input-(\w+)"/g)].map(([, name]) => name);
      assert.ok(html.includes(`data-template-name="${type}"`));
      for (const property of Object.keys(registered?.definition.defaults ?? {})) {
        assert.ok(fields.includes(property), property);
        assert.ok(html.includes(`id="${prefix}-${property}"`), property);
      }
    });

    it(`${type} has a text for each key that its dialog, label and ports use`, () => {
      const definition = register(script)[0]?.definition;
      const used = new Set([...html.matchAll(/data-i18n="(?:\[\w+\])?([\w.]+)"/g)].map(([, key = '']) => key));
      for (const [, key = ''] of script.matchAll(/_\('([\w.]+)'/g)) used.add(key);
      const labels = definition?.['outputLabels'];
      for (let port = 0; port < (definition?.outputs ?? 0); port += 1) {
        assert.ok(typeof labels === 'function', 'outputLabels');
        (labels as (this: object, port: number) => void).call({ _: (key: string) => used.add(key) }, port);
      }
      assert.ok(used.has('label'));
      for (const key of used) assert.ok(hasText(catalogue, key), key);
    });

    it(`${type} has help in Markdown`, () => {
      const help = read('nodes', folder, 'locales', 'en-US', `${folder}.html`);
      assert.ok(help.startsWith(`<script type="text/markdown" data-help-name="${type}">\n`));
      assert.match(help, /\n### /);
    });

    // Node-RED's own Markdown: ": name (type) : text" is a property, and a third colon loses what stands before it
    // (`descriptionList` and `description` in RED.utils of the editor).
    it(`${type} has help whose colons Node-RED does not take for something else`, () => {
      for (const line of read('nodes', folder, 'locales', 'en-US', `${folder}.html`).split('\n'))
        if (line.startsWith(':')) assert.match(line, /^: [^:]+ \([^:()]+\) : [^:]+$/);
        else assert.doesNotMatch(line, /:[^:]+\([^:]+\).*:/);
    });

    // A property that is missing is not its default: the editor shows such a node as not properly configured.
    it(`${type} stands in an example, each time with every property of its dialog`, () => {
      const placed = examples.filter((node) => node.type === type);
      assert.ok(placed.length > 0);
      for (const node of placed)
        for (const property of Object.keys(register(script)[0]?.definition.defaults ?? {})) assert.ok(property in node, property);
    });

    it(`${type} is listed in package.json and described in the reference`, () => {
      const manifest = JSON.parse(read('package.json')) as { 'node-red': { nodes: Readonly<Record<string, string>> } };
      assert.equal(manifest['node-red'].nodes[type], `dist/nodes/${folder}/${folder}.js`);
      assert.ok(existsSync(join(root, 'nodes', folder, `${folder}.ts`)));
      assert.ok(read('docs', 'reference', 'nodes.md').includes(`\`${type}\``));
    });
  }
});
