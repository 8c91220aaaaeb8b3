import { parentPort } from 'node:worker_threads';
import type { Answer, Call } from '../../src/store/sqlite/thread.ts';

/** A worker that answers the first call and dies of the second: by an error for `open`, else by ending. */
let calls = 0;
parentPort?.on('message', (call: Call) => {
  calls += 1;
  if (calls === 1) {
    const answer: Answer = { id: call.id, kind: 'done', value: 'alive' };
    parentPort?.postMessage(answer, []);
  } else if (call.method === 'open') throw new Error('out of memory');
  else process.exit(3);
});
