import { parentPort } from 'node:worker_threads';
import { SyncError } from '../../base/errors.ts';
import type { Database } from './database.ts';
import { storeError } from './failures.ts';
import type { Place, WorkerMethods } from './methods.ts';
import { openDatabase } from './open-database.ts';
import { methodsOf } from './store-methods.ts';
import type { Answer, Call } from './thread.ts';

/** The thread in which SQLite runs: takes one call after the other and answers each. */
const port = parentPort;
if (port === null) throw new SyncError('internal', 'This file is the worker thread of the store and does nothing by itself.');

let file = '';
let database: Database | null = null;
const open = (place: Place): string => {
  file = place.file;
  const opened = openDatabase(place);
  database = opened.database;
  methods = { ...methods, ...methodsOf(database) };
  return opened.id;
};
const close = (): void => database?.close();
let methods: Partial<WorkerMethods> = { open, close };

const answerTo = ({ id, method, parameters }: Call): Answer => {
  try {
    const run = methods[method] as ((...parameters: readonly unknown[]) => unknown) | undefined;
    if (!run) throw new SyncError('store_unavailable', `The store ${file} is not open.`);
    return { id, kind: 'done', value: run(...parameters) };
  } catch (error) {
    const { code, message } = storeError(error, file);
    return { id, kind: 'failed', code, message };
  }
};

port.on('message', (call: Call) => {
  port.postMessage(answerTo(call));
  if (call.method === 'close') port.close();
});
