import type { MergeField, MergeFieldValue } from '../../mailchimp/api.ts';

/** What a text field holds at Mailchimp; longer text would be refused. */
const TEXT_LENGTH = 255;

/** The parts of a Mailchimp address, and where APIv4 has them below a joined address (`address_primary`). */
const ADDRESS_PARTS: Readonly<Record<string, string>> = {
  addr1: 'street_address',
  addr2: 'supplemental_address_1',
  city: 'city',
  state: 'state_province_id:abbr',
  zip: 'postal_code',
  country: 'country_id.iso_code',
};

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
      return Array.from(text).slice(0, TEXT_LENGTH).join('');
  }
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

function addressOf(path: string, read: (path: string) => unknown): MergeFieldValue {
  const parts = Object.entries(ADDRESS_PARTS).map(([part, field]): [string, string] => [part, textOf(read(`${path}.${field}`))]);
  return parts.every(([, text]) => text === '') ? '' : Object.fromEntries(parts);
}
