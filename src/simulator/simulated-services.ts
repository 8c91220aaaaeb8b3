/** What the two simulated services offer to the rest of the simulators: the only door to their folders. */
export { CivicrmSimulator } from './civicrm/simulator.ts';
export { CUSTOM_FIELD_TYPES } from './civicrm/custom-fields.ts';
export type { HistoryMethod } from './civicrm/acts.ts';
export type { PlannedFault } from './civicrm/faults.ts';
export type { Permission } from './civicrm/options.ts';
export type { ImportedContact } from './civicrm/records.ts';
export { MailchimpSimulator } from './mailchimp/simulator.ts';
export type { Fault, FaultTarget } from './mailchimp/faults.ts';
export type { ImportedMember } from './mailchimp/member-import.ts';
export type { MergeValue } from './mailchimp/records.ts';
