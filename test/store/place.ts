import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { StorePlace } from '../contract/store-contract.ts';

/** A file in a folder of its own. */
export interface FilePlace extends StorePlace {
  readonly file: string;
}

export const newPlace = async (): Promise<FilePlace> => {
  const folder = await mkdtemp(join(tmpdir(), 'mailchimpsync-store-'));
  const file = join(folder, 'store.sqlite');
  return {
    file,
    connect: () => openSqliteStore(file),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
