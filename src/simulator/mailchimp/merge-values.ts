import type { JsonObject } from './call.ts';
import { invalidResource, type FieldError } from './problem.ts';
import type { AddressValue, MailchimpState, MergeFieldRecord, MergeFieldType, MergeValue } from './records.ts';

type Language = MailchimpState['language'];

/** Messages about fields come in the account's language (third party); the English number one is recorded. */
const messages = {
  required: { en: 'Please enter a value', de: 'Bitte gib einen Wert ein.' },
  number: { en: 'Please enter a number', de: 'Bitte gib eine Zahl ein.' },
  date: { en: 'Please enter a valid date', de: 'Bitte gib ein gültiges Datum ein.' },
  birthday: { en: 'Please enter a month and day', de: 'Bitte gib Monat und Tag ein.' },
  phone: { en: 'Please enter a valid phone number', de: 'Bitte gib eine gültige Telefonnummer ein.' },
  zip: { en: 'Please enter a zip code', de: 'Bitte gib eine Postleitzahl ein.' },
  url: { en: 'Please enter a valid URL', de: 'Bitte gib eine gültige URL ein.' },
  address: { en: 'Please enter a complete address', de: 'Bitte gib eine vollständige Adresse ein.' },
  choice: { en: 'Please choose one of the options', de: 'Bitte wähle eine der Optionen.' },
  text: { en: 'Please enter text', de: 'Bitte gib Text ein.' },
} as const;

type Complaint = keyof typeof messages;

/** A value as stored, or what is wrong with it. */
type Reading = { readonly value: MergeValue } | { readonly complaint: Complaint };

/**
 * Reads `merge_fields` of a write. Unknown tags are ignored (recorded). Throws `Your merge fields were invalid.` with
 * all bad values, as Mailchimp does.
 */
export function readMergeValues(fields: readonly MergeFieldRecord[], given: JsonObject, language: Language): Record<string, MergeValue> {
  const values: Record<string, MergeValue> = {};
  const errors: FieldError[] = [];
  for (const field of fields) {
    const raw = given[field.tag];
    if (raw === undefined) continue;
    const reading = readValue(field, raw);
    if ('value' in reading) values[field.tag] = reading.value;
    else errors.push({ field: field.tag, message: messages[reading.complaint][language] });
  }
  if (errors.length > 0) throw invalidMergeFields(errors);
  return values;
}

/** Throws when a required merge field would be empty. */
export function requireValues(
  fields: readonly MergeFieldRecord[],
  values: Readonly<Record<string, MergeValue>>,
  language: Language,
): void {
  const errors = fields
    .filter(({ required, tag }) => required && isEmpty(values[tag]))
    .map(({ tag }) => ({ field: tag, message: messages.required[language] }));
  if (errors.length > 0) throw invalidMergeFields(errors);
}

function invalidMergeFields(errors: readonly FieldError[]): Error {
  return invalidResource('Your merge fields were invalid.', errors);
}

function isEmpty(value: MergeValue | undefined): boolean {
  return value === undefined || value === '';
}

type Reader = (text: string, field: MergeFieldRecord) => Reading;

/** Types as documented at https://mailchimp.com/developer/marketing/docs/merge-fields/ */
const readers: Readonly<Record<Exclude<MergeFieldType, 'address'>, Reader>> = {
  text: (text) => ({ value: clipped(text) }),
  number: (text) => (Number.isFinite(Number(text)) ? { value: Number(text) } : { complaint: 'number' }),
  date: readDate,
  birthday: (text) => fitting(text, /^(0?[1-9]|1[0-2])\/(0?[1-9]|[12]\d|3[01])$/, 'birthday'),
  phone: readPhone,
  zip: (text) => fitting(text, /^\d{5}(-\d{4})?$/, 'zip'),
  url: readUrl,
  imageurl: readUrl,
  radio: readChoice,
  dropdown: readChoice,
};

/** Text fields hold 255 bytes, and what is longer is clipped (documented, in Mailchimp's help about imports). */
function clipped(text: string): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, 255), { stream: true });
}

function readValue(field: MergeFieldRecord, raw: unknown): Reading {
  if (field.type === 'address') return readAddress(raw);
  if (typeof raw !== 'string' && typeof raw !== 'number') return { complaint: 'text' };
  const text = String(raw).trim();
  return text === '' ? { value: '' } : readers[field.type](text, field);
}

function fitting(text: string, pattern: RegExp, complaint: Complaint): Reading {
  return pattern.test(text) ? { value: text } : { complaint };
}

/** Only the US format has rules (recorded: "000" passes without a format). */
function readPhone(text: string, field: MergeFieldRecord): Reading {
  const digits = text.replaceAll(/\D/g, '').length;
  return field.options['phone_format'] === 'US' && digits !== 10 ? { complaint: 'phone' } : { value: text };
}

function readUrl(text: string): Reading {
  return URL.canParse(text) ? { value: text } : { complaint: 'url' };
}

function readChoice(text: string, field: MergeFieldRecord): Reading {
  return choicesOf(field).includes(text) ? { value: text } : { complaint: 'choice' };
}

function choicesOf(field: MergeFieldRecord): readonly unknown[] {
  const choices = field.options['choices'];
  return Array.isArray(choices) ? choices : [];
}

/** YYYY-MM-DD or MM/DD/YYYY come in; YYYY-MM-DD goes out (recorded). */
function readDate(text: string): Reading {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  const day = american === null ? text.slice(0, 10) : `${american[3]}-${american[1]?.padStart(2, '0')}-${american[2]?.padStart(2, '0')}`;
  const valid = /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(`${day}T00:00:00Z`));
  return valid ? { value: day } : { complaint: 'date' };
}

function readAddress(raw: unknown): Reading {
  if (raw === '') return { value: '' };
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { complaint: 'address' };
  const part = (name: keyof AddressValue): string => {
    const text: unknown = (raw as JsonObject)[name];
    return typeof text === 'string' ? text : '';
  };
  const address: AddressValue = {
    addr1: part('addr1'),
    addr2: part('addr2'),
    city: part('city'),
    state: part('state'),
    zip: part('zip'),
    country: part('country'),
  };
  if (Object.values(address).every((text: string) => text === '')) return { value: '' };
  const complete = address.addr1 !== '' && address.city !== '' && address.state !== '' && address.zip !== '';
  return complete ? { value: address } : { complaint: 'address' };
}
