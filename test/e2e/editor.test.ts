import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { startCommand, temporaryFolder } from '../support/start-command.ts';
import type { StartedCommand } from '../support/start-command.ts';

/** The key that a person types into the settings; it opens nothing. */
const KEY = `${'0a1b2c3d'.repeat(4)}-us11`;
const SETTINGS = {
  lists: { aaaaaaaaaa: { subscriptionGroup: '111', apiKey: 'main' } },
  accounts: { main: { apiKey: KEY } },
  civicrm: { url: 'http://127.0.0.1:1', apiKey: 'civicrm-key-typed' },
};

interface Editor {
  readonly actions: { invoke(name: string): void };
  readonly editor: { editConfig(name: string, type: string, id: string): void };
  readonly nodes: {
    node(id: string): { readonly type: string; readonly settings: string; readonly config: string; readonly start: string; readonly valid: boolean };
    getNodeHelp(type: string): string;
    readonly registry: { getNodeTypes(): readonly string[] };
  };
}
declare const RED: Editor;

const NODES = join(import.meta.dirname, '..', '..', 'nodes');
const lettersOf = (text: string): string => text.replaceAll(/[^a-zA-Z]/g, '');

describe('the editor', function () {
  this.timeout(60_000);
  const userDirectory = temporaryFolder();
  let browser: Browser;
  let command: StartedCommand;
  let page: Page;
  let url: string;
  const errors: string[] = [];

  before(async function () {
    browser = await launchChromium(this);
    command = startCommand(['--people', '20', '--user-dir', userDirectory.path]);
    url = (await command.says(/Node-RED with the flow: (http:\/\/127\.0\.0\.1:\d+\/)/))[1] ?? '';
    // An editor as a user has it after installing the package.
    await fetch(`${url}flows`, { method: 'POST', headers: { 'content-type': 'application/json', 'node-red-deployment-type': 'full' }, body: '[]' });
    page = await browser.newPage({ viewport: { width: 1600, height: 1000 }, permissions: ['clipboard-read', 'clipboard-write'] });
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(url);
    await page.waitForSelector('.red-ui-palette-node[data-palette-type=mailchimpsync-start]');
  });

  after(async () => {
    await browser?.close();
    command?.kill('SIGTERM');
    await command?.ended;
    userDirectory.remove();
  });

  const openSettings = async (): Promise<void> => {
    await page.evaluate(() => RED.editor.editConfig('', 'mailchimpsync-config', 'sync-config'));
    await page.waitForSelector('#mailchimpsync-settings .monaco-editor, #mailchimpsync-settings .ace_editor');
  };

  /** Pastes: what is typed, the editor completes with brackets and quotes of its own. */
  const pasteSettings = async (text: string): Promise<void> => {
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await page.locator('#mailchimpsync-settings').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+v');
  };

  const importExample = async (name: string): Promise<void> => {
    await page.evaluate(() => RED.actions.invoke('core:show-examples-import-dialog'));
    const examples = page.locator('#red-ui-clipboard-dialog-import-tab-examples');
    await examples.getByText('@mailchimpsync/node-red-civicrm-mailchimp').click();
    await examples.getByText(name).click();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
  };

  it('shows the help of every node whole', async () => {
    const shown = await page.evaluate(() =>
      RED.nodes.registry
        .getNodeTypes()
        .filter((type) => type.startsWith('mailchimpsync-'))
        .map((type) => {
          const help = new DOMParser().parseFromString(RED.nodes.getNodeHelp(type), 'text/html').body;
          return { type, text: help.textContent ?? '', astray: help.querySelectorAll(':not(dl) > dt').length };
        }),
    );
    assert.equal(shown.length, readdirSync(NODES).filter((folder) => folder !== 'lib').length);
    for (const { type, text, astray } of shown) {
      const folder = type.replace('mailchimpsync-', '');
      const source = readFileSync(join(NODES, folder, 'locales', 'en-US', `${folder}.html`), 'utf8').replaceAll(/^<.*$/gm, '');
      assert.equal(lettersOf(text), lettersOf(source), type);
      assert.equal(astray, 0, type);
    }
  });

  it('offers the reference flow under Import → Examples', async () => {
    await importExample('01 reference flow');
    await page.locator('#red-ui-workspace-tabs').getByText('Mailchimp sync').click();
    await page.waitForSelector('[id="sync-submit"]');
    assert.equal(await page.evaluate(() => RED.nodes.node('sync-config').type), 'mailchimpsync-config');
  });

  it('shows a slip in the settings with its line', async () => {
    await openSettings();
    await pasteSettings('{\n  "lists": {},\n  "accounts": {}}}');
    const problems = page.locator('#mailchimpsync-problems');
    await problems.getByText('line 3').waitFor();
  });

  it('moves keys out of the settings into credentials', async () => {
    await pasteSettings(JSON.stringify(SETTINGS));
    await page.locator('#mailchimpsync-problems').waitFor({ state: 'hidden' });
    await page.locator('#node-config-dialog-ok').click();
    await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
    const settings = await page.evaluate(() => RED.nodes.node('sync-config').settings);
    assert.ok(!settings.includes(KEY) && !settings.includes('civicrm-key-typed'), settings);
    assert.match(settings, /"secret"/);
  });

  it('deploys the flow, keys among the credentials only', async () => {
    await page.waitForSelector('.red-ui-tray', { state: 'detached' });
    const deployed = page.waitForResponse((response) => response.request().method() === 'POST' && new URL(response.url()).pathname === '/flows');
    await page.locator('#red-ui-header-button-deploy').click();
    assert.equal((await deployed).ok(), true);
    const flows = await (await fetch(`${url}flows`)).text();
    assert.ok(flows.includes('mailchimpsync-submit') && !flows.includes(KEY), flows);
  });

  it('gives the buttons of "status and abort" the configuration and the start node of the reference flow', async () => {
    await importExample('03 status and abort');
    await page.locator('#red-ui-workspace-tabs').getByText('Status and abort').click();
    await page.waitForSelector('[id="control-control"]');
    assert.deepEqual(await page.evaluate(() => { const { config, start, valid } = RED.nodes.node('control-control'); return { config, start, valid }; }), { config: 'sync-config', start: 'sync-start', valid: true });
  });

  it('throws no error in the browser', () => {
    assert.deepEqual(errors, []);
  });
});
