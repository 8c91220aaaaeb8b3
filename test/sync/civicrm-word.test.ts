import assert from 'node:assert/strict';
import { historyId } from '../../src/base/ids.ts';
import type { ContactMemory, Word } from '../../src/store/entities.ts';
import { optOutOf, sayingOf, type ContactLookContext, type GroupLook } from '../../src/sync/civicrm-word.ts';
import { EVER, WordOrder } from '../../src/sync/words.ts';
import { at, civicrmSays, civicrmUpdate, GROUP, historyRow, mailchimpSays, WILMA } from './samples.ts';

const memory = (more: Partial<ContactMemory> = {}): ContactMemory => ({ contactId: WILMA, lookedAt: at(50), optOut: null, unexplained: {}, ...more });
const context = (more: Partial<ContactLookContext> = {}): ContactLookContext => ({ order: new WordOrder(0), now: at(100), memory: memory(), merged: 0, updateOf: () => undefined, ...more });
const group = (status: string | null, ...history: GroupLook['history']): GroupLook => ({ contactId: WILMA, groupId: GROUP, status, search: null, history });
const byWilma = (word: Word): Word => ({ ...word, by: WILMA });

const contact = (more = {}) => ({ id: WILMA, isOptOut: false, doNotEmail: false, isDeceased: false, ...more });
const link = historyRow(9, 'Removed', 70, { groupId: null });
const optedOut = (word: Word, merged = 0) => ({ ...word, by: WILMA, optOut: true, merged });

describe('what CiviCRM says of a group', () => {
  it('is the date of the last history row', () => {
    const said = sayingOf(group('Removed', historyRow(1, 'Added', 10), historyRow(2, 'Removed', 20)), context());
    assert.deepEqual([said.added, said.word, said.removal], [false, byWilma(civicrmSays(false, 20)), byWilma(civicrmSays(false, 20))]);
    assert.deepEqual(said.shown, [GROUP, { status: 'Removed', at: at(20) }]);
  });

  it('is nothing without a group contact and history', () => {
    const said = sayingOf(group(null), context());
    assert.deepEqual(said, { added: false, searched: false, word: undefined, removal: undefined, shown: undefined, unexplained: undefined });
  });

  it('within a second, the site’s own rows count in order of id [byid]', () => {
    assert.equal(sayingOf(group('Added', historyRow(1, 'Removed', 20), historyRow(2, 'Added', 20)), context()).word?.value, true);
    assert.equal(sayingOf(group('Removed', historyRow(1, 'Added', 20), historyRow(2, 'Removed', 20)), context()).word?.value, false);
  });

  it('any status but Added is a no', () => {
    assert.equal(sayingOf(group('Pending', historyRow(1, 'Pending', 20)), context()).word?.value, false);
    assert.equal(sayingOf(group(null, historyRow(1, 'Added', 10), historyRow(2, 'Deleted', 20)), context()).word?.value, false);
  });

  it('a removal stays known beside a later add [perrow]', () => {
    const said = sayingOf(group('Added', historyRow(1, 'Removed', 10), historyRow(2, 'Added', 20)), context());
    assert.deepEqual([said.word, said.removal], [byWilma(civicrmSays(true, 20)), byWilma(civicrmSays(false, 10))]);
  });

  it('a row of ours counts as the word that it relays, at its time [provenance]', () => {
    const ours = historyRow(2, 'Added', 30, { tracking: 'mailchimpsync:w1' });
    const relays = civicrmUpdate({ origin: { status: mailchimpSays(true, 15) } });
    const updateOf = (row: { readonly id: number }) => (row.id === 2 ? relays : undefined);
    assert.deepEqual(sayingOf(group('Added', historyRow(1, 'Removed', 10), ours), context({ updateOf })).word, byWilma(mailchimpSays(true, 15)));
    // A removal that our write overran still wins, although its row comes first.
    assert.deepEqual(sayingOf(group('Added', historyRow(1, 'Removed', 29), ours), context({ updateOf })).word, byWilma(civicrmSays(false, 29)));
  });

  it('a row of the site after ours is the site’s word', () => {
    const relays = civicrmUpdate({ origin: { status: mailchimpSays(true, 90) } });
    const updateOf = (row: { readonly id: number }) => (row.id === 1 ? relays : undefined);
    assert.deepEqual(sayingOf(group('Removed', historyRow(1, 'Added', 30), historyRow(2, 'Removed', 40)), context({ updateOf })).word, byWilma(civicrmSays(false, 40)));
  });

  describe('where no history row explains the status', () => {
    it('it was written past the API, between the last look and now', () => {
      const said = sayingOf(group('Removed', historyRow(1, 'Added', 10)), context());
      assert.deepEqual([said.word, said.unexplained], [byWilma(civicrmSays(false, 50, 100)), { ...civicrmSays(false, 50, 100), after: 1 }]);
    });

    it('at first sight it may have been said ever', () => {
      assert.deepEqual(sayingOf(group('Added'), context({ memory: null })).word, byWilma({ value: true, since: EVER, at: at(100), source: 'civicrm' }));
    });

    it('its range does not grow with every look', () => {
      const unexplained = { [GROUP]: { ...civicrmSays(false, 30, 40), after: historyId(1) } };
      assert.deepEqual(sayingOf(group('Removed', historyRow(1, 'Added', 10)), context({ memory: memory({ unexplained }) })).word, byWilma(civicrmSays(false, 30, 40)));
    });

    it('another row, or another value, begins a range anew', () => {
      const unexplained = { [GROUP]: { ...civicrmSays(false, 30, 40), after: historyId(1) } };
      const known = context({ memory: memory({ unexplained }) });
      assert.equal(sayingOf(group('Removed', historyRow(1, 'Added', 10), historyRow(2, 'Added', 45)), known).word?.at, at(100));
      assert.equal(sayingOf(group('Added', historyRow(1, 'Removed', 10)), known).word?.at, at(100));
    });

    it('a merge left it: the histories decide [merge]', () => {
      const said = sayingOf(group('Added', historyRow(1, 'Added', 5), historyRow(2, 'Removed', 20)), context({ merged: 1 }));
      assert.deepEqual([said.added, said.word, said.unexplained], [true, byWilma(civicrmSays(false, 20)), undefined]);
    });
  });
});

