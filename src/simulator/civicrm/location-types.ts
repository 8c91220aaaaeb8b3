import type { FieldOption } from './field.ts';

/** Kinds of place that an e-mail, a phone or an address belongs to. */
export const LOCATION_TYPES: readonly FieldOption[] = [
  { id: 5, name: 'Billing', label: 'Billing' },
  { id: 1, name: 'Home', label: 'Home' },
  { id: 3, name: 'Main', label: 'Main' },
  { id: 4, name: 'Other', label: 'Other' },
  { id: 2, name: 'Work', label: 'Work' },
];
