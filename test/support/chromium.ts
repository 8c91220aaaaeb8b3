import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { aptInstall, INSTALLING } from './apt.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const found = (): string | null =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((file) => existsSync(file)) ?? null;

/** Starts Chromium for a suite's `before`; installs it if need be, and skips the suite where that cannot be done. */
export const launchChromium = async (suite: Mocha.Context): Promise<Browser> => {
  suite.timeout(2 * INSTALLING);
  if (found() === null) aptInstall('chromium');
  const executablePath = found();
  if (executablePath === null) {
    console.log('      no Chromium here, and none could be installed: apt-get install chromium');
    return suite.skip();
  }
  // Chromium refuses its sandbox to root, and containers have little /dev/shm.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
};
