import type { ListId } from '../../base/ids.ts';
import type { Settings } from '../../settings/settings.ts';

/**
 * The secrets with which Mailchimp signs the webhooks of each audience: those of the settings, and those that Mailchimp gave
 * since. An audience without one takes webhooks by the secret of their address alone.
 */
export class SigningSecrets {
  readonly #settings: Settings;
  readonly #given = new Map<ListId, string | null>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  of(listId: ListId): string | null {
    const signing = this.#settings.audiences.get(listId)?.webhookSigning;
    if (!signing?.enabled) return null;
    return this.#given.has(listId) ? this.#given.get(listId)! : signing.secret;
  }

  set(listId: ListId, secret: string | null): void {
    this.#given.set(listId, secret);
  }
}
