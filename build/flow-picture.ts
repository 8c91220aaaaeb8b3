import { join } from 'node:path';
import { chromium } from 'playwright-core';

/**
 * Takes `docs/flow.png` anew, after a change of the reference flow:
 *
 *     npm start -- --people 300 --user-dir /tmp/picture     until a sync is done
 *     node build/flow-picture.ts http://127.0.0.1:1880/ /usr/bin/chromium
 */
const [editor, executablePath] = process.argv.slice(2);
if (editor === undefined || executablePath === undefined) throw new Error('node build/flow-picture.ts EDITOR CHROMIUM');

const MARGIN = 15;
// Chromium refuses its sandbox to root, and containers have little /dev/shm.
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const page = await browser.newPage({ viewport: { width: 1800, height: 1400 }, deviceScaleFactor: 1.5 });
await page.goto(editor);
await page.waitForSelector('[id="sync-submit"] .red-ui-flow-node-status-group');
const drawn = await page.locator('.red-ui-flow-node-group, .red-ui-flow-link-line').all();
const boxes = (await Promise.all(drawn.map((each) => each.boundingBox()))).filter((box) => box !== null);
const x = Math.min(...boxes.map((box) => box.x)) - MARGIN;
const y = Math.min(...boxes.map((box) => box.y)) - MARGIN;
const width = Math.max(...boxes.map((box) => box.x + box.width)) + MARGIN - x;
const height = Math.max(...boxes.map((box) => box.y + box.height)) + MARGIN - y;
await page.screenshot({ path: join(import.meta.dirname, '..', 'docs', 'flow.png'), clip: { x, y, width, height } });
await browser.close();
