import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Ajv } from 'ajv';
import type { NodeAPI } from 'node-red';
import { signingSecretName } from '../../src/settings/signing-secret.ts';
import type { Settings } from '../../src/settings/settings.ts';

/** The settings that Node-RED keeps itself, and stores whenever they are set; not there with every storage. */
export type RuntimeSettings = Pick<NodeAPI['settings'], 'available' | 'get' | 'set'>;

const PROPERTY = 'mailchimpsyncGivenSecrets';
const CIPHER = 'aes-256-gcm';
const [SALT, NONCE, TAG] = [16, 12, 16];

/** Sealed secrets by the node's id and by name. */
type Sealed = Readonly<Record<string, Readonly<Record<string, string>>>>;

const isSealed = new Ajv().compile<Sealed>({ type: 'object', additionalProperties: { type: 'object', additionalProperties: { type: 'string' } } });

/**
 * Secrets that Mailchimp gave to a configuration since it was deployed. Node-RED stores credentials with the next
 * deployment only, and a restart before that would lose them; so they also stand among its own settings, sealed with the
 * API key of their account, which is a credential.
 */
export class UndeployedSecrets {
  readonly #settings: RuntimeSettings;
  readonly #node: string;

  constructor(settings: RuntimeSettings, node: string) {
    this.#settings = settings;
    this.#node = node;
  }

  /** What is kept, by name. '': it is known to be gone, or cannot be opened, because the API key is another. */
  read(settings: Settings): Readonly<Record<string, string>> {
    const keys = keysOf(settings);
    return Object.fromEntries(Object.entries(this.#ours()).flatMap(([name, text]) => (keys.has(name) ? [[name, opened(text, name, keys.get(name)!)]] : [])));
  }

  /** Resolves when it is stored; false: it cannot be, and the next deployment has to. null: it is gone. */
  async keep(settings: Settings, name: string, secret: string | null): Promise<boolean> {
    const key = keysOf(settings).get(name);
    if (key === undefined || !this.#settings.available()) return false;
    await this.#store({ ...this.#ours(), [name]: sealed(secret ?? '', name, key) });
    return true;
  }

  /** Lets go of those of these names; of all without any. */
  async drop(names?: ReadonlySet<string>): Promise<void> {
    const left = Object.entries(this.#ours()).filter(([name]) => names !== undefined && !names.has(name));
    if (left.length < Object.keys(this.#ours()).length) await this.#store(Object.fromEntries(left));
  }

  #all(): Sealed {
    const value: unknown = this.#settings.available() ? this.#settings.get(PROPERTY) : undefined;
    return isSealed(value) ? value : {};
  }

  #ours(): Sealed[string] {
    const all = this.#all();
    return Object.hasOwn(all, this.#node) ? all[this.#node]! : {};
  }

  async #store(ours: Sealed[string]): Promise<void> {
    if (!this.#settings.available()) return;
    const { [this.#node]: _before, ...others } = this.#all();
    await this.#settings.set(PROPERTY, Object.keys(ours).length > 0 ? { ...others, [this.#node]: ours } : others);
  }
}

/** API keys by the names of the secrets that they seal. */
const keysOf = (settings: Settings): ReadonlyMap<string, string> => new Map([...settings.audiences.values()].map(({ listId, account }) => [signingSecretName(listId), account.apiKey]));

const keyFrom = (apiKey: string, salt: Uint8Array): Uint8Array => new Uint8Array(hkdfSync('sha256', apiKey, salt, PROPERTY, 32));

function sealed(secret: string, name: string, apiKey: string): string {
  const [salt, nonce] = [randomBytes(SALT), randomBytes(NONCE)];
  const cipher = createCipheriv(CIPHER, keyFrom(apiKey, salt), nonce).setAAD(Buffer.from(name));
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), text]).toString('base64');
}

function opened(text: string, name: string, apiKey: string): string {
  const bytes = Buffer.from(text, 'base64');
  const [nonce, tag] = [bytes.subarray(SALT, SALT + NONCE), bytes.subarray(SALT + NONCE, SALT + NONCE + TAG)];
  try {
    const decipher = createDecipheriv(CIPHER, keyFrom(apiKey, bytes.subarray(0, SALT)), nonce, { authTagLength: TAG }).setAAD(Buffer.from(name)).setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(SALT + NONCE + TAG)), decipher.final()]).toString('utf8');
  } catch {
    return '';
  }
}
