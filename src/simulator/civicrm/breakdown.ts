import { PhpError } from './failures.ts';

/** The server process that works on a request dies in the middle of it: nothing is undone, and nobody is answered. */
export class Breakdown {
  #contacts: number | null = null;

  /** The next request dies when it has made so many contacts and begun another. */
  afterContacts(contacts: number): void {
    this.#contacts = contacts;
  }

  /** Called between a new contact and its address. */
  contactBegun(): void {
    if (this.#contacts === null) return;
    this.#contacts -= 1;
    if (this.#contacts < 0) throw new PhpError('the process has died');
  }

  end(): void {
    this.#contacts = null;
  }
}
