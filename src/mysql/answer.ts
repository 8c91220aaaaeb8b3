import { MINUTE, type Duration } from '../base/clock.ts';

/** A server that says nothing for so long is taken for lost; a statement that waits for a lock ends much earlier. */
const SILENCE: Duration = MINUTE;

/** The server said nothing for a minute. The code is mysql2's own for that: a lost connection. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly code = 'PROTOCOL_SEQUENCE_TIMEOUT';

  constructor() {
    super('no answer');
  }
}

/**
 * What a database answers to a statement. Throws `NoAnswer` when nothing comes, the reason of `signal` when it is
 * aborted; the server may be busy with the statement then, and its connection is good for nothing else.
 *
 * Not mysql2's option `timeout`: that leaves its timer running when the connection breaks or is closed meanwhile, which
 * keeps a program from ending for as long.
 */
export async function answerOf<Answer>(answer: Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal?.reason);
  const silence = setTimeout(() => reject(new NoAnswer()), SILENCE);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  try {
    return await Promise.race([answer, givenUp]);
  } finally {
    clearTimeout(silence);
    signal?.removeEventListener('abort', stop);
    answer.catch(() => undefined);
  }
}