describe('an opt-out in CiviCRM', () => {
  it('is none while the contact may be mailed', () => {
    assert.equal(optOutOf(contact(), [link], context()), null);
  });

  it('was said at its history row’s date, if the contact was seen without it before', () => {
    assert.deepEqual(optOutOf(contact({ isOptOut: true }), [link], context()), optedOut(civicrmSays(false, 70)));
  });

  it('without a row, or with an older one, it was said between the last look and now', () => {
    assert.deepEqual(optOutOf(contact({ isOptOut: true }), [], context()), optedOut(civicrmSays(false, 50, 100)));
    assert.deepEqual(optOutOf(contact({ isOptOut: true }), [historyRow(9, 'Removed', 40, { groupId: null })], context()), optedOut(civicrmSays(false, 50, 100)));
    assert.deepEqual(optOutOf(contact({ doNotEmail: true }), [link], context()), optedOut(civicrmSays(false, 50, 100)));
    assert.deepEqual(optOutOf(contact({ isDeceased: true }), [], context()), optedOut(civicrmSays(false, 50, 100)));
  });

  it('at first sight it may have been said ever', () => {
    assert.deepEqual(optOutOf(contact({ isOptOut: true }), [link], context({ memory: null })), optedOut({ value: false, since: EVER, at: at(100), source: 'civicrm' }));
  });

  it('after a merge its row may be the other’s', () => {
    assert.deepEqual(optOutOf(contact({ isOptOut: true }), [link], context({ merged: 1 })), optedOut(civicrmSays(false, 50, 100), 1));
  });

  it('keeps its time as long as it lasts', () => {
    const known = { ...civicrmSays(false, 20, 30), by: WILMA, optOut: true as const, merged: 0 };
    assert.deepEqual(optOutOf(contact({ isOptOut: true }), [], context({ memory: memory({ optOut: known }) })), known);
  });

  it('said again by a later row, or perhaps by a contact merged since, it reaches further', () => {
    const known = { ...civicrmSays(false, 20, 30), by: WILMA, optOut: true as const, merged: 0 };
    const before = memory({ optOut: known });
    assert.deepEqual(optOutOf(contact({ isOptOut: true }), [link], context({ memory: before })), { ...known, at: at(70) });
    assert.deepEqual(optOutOf(contact({ isOptOut: true }), [], context({ memory: before, merged: 1 })), { ...known, at: at(100), merged: 1 });
  });

  it('taken back it is forgotten [optundo]', () => {
    const known = { ...civicrmSays(false, 20), by: WILMA, optOut: true as const, merged: 0 };
    assert.equal(optOutOf(contact(), [link], context({ memory: memory({ optOut: known }) })), null);
  });
});
