import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const INSTALLING = 600_000;

const found = (): string | null =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((file) => existsSync(file)) ?? null;

const apt = (...words: string[]): void => {
  spawnSync('apt-get', words, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeout: INSTALLING });
};

/** Debian's own package, where this process may install it. */
const install = (): void => {
  if (process.getuid?.() !== 0) return;
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'chromium');
};

/** Starts Chromium for a suite's `before`; installs it if need be, and skips the suite where that cannot be done. */
export const launchChromium = async (suite: Mocha.Context): Promise<Browser> => {
  suite.timeout(2 * INSTALLING);
  if (found() === null) install();
  const executablePath = found();
  if (executablePath === null) {
    console.log('      no Chromium here, and none could be installed: apt-get install chromium');
    return suite.skip();
  }
  // Chromium refuses its sandbox to root, and containers have little /dev/shm.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
};
