import { given } from '../given.ts';
import { CUSTOM_FIELD_TYPES, type CivicrmSimulator } from '../simulated-services.ts';
import { act, boolean, customValue, number, object, oneOf, optional, text, type Acts } from './act.ts';

const contactId = number('contactId');

/** What administrators do with what belongs to a contact, by the names of `CivicrmRecordActs`. */
export function civicrmRecordActs({ records }: CivicrmSimulator): Acts {
  return {
    setPhone: act([contactId, optional(text('phone'))], (contact, phone) => records.setPhone(contact, phone ?? null)),
    setAddress: act(
      [contactId, optional(text('street')), optional(text('supplemental')), optional(text('city')), optional(text('state')), optional(text('postalCode')), optional(text('country'))],
      (contact, street, supplemental, city, state, postalCode, country) => {
        const address = given({ street, supplemental, city, state, postalCode, country });
        records.setAddress(contact, Object.keys(address).length > 0 ? address : null);
      },
    ),
    addMembership: act([contactId, optional(text('endDate')), optional(text('joinDate')), optional(text('status')), optional(boolean('isTest'))], (contact, endDate, joinDate, status, isTest) =>
      records.addMembership(contact, { endDate: endDate ?? null, ...given({ joinDate, status, isTest }) }),
    ),
    renewMembership: act([number('membershipId'), optional(text('endDate'))], (id, endDate) => records.renewMembership(id, endDate ?? null)),
    deleteMembership: act([number('membershipId')], (id) => records.deleteMembership(id)),
    addContribution: act([contactId, number('amount'), optional(text('received')), optional(text('status')), optional(boolean('isTest'))], (contact, amount, received, status, isTest) =>
      records.addContribution(contact, { amount, ...given({ received, status, isTest }) }),
    ),
    deleteContribution: act([number('contributionId')], (id) => records.deleteContribution(id)),
    relabelTag: act([number('tagId'), text('label')], (tag, label) => records.relabelTag(tag, label)),
    deleteTag: act([number('tagId')], (tag) => records.deleteTag(tag)),
    createCustomField: act([text('group'), text('name'), optional(oneOf('type', CUSTOM_FIELD_TYPES)), optional(object<Readonly<Record<string, string>>>('options'))], (group, name, type, options) =>
      records.createCustomField({ group, name, ...given({ type, options }) }),
    ),
    setCustomField: act([contactId, text('path'), optional(customValue('value'))], (contact, path, value) => records.setCustomField(contact, path, value ?? null)),
  };
}
