import type { CommitOptions, Store, Unit } from '../../src/store/store.ts';
import type { Effect, Place } from './deadly.ts';

const call = (during: string, name: string) => (effect: Effect): boolean => effect.during === during && effect.name === name;
const request = (during: string, name: RegExp) => (effect: Effect): boolean => effect.during === during && name.test(effect.name);

/** A commit that fits by its units and options. */
const commit = (during: string, fits: (units: readonly Unit[], options?: CommitOptions) => boolean) => (effect: Effect): boolean => {
  if (!call(during, 'commit')(effect)) return false;
  const [, units, options] = effect.parameters as Parameters<Store['commit']>;
  return fits(units, options);
};

const makesUpdates = (units: readonly Unit[]): boolean => units.some((unit) => unit.updates?.some((change) => change.kind === 'insert'));
const setsState = (state: string) => (units: readonly Unit[]): boolean => units.some((unit) => unit.updates?.some((change) => change.kind === 'write' && change.set.state === state));
const writesAudience = (_units: readonly Unit[], options?: CommitOptions): boolean => options?.audience !== undefined;
const writesRows = (units: readonly Unit[]): boolean => units.some((unit) => (unit.rows?.length ?? 0) > 0);

const CONTACTS = /^POST .*\/Contact\/save$/;
const GROUPS = /^POST .*\/GroupContact\/save$/;
const EMAILS = /^POST .*\/Email\/(update|create)$/;
const MEMBER = /^(PUT|PATCH|POST|DELETE) \/3\.0\/lists\/\w+\/members\//;
const BATCHES = /^POST \/3\.0\/batches$/;

/** Places of a run, in their order, in the parts that one run dies in one after the other. */
export const IN_A_RUN: Readonly<Record<string, readonly Place[]>> = {
  'while it begins and fetches': [
    { name: 'before the run is there', when: 'before', fits: call('start', 'startRun') },
    { name: 'after the lease was taken', when: 'after', fits: call('start', 'startRun') },
    { name: 'in the middle of fetch, before a page is stored', when: 'before', fits: commit('fetch', writesRows) },
    { name: 'in the middle of fetch, after a page was stored', when: 'after', fits: commit('fetch', writesRows) },
    { name: "between fetch's last page and its cursor", when: 'before', fits: commit('fetch', writesAudience) },
    { name: 'between two stages', when: 'after', fits: call('fetch', 'completeStage') },
  ],
  'while it finds and makes contacts': [
    { name: 'after contacts were found, before the stage is completed', when: 'before', fits: call('populate', 'completeStage') },
    { name: 'after the creation claim, before the creation', when: 'after', fits: call('createContacts', 'claimCreation') },
    { name: 'as the contacts are to be made', when: 'before', fits: request('createContacts', CONTACTS) },
    { name: 'after contacts were made, before the rows have them', when: 'after', fits: request('createContacts', CONTACTS) },
    { name: 'after the rows have their contacts, before the creation claim ends', when: 'before', fits: call('createContacts', 'settleCreation') },
  ],
  'while it looks for changes, decides and writes CiviCRM': [
    { name: 'in the middle of adding rows for contacts', when: 'after', fits: commit('addCiviOnly', writesRows) },
    { name: "between the changes found and history's cursor", when: 'before', fits: commit('identifyChanges', writesAudience) },
    { name: 'after the plan was written, before anything of it is applied', when: 'after', fits: commit('reconcile', makesUpdates) },
    { name: 'after planned → sending, before the CiviCRM call', when: 'before', fits: request('reconcile', GROUPS) },
    { name: 'after the CiviCRM call, before it is recorded', when: 'after', fits: request('reconcile', GROUPS) },
    { name: 'after the CiviCRM call was recorded, before the rows are released', when: 'before', fits: call('reconcile', 'releaseRows') },
    { name: 'after an address was put on hold, before it is recorded', when: 'after', fits: request('reconcile', EMAILS) },
  ],
  'while it queues and submits': [
    { name: 'before queueing', when: 'before', fits: commit('reconcile', setsState('queued')) },
    { name: 'after queueing', when: 'after', fits: commit('reconcile', setsState('queued')) },
    { name: 'after the batch was recorded, before it is sent', when: 'after', fits: call('submit', 'openBatch') },
    { name: 'as the batch is to be sent', when: 'before', fits: request('submit', BATCHES) },
    { name: 'after Mailchimp took the batch, before its id is recorded', when: 'after', fits: request('submit', BATCHES) },
  ],
  'while it ends, and settles results': [
    { name: 'after the batch id was recorded', when: 'after', fits: call('submit', 'writeBatch') },
    { name: 'between the last stage and the end of the run', when: 'after', fits: call('submit', 'completeStage') },
    { name: 'before the first result is settled', when: 'before', fits: commit('batches', setsState('done')) },
    { name: 'in the middle of settling', when: 'after', fits: commit('batches', setsState('done')) },
    { name: 'after the results, before the batch is settled', when: 'before', fits: (effect) => call('batches', 'writeBatch')(effect) && (effect.parameters[1] as { state?: string }).state === 'settled' },
  ],
};

/** Places in a run that sends its updates one by one. */
export const SENDING_SINGLY: readonly Place[] = [
  { name: 'after queued → sending, before the request', when: 'before', nth: 3, fits: request('submit', MEMBER) },
  { name: 'after a single send, before settling', when: 'after', nth: 3, fits: request('submit', MEMBER) },
  { name: 'after an update was settled, before the next', when: 'after', nth: 2, fits: commit('submit', setsState('done')) },
  { name: 'after everything was sent, before the rows are released', when: 'before', fits: call('submit', 'releaseRows') },
];

/** Places in the handler of the inbox. */
export const IN_THE_INBOX: readonly Place[] = [
  { name: 'before the word is heard', when: 'before', fits: commit('inbox', writesRows) },
  { name: 'after the word was heard', when: 'after', fits: commit('inbox', writesRows) },
  { name: 'after the decision, before CiviCRM is written', when: 'after', fits: commit('inbox', makesUpdates) },
  { name: 'as CiviCRM is to be written', when: 'before', fits: request('inbox', GROUPS) },
  { name: 'after CiviCRM was written, before it is recorded', when: 'after', fits: request('inbox', GROUPS) },
  { name: 'before the webhook counts as handled', when: 'before', fits: call('inbox', 'settleInbox') },
];
