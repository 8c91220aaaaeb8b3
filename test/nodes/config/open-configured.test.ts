import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConfigured } from '../../../nodes/config/open-configured.ts';
import { readSettings } from '../../../src/settings/read-settings.ts';
import { SECRETS, SETTINGS } from '../support/flow.ts';

const settingsWith = (store: object | undefined) => readSettings({ ...JSON.parse(SETTINGS), store }, { secrets: JSON.parse(SECRETS) as Record<string, string> });

describe('the engine of a configuration', () => {
  let userDirectory: string;

  beforeEach(() => {
    userDirectory = mkdtempSync(join(tmpdir(), 'mailchimpsync-open-'));
  });
  afterEach(() => rmSync(userDirectory, { recursive: true, force: true }));

  const filesOf = async (store: object | undefined): Promise<readonly string[]> => {
    const engine = await openConfigured(settingsWith(store), { userDirectory, log: () => {} });
    assert.equal((await engine.status()).length, 2);
    await engine.close();
    return ['mailchimpsync.sqlite', 'other.sqlite'].filter((name) => existsSync(join(userDirectory, name)));
  };

  it('keeps its tables in a file of the user directory', async () => {
    assert.deepEqual(await filesOf(undefined), ['mailchimpsync.sqlite']);
  });

  it('keeps them in the file that the settings name', async () => {
    assert.deepEqual(await filesOf({ sqlite: join(userDirectory, 'other.sqlite') }), ['other.sqlite']);
  });

  it('names the database that it cannot reach, never its password', async () => {
    const settings = settingsWith({ mysql: 'mysql://user:a-long-secret@127.0.0.1:1/sync' });
    await assert.rejects(
      openConfigured(settings, { userDirectory, log: () => {} }),
      (error: Error & { code: string }) => error.code === 'store_unavailable' && error.message.includes('127.0.0.1:1/sync') && !error.message.includes('a-long-secret'),
    );
  });
});
