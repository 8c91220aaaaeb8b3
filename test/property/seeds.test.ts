import assert from 'node:assert/strict';

import { PLAIN, type History } from './history.ts';
import { isFailure } from './judge.ts';
import { played } from './prove.ts';

/** Histories that broke a promise once, shrunk, by what each shows. */
const FOUND: Readonly<Record<string, History>> = {
  'a pending of another member at the same address is looked at for the first time': {
    options: { ...PLAIN, submitSingly: 20 },
    actions: [['newContact', 0, 0, 43], ['signUp', 0, 0], ['add', 0, 0], ['run', 1], ['finish'], ['tick', 40], ['remove', 0, 0, 1], ['tick', 40], ['subscribe', 0, 0], ['deleteMember', 0, 0], ['run', 1], ['signUp', 0, 0]],
  },
  'a trashed contact that has the same address twice': {
    options: { ...PLAIN, echo: true },
    actions: [['newContact', 0, 0, 65], ['add', 0, 0], ['giveEmail', 0, 0, 28], ['run', 1], ['finish'], ['editEmail', 0, 0], ['trash', 0, 0]],
  },
  'two contacts at one address go to the trash while its member moves to another': {
    options: { ...PLAIN, share: true, submitSingly: 20 },
    actions: [['newContact', 0, 0, 73], ['newContact', 0, 0, 73], ['add', 0, 1], ['run', 1], ['finish'], ['trash', 0, 0], ['trash', 0, 0], ['move', 0, 0]],
  },
  'a contact deleted for good moves no date; another at its address is not brought in by a yes from before': {
    options: { ...PLAIN, webhooks: false },
    actions: [['subscribe', 0, 0], ['run', 1], ['finish'], ['deleteContact', 0, 0], ['newContact', 0, 0, 36]],
  },
  'two answers of one batch show the same member, which moved to the address of the other': {
    options: { ...PLAIN, share: true },
    actions: [['newContact', 2, 0, 93], ['newContact', 2, 0, 29], ['add', 2, 0, 0], ['subscribe', 2, 0, 54], ['editEmail', 2, 0, 71], ['run', 0], ['finish'], ['move', 2, 0, 55]],
  },
  'a contact gives up an address where a yes is said anew in the same second: mailing less is right': {
    options: { ...PLAIN, share: true },
    actions: [['newContact', 0, 0, 44], ['add', 0, 0], ['run', 1], ['finish'], ['executeAll'], ['batches'], ['giveEmail', 0, 0, 37], ['step', 55, 2], ['clean', 0, 0, 1], ['newContact', 0, 0, 98], ['run', 0], ['finish'], ['tick', 4], ['deleteEmail', 0, 0, 39], ['add', 0, 0, 41], ['subscribe', 0, 0, 39]],
  },
  'an address goes on hold, and the contact has another that no row has': {
    options: { ...PLAIN },
    actions: [['newContact', 0, 0, 35], ['add', 0, 0, 15], ['run', 1], ['finish'], ['tick', 1], ['executeAll'], ['tick', 1], ['tick', 1], ['clean', 0, 0, 84], ['tick', 1], ['giveEmail', 0, 0, 5], ['run', 0], ['finish'], ['tick', 1], ['tick', 1], ['add', 0, 0, 67]],
  },
  'a history row by which the time zone is measured goes with its contact meanwhile': {
    options: PLAIN,
    actions: [['subscribe', 0, 0], ['run', 0], ['finish'], ['run', 0], ['step', 3, 1], ['deleteContact', 0, 0]],
  },
  'who is pending at Mailchimp is removed, and onRemove says archive': {
    options: { ...PLAIN, onRemove: 'archive', newMemberStatus: 'pending' },
    actions: [['newContact', 1, 0, 68], ['add', 1, 0, 71], ['run', 0], ['finish'], ['remove', 1, 0, 63]],
  },
  'the only address of a subscribed member is on hold and edited': {
    options: { ...PLAIN, audiences: 2 },
    actions: [['subscribe', 0, 0, 67, 1], ['subscribe', 0, 0, 81, 0], ['clean', 0, 0, 90, 1], ['run', 1, 0], ['finish'], ['run', 1, 1], ['finish'], ['editEmail', 0, 0, 34, 1]],
  },
  'a webhook is the first that a new process hears, while the clock of CiviCRM is ahead': {
    options: { ...PLAIN, skew: 25, submitSingly: 20 },
    actions: [['newContact', 1, 0, 18], ['add', 1, 1, 0], ['run', 0], ['finish'], ['run', 0], ['archive', 1, 0, 84], ['crash', 1, 0]],
  },
};

describe('Histories that failed once', () => {
  for (const [name, history] of Object.entries(FOUND))
    it(name, async () => {
      const { findings, timeline } = await played(history);
      const broken = findings.filter(isFailure).map(({ kind, why }) => `${kind}: ${why}`);
      assert.deepEqual(broken, [], timeline.join('\n'));
    });
});
