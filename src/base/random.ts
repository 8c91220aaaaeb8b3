import { randomBytes } from 'node:crypto';

/** Where chance enters the program. Tests give a seeded one. */
export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive), for jitter. */
  fraction(): number;
  /** Lower-case hex digits that nobody can guess, two a byte. */
  token(bytes: number): string;
}

export const systemRandom: Random = {
  fraction: () => Math.random(),
  token: (bytes) => randomBytes(bytes).toString('hex'),
};
