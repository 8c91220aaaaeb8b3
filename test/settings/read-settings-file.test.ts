import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettingsFile } from '../../src/settings/read-settings-file.ts';
import { SettingsError } from '../../src/settings/settings-error.ts';
import { sampleText } from './sample.ts';

const refusalOf = async (path: string): Promise<SettingsError> => {
  try {
    await readSettingsFile(path, {});
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: 'this file was expected to be refused' });
};

describe('readSettingsFile', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'settings-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  const fileOf = async (text: string): Promise<string> => {
    const path = join(folder, 'sync.json');
    await writeFile(path, text);
    return path;
  };

  it('reads the settings of a file, with variables', async () => {
    const path = await fileOf(sampleText.replace('"Main audience"', '"${NAME}"'));
    const settings = await readSettingsFile(path, { NAME: 'News' });
    assert.equal([...settings.audiences.values()][0]?.name, 'News');
  });

  it('names the file and the line of a slip', async () => {
    const path = await fileOf(sampleText.replace('"CiviCRM"', '"CiviCRM",'));
    const error = await refusalOf(path);
    assert.equal(error.code, 'settings_syntax');
    assert.ok(error.message.startsWith(`The settings file ${path} cannot be used: line 9, column 32: `), error.message);
  });

  it('names a file that is not there', async () => {
    const path = join(folder, 'nowhere.json');
    const error = await refusalOf(path);
    assert.equal(error.code, 'settings_invalid');
    assert.equal(error.message, `The settings file ${path} cannot be used: there is no such file`);
  });

  it('names a file that cannot be read', async () => {
    const error = await refusalOf(folder);
    assert.equal(error.message, `The settings file ${folder} cannot be used: the file cannot be read (EISDIR)`);
  });
});
