import assert from 'node:assert/strict';
import type { Word } from '../../src/store/entities.ts';
import { hearWebhook, isEcho } from '../../src/sync/webhook-word.ts';
import { WordOrder } from '../../src/sync/words.ts';
import { at, civicrmSays, civicrmUpdate, mailchimpSays, mailchimpUpdate, row } from './samples.ts';

const heard = (known: Word | undefined, value: boolean, seconds: number): Word | undefined =>
  hearWebhook(row({ memory: known ? { status: known, own: known } : {}, syncStatus: 'ok' }), value, at(seconds), new WordOrder(0)).memory.status;

describe('what a webhook says', () => {
  it('is a word of its own, said when it was fired [hookwords]', () => {
    const row1 = hearWebhook(row({ syncStatus: 'ok' }), false, at(5), new WordOrder(0));
    assert.deepEqual([row1.memory.status, row1.memory.own, row1.syncStatus], [mailchimpSays(false, 5), mailchimpSays(false, 5), 'todo']);
  });

  const TABLE: readonly (readonly [says: string, known: Word, value: boolean, fired: number, then: Word])[] = [
    ['later than the known word: counts', mailchimpSays(true, 5), false, 6, mailchimpSays(false, 6)],
    ['surely earlier: changes nothing', mailchimpSays(true, 5), false, 4, mailchimpSays(true, 5)],
    ['the same, inside its range: raises the lower end [narrow]', mailchimpSays(false, 2, 9), false, 5, mailchimpSays(false, 5, 9)],
    ['the same, at its lower end: lowers nothing', mailchimpSays(false, 5, 9), false, 5, mailchimpSays(false, 5, 9)],
    ['another, inside its range: in doubt the no counts', mailchimpSays(true, 2, 9), false, 5, mailchimpSays(false, 5)],
    ['a yes inside the range of a no: the no stays', mailchimpSays(false, 2, 9), true, 5, mailchimpSays(false, 2, 9)],
    ['a no within the second of a yes: counts', mailchimpSays(true, 5), false, 5, mailchimpSays(false, 5)],
    ['a relayed word is surely earlier by more than two seconds only', civicrmSays(true, 5), false, 7, mailchimpSays(false, 7)],
    ['a repeat: nothing moves', mailchimpSays(false, 5), false, 5, mailchimpSays(false, 5)],
  ];
  for (const [says, known, value, fired, then] of TABLE)
    it(says, () => {
      assert.deepEqual(heard(known, value, fired), then);
    });

  it('moves what Mailchimp itself said apart from what was relayed to it', () => {
    const both = row({ memory: { status: civicrmSays(false, 100), own: mailchimpSays(true, 0) } });
    const { memory } = hearWebhook(both, false, at(50), new WordOrder(0));
    assert.deepEqual([memory.status, memory.own], [civicrmSays(false, 100), mailchimpSays(false, 50)]);
  });
});

describe('a subscribe webhook', () => {
  const subscribe = mailchimpUpdate({ ask: { status: 'subscribed' }, state: 'submitted', sentAt: at(10) });

  it('is an echo of what we asked for, from two seconds before it was sent', () => {
    assert.equal(isEcho([subscribe], at(8), 0), true);
    assert.equal(isEcho([subscribe], at(7), 0), false);
    assert.equal(isEcho([subscribe], at(500), 0), true);
  });

  it('until the update is settled as of an earlier edit', () => {
    const done = { ...subscribe, state: 'done' as const, settledAs: at(20) };
    assert.equal(isEcho([done], at(20), 0), true);
    assert.equal(isEcho([done], at(21), 0), false);
    assert.equal(isEcho([{ ...done, settledAs: null }], at(500), 0), true);
  });

  it('by Mailchimp’s clock', () => {
    assert.equal(isEcho([subscribe], at(60), 60_000), false);
    assert.equal(isEcho([subscribe], at(68), 60_000), true);
  });

  it('not of what was never sent, asks something else, or went to CiviCRM', () => {
    assert.equal(isEcho([{ ...subscribe, sentAt: null }], at(500), 0), false);
    assert.equal(isEcho([{ ...subscribe, ask: { status: 'unsubscribed' } }], at(500), 0), false);
    assert.equal(isEcho([{ ...subscribe, ask: { firstName: 'Wilma' } }], at(500), 0), false);
    assert.equal(isEcho([civicrmUpdate({ sentAt: at(10) })], at(500), 0), false);
  });
});
