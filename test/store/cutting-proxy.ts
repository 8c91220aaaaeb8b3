import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';

/** What becomes of a connection at the next statement that begins with some text. */
interface Cut {
  readonly text: string;
  /** Before the server hears of it, or after it has answered, before the client hears that. */
  readonly when: 'before' | 'after';
}

/** A line between a client and a server on a socket, which breaks where a test wants it to. */
export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly socket: string;
  #cut: Cut | null = null;
  /** How often it was cut. */
  cuts = 0;

  private constructor(target: string, socket: string) {
    this.socket = socket;
    this.#server = createServer((client) => this.#connect(client, createConnection(target)));
  }

  static async open(target: string, folder: string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target, join(folder, 'cut.sock'));
    proxy.#server.listen(proxy.socket);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** Cuts the connection at the next statement with this text, once. */
  cutAt(text: string, when: Cut['when']): void {
    this.#cut = { text, when };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connect(client: Socket, server: Socket): void {
    let cutting: Cut | null = null;
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.on('data', (bytes: Buffer) => {
      if (this.#cut !== null && bytes.includes(this.#cut.text)) {
        cutting = this.#cut;
        this.#cut = null;
        this.cuts += 1;
        if (cutting.when === 'before') return end();
      }
      server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => (cutting === null ? client.write(bytes) : end()));
  }
}
