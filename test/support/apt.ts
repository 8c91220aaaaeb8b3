import { spawnSync } from 'node:child_process';

/** How long an installation may take, in ms. */
export const INSTALLING = 600_000;

const apt = (...words: string[]): void => {
  spawnSync('apt-get', words, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeout: INSTALLING });
};

/** Installs Debian's own packages, where this process may; whether it did shows when they are looked for. */
export const aptInstall = (...packages: readonly string[]): void => {
  if (process.getuid?.() !== 0) return;
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...packages);
};
