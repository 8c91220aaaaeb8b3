import { given } from '../given.ts';
import type { CivicrmSimulator, HistoryMethod, ImportedContact, Permission, PlannedFault } from '../simulated-services.ts';
import { act, boolean, clauses, number, numbers, object, objects, oneOf, optional, text, texts, type Acts } from './act.ts';
import { civicrmRecordActs } from './civicrm-record-acts.ts';

const contactId = number('contactId');
const groupId = number('groupId');
const emailId = number('emailId');
const method = optional(oneOf<HistoryMethod>('method', ['Admin', 'Email', 'Form', 'Web', 'API']));

/** What administrators and people do in CiviCRM, by the names of `CivicrmActs`, and what befalls the site. */
export function civicrmActs(civicrm: CivicrmSimulator): Acts {
  const { acts } = civicrm;
  return {
    createContact: act([optional(text('firstName')), optional(text('lastName')), optional(text('email')), optional(text('source'))], (firstName, lastName, email, source) =>
      acts.createContact(given({ firstName, lastName, email, source })),
    ),
    importContacts: act([objects<ImportedContact>('contacts')], (contacts) => acts.importContacts(contacts)),
    rename: act([contactId, optional(text('firstName')), optional(text('lastName'))], (contact, firstName, lastName) => acts.rename(contact, given({ firstName, lastName }))),
    trash: act([contactId], (contact) => acts.trash(contact)),
    restore: act([contactId], (contact) => acts.restore(contact)),
    deletePermanently: act([contactId], (contact) => acts.deletePermanently(contact)),
    merge: act([number('mainId'), number('duplicateId')], (main, duplicate) => acts.merge(main, duplicate)),
    optOut: act([contactId, optional(boolean('history'))], (contact, history) => acts.optOut(contact, given({ history }))),
    takeBackOptOut: act([contactId], (contact) => acts.takeBackOptOut(contact)),
    setFlag: act([contactId, oneOf('flag', ['do_not_email', 'is_deceased']), boolean('value')], (contact, flag, value) => acts.setFlag(contact, flag, value)),

    addToGroup: act([contactId, groupId, method], (contact, group, how) => acts.addToGroup(contact, group, how)),
    removeFromGroup: act([contactId, groupId, method], (contact, group, how) => acts.removeFromGroup(contact, group, how)),
    deleteFromGroup: act([contactId, groupId], (contact, group) => acts.deleteFromGroup(contact, group)),
    bulkAddToGroup: act([numbers('contactIds'), groupId], (contacts, group) => acts.bulkAddToGroup(contacts, group)),
    writeGroupStatusBySql: act([contactId, groupId, text('status')], (contact, group, status) => acts.writeGroupStatusBySql(contact, group, status)),
    begin: act([contactId, groupId, text('status')], (contact, group, status) => acts.begin(contact, group, status)),
    commit: act([number('transaction')], (transaction) => acts.commit(transaction)),
    rollback: act([number('transaction')], (transaction) => acts.rollback(transaction)),

    addEmail: act([contactId, text('email'), optional(boolean('primary')), optional(boolean('bulkmail'))], (contact, email, primary, bulkmail) =>
      acts.addEmail(contact, email, given({ primary, bulkmail })),
    ),
    editEmail: act([emailId, text('email')], (id, email) => acts.editEmail(id, email)),
    deleteEmail: act([emailId], (id) => acts.deleteEmail(id)),
    setPrimary: act([emailId], (id) => acts.setPrimary(id)),
    setBulkmail: act([emailId, boolean('bulkmail')], (id, bulkmail) => acts.setBulkmail(id, bulkmail)),
    hold: act([emailId, oneOf('reason', ['bounce', 'opt-out'])], (id, reason) => acts.hold(id, reason)),
    unhold: act([emailId], (id) => acts.unhold(id)),

    createGroup: act(
      [text('title'), optional(text('name')), optional(clauses('search')), optional(boolean('active')), optional(number('id'))],
      (title, name, search, active, id) => acts.createGroup({ title, ...given({ name, search, active, id }) }),
    ),
    changeSearch: act([groupId, clauses('search')], (group, search) => acts.changeSearch(group, search)),
    beginCacheRebuild: act([groupId], (group) => acts.beginCacheRebuild(group)),
    endCacheRebuild: act([groupId], (group) => acts.endCacheRebuild(group)),
    setGroupActive: act([groupId, boolean('active')], (group, active) => acts.setGroupActive(group, active)),
    deleteGroup: act([groupId], (group) => acts.deleteGroup(group)),
    createTag: act([text('label')], (label) => acts.createTag(label)),
    tag: act([contactId, number('tagId')], (contact, tag) => acts.tag(contact, tag)),
    untag: act([contactId, number('tagId')], (contact, tag) => acts.untag(contact, tag)),

    ...civicrmRecordActs(civicrm),

    addKey: act([text('key'), texts('permissions')], (key, permissions) => civicrm.addKey(key, permissions as readonly Permission[])),
    setPermissions: act([text('key'), texts('permissions')], (key, permissions) => civicrm.setPermissions(key, permissions as readonly Permission[])),
    setTimezone: act([text('timezone')], (timezone) => civicrm.setTimezone(timezone)),
    setSkew: act([number('skew')], (skew) => civicrm.setSkew(skew)),
    setSmartGroupCacheTimeout: act([number('minutes')], (minutes) => civicrm.setSmartGroupCacheTimeout(minutes)),
    setCondition: act([oneOf('condition', ['running', 'maintenance', 'database down'])], (condition) => civicrm.setCondition(condition)),
    planFault: act([object<PlannedFault>('fault')], (fault) => civicrm.plan(fault)),
    clearFaults: act([], () => civicrm.clearFaults()),
  };
}
