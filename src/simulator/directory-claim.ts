import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';

/** A directory that this process alone uses, until `release`. */
export interface DirectoryClaim {
  release(): Promise<void>;
}

/** Who uses a directory: it listens on this port of 127.0.0.1 and says its token to whoever asks. */
interface User {
  readonly port: number;
  readonly token: string;
}

const FILE = 'in-use.json';

/**
 * Claims a directory. Another process that still uses it (one that lost its parent and is saving, say) is waited for:
 * its connection closes when it ends, however it ends. Rejects after `patience` milliseconds.
 */
export async function claimDirectory(directory: string, patience = 30_000): Promise<DirectoryClaim> {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, FILE);
  const until = Date.now() + patience;
  const token = randomUUID();
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => connections.delete(socket));
    socket.write(`${token}\n`);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ host: '127.0.0.1', port: 0 }, resolve));
  const release = async (): Promise<void> => {
    if (userOf(file)?.token === token) rmSync(file);
    connections.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  };
  const user: User = { port: (server.address() as AddressInfo).port, token };
  while (!created(file, user)) {
    const other = userOf(file);
    if (other !== null && (await outlives(other, until - Date.now()))) {
      await release();
      throw new Error(`${directory} is in use by another process: end that, or choose another directory`);
    }
    if (userOf(file)?.token === other?.token) rmSync(file, { force: true });
  }
  return { release };
}

/** Whether the file was made: a link comes into being whole, or not at all when there is a file already. */
function created(file: string, user: User): boolean {
  const written = `${file}.${user.token}`;
  writeFileSync(written, JSON.stringify(user));
  try {
    linkSync(written, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(written);
  }
}

/** Null when nobody is written there. */
function userOf(file: string): User | null {
  try {
    const { port, token } = JSON.parse(readFileSync(file, 'utf8')) as Partial<User>;
    return typeof port === 'number' && typeof token === 'string' ? { port, token } : null;
  } catch {
    return null;
  }
}

/** Whether the user is still there after so many milliseconds; resolves as soon as it is gone. */
function outlives({ port, token }: User, patience: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (still: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(still);
    };
    const timer = setTimeout(() => end(true), Math.max(0, patience));
    let said = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.length >= token.length && !said.startsWith(token)) end(false);
    });
    socket.on('error', () => end(false)).on('close', () => end(false));
  });
}
