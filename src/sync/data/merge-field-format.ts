import type { MergeField, MergeFieldValue } from '../../mailchimp/api.ts';

/** Bytes that a text field holds at Mailchimp: it clips what is longer (Mailchimp's help, "Format Guidelines for Your Import File"). */
const TEXT_BYTES = 255;

/** The parts of a Mailchimp address, and where APIv4 has them below a joined address (`address_primary`). */
const ADDRESS_PARTS: Readonly<Record<string, string>> = {
  addr1: 'street_address',
  addr2: 'supplemental_address_1',
  city: 'city',
  state: 'state_province_id:abbr',
  zip: 'postal_code',
  country: 'country_id.iso_code',
};

/** Without one of these Mailchimp refuses an address. https://mailchimp.com/developer/marketing/docs/merge-fields/ */
const NEEDED = ['addr1', 'city', 'state', 'zip'] as const;

/** The CiviCRM fields that have to be read for a merge field: an address is read by its parts. */
export const pathsFor = (field: MergeField, path: string): readonly string[] => (field.type === 'address' ? Object.values(ADDRESS_PARTS).map((part) => `${path}.${part}`) : [path]);

/**
 * A CiviCRM value as a merge field of this kind takes it; '' for none. What cannot be read as that kind goes as it is:
 * Mailchimp says then what is wrong with it.
 * https://mailchimp.com/developer/marketing/docs/merge-fields/
 * @param read a field's value by its path; undefined where CiviCRM did not give it
 */
export function formatMergeField(field: MergeField, path: string, read: (path: string) => unknown): MergeFieldValue {
  if (field.type === 'address') return addressOf(path, read);
  const value = read(path);
  const text = textOf(value);
  if (text === '') return '';
  switch (field.type) {
    case 'number':
      return Number.isFinite(Number(text)) ? Number(text) : text;
    case 'date':
      return dateIn(text) ?? text;
    case 'birthday':
      return monthAndDay(text) ?? text;
    case 'phone':
      return field.phoneFormat === 'US' ? usPhone(text) : text;
    default:
      return fitTextField(text);
  }
}

/** What a text field holds of a text: cut at a character. */
export function fitTextField(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= TEXT_BYTES) return text;
  let end = TEXT_BYTES;
  while ((bytes[end]! & 0b1100_0000) === 0b1000_0000) end -= 1; // the middle of a character in UTF-8
  return bytes.subarray(0, end).toString();
}

/** Several values (a field with check boxes) are set apart by commas; yes and no are 1 and 0, as CiviCRM writes them. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).filter((part) => part !== '').join(', ');
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

/** Without its time: Mailchimp's dates are days. */
const dateIn = (text: string): string | undefined => /^(\d{4}-\d{2}-\d{2})(?:[ T].*)?$/.exec(text)?.[1];

function monthAndDay(text: string): string | undefined {
  const [, month, day] = /^(?:\d{4}-)?(\d{1,2})[-/](\d{1,2})/.exec(text) ?? [];
  return month !== undefined && day !== undefined ? `${month.padStart(2, '0')}/${day.padStart(2, '0')}` : undefined;
}

/** Ten digits, perhaps after the country's 1. */
function usPhone(text: string): string {
  const [, area, exchange, line] = /^1?(\d{3})(\d{3})(\d{4})$/.exec(text.replaceAll(/\D/g, '')) ?? [];
  return area === undefined || exchange === undefined || line === undefined ? text : `${area}-${exchange}-${line}`;
}

const partsOf = (path: string, read: (path: string) => unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(ADDRESS_PARTS).map(([part, field]): [string, string] => [part, textOf(read(`${path}.${field}`))]));

/** An address that Mailchimp would refuse, and every update of the member with it, counts as none. */
function addressOf(path: string, read: (path: string) => unknown): MergeFieldValue {
  const parts = partsOf(path, read);
  return NEEDED.every((part) => parts[part] !== '') ? parts : '';
}

/** Which of the parts that Mailchimp needs are missing in an address that has others. */
export function missingParts(field: MergeField, path: string, read: (path: string) => unknown): readonly string[] {
  if (field.type !== 'address') return [];
  const parts = partsOf(path, read);
  const missing = NEEDED.filter((part) => parts[part] === '');
  return missing.length === NEEDED.length ? [] : missing;
}
