/** A value that PHP's `serialize` wrote; arrays as maps, in their order. */
export type PhpValue = null | boolean | number | string | PhpArray;
export type PhpArray = ReadonlyMap<string | number, PhpValue>;

/** A text that is not what is read here. It never holds any of the text. */
export class NotPhp extends Error {}

/** Nothing of the extension's is larger: its columns hold 64 KiB. */
const LONGEST = 65_535;
const DEEPEST = 16;
const SEMICOLON = 0x3b;
const QUOTE = 0x22;

/**
 * Reads the part of PHP's `serialize` format that plain data are written in: null, booleans, numbers, texts and arrays of
 * them (https://www.php.net/manual/en/function.serialize.php). Objects, references and everything else is refused;
 * nothing is ever executed or instantiated. Throws `NotPhp`.
 * @param bytes lengths of texts count bytes
 */
export function readPhp(bytes: Uint8Array): PhpValue {
  if (bytes.length > LONGEST) throw new NotPhp(`longer than ${LONGEST} bytes`);
  const reader = new Reader(bytes);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
  }

  value(depth: number): PhpValue {
    const kind = this.#take(2);
    switch (kind) {
      case 'N;':
        return null;
      case 'b:':
        return this.#until(SEMICOLON, /^[01]$/) === '1';
      case 'i:':
        return this.#whole(this.#until(SEMICOLON, /^-?\d{1,19}$/));
      case 'd:':
        return Number(this.#until(SEMICOLON, /^-?\d[\d.]{0,30}(?:E[+-]?\d{1,3})?$/));
      case 's:': {
        const text = this.#text();
        this.#expect(';');
        return text;
      }
      case 'a:':
        if (depth >= DEEPEST) throw new NotPhp(`nested deeper than ${DEEPEST}`);
        return this.#array(depth);
      default:
        throw new NotPhp(`neither plain data nor an array at byte ${this.#at - 2}`);
    }
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new NotPhp(`something follows at byte ${this.#at}`);
  }

  #array(depth: number): PhpArray {
    const length = this.#length();
    // Each entry takes four bytes at the least, so a length that lies costs nothing.
    if (length > this.#bytes.length / 4) throw new NotPhp('an array that is longer than the text');
    this.#expect('{');
    const entries = new Map<string | number, PhpValue>();
    for (let index = 0; index < length; index += 1) {
      const key = this.value(DEEPEST);
      if (typeof key !== 'string' && typeof key !== 'number') throw new NotPhp('a key that is neither text nor number');
      entries.set(key, this.value(depth + 1));
    }
    this.#expect('}');
    return entries;
  }

  #text(): string {
    const length = this.#length();
    this.#expect('"');
    const from = this.#at;
    if (this.#bytes[from + length] !== QUOTE) throw new NotPhp(`a text of another length at byte ${from}`);
    this.#at = from + length + 1;
    return this.#bytes.toString('utf8', from, from + length);
  }

  #length(): number {
    return this.#whole(this.#until(0x3a, /^\d{1,5}$/));
  }

  #whole(text: string): number {
    const number = Number(text);
    if (!Number.isSafeInteger(number)) throw new NotPhp('a number that is too large');
    return number;
  }

  #until(end: number, shape: RegExp): string {
    const stop = this.#bytes.indexOf(end, this.#at);
    const text = stop < 0 || stop - this.#at > 64 ? '' : this.#bytes.toString('latin1', this.#at, stop);
    if (!shape.test(text)) throw new NotPhp(`not a value at byte ${this.#at}`);
    this.#at = stop + 1;
    return text;
  }

  #expect(text: string): void {
    if (this.#take(text.length) !== text) throw new NotPhp(`"${text}" is missing at byte ${this.#at - text.length}`);
  }

  #take(length: number): string {
    const text = this.#bytes.toString('latin1', this.#at, this.#at + length);
    if (text.length < length) throw new NotPhp('the end is missing');
    this.#at += length;
    return text;
  }
}

/** The same as JSON has it: an array whose keys count from 0 is a list. */
export function asJson(value: PhpValue): unknown {
  if (!(value instanceof Map)) return value;
  const entries = [...value];
  if (entries.every(([key], index) => key === index)) return entries.map(([, item]) => asJson(item));
  return Object.fromEntries(entries.map(([key, item]) => [String(key), asJson(item)]));
}
