import assert from 'node:assert/strict';
import type { Row, RowMemory, Word } from '../../src/store/entities.ts';
import type { GroupSaying } from '../../src/sync/civicrm-word.ts';
import type { ClusterContact } from '../../src/sync/cluster.ts';
import { bareRow } from '../../src/sync/bare-row.ts';
import { deletionWord, leave, type Left } from '../../src/sync/leave.ts';
import { WordOrder } from '../../src/sync/words.ts';
import { at, BETTY, civicrmSays, contact, LIST, mailchimpSays, row, saying, WILMA } from './samples.ts';

const order = new WordOrder(0);
const yes = mailchimpSays(true, 10);
const no = mailchimpSays(false, 10);

interface Going {
  readonly subscription?: GroupSaying;
  readonly deletion?: Word | null;
  readonly isDeleted?: boolean;
  readonly more?: Partial<Row>;
}

/** Wilma, whose address was edited at 50, leaves a row that remembers this. */
function goes(memory: RowMemory, { subscription = saying(true, civicrmSays(true, 0)), deletion = null, isDeleted = deletion !== null, more = {} }: Going = {}): Left {
  const wilma: ClusterContact = contact({ contact: { modified: at(50) }, subscription });
  return leave(row({ memory, syncStatus: 'ok', ...more }), { contact: wilma, id: WILMA, word: memory.status, isDeleted, deletion }, order);
}

describe('a row that loses a contact', () => {
  it('is decided anew, without it', () => {
    const { row: left } = goes({});
    assert.deepEqual([left.contactId, left.syncStatus], [null, 'todo']);
  });

  it('keeps its own contact when another user goes', () => {
    assert.equal(goes({}, { more: { contactId: BETTY } }).row.contactId, BETTY);
  });

  it('keeps the removal of the one who goes [trashword, pass]', () => {
    assert.deepEqual(goes({ status: no, own: no }, { subscription: saying(false, civicrmSays(false, 20)) }).row.memory.kept, civicrmSays(false, 20));
  });

  it('keeps the removal also where an add came after it', () => {
    assert.deepEqual(goes({}, { subscription: saying(true, civicrmSays(true, 30), civicrmSays(false, 20)) }).row.memory.kept, civicrmSays(false, 20));
  });

  it('of several removals the later one', () => {
    assert.deepEqual(goes({ kept: civicrmSays(false, 40) }, { subscription: saying(false, civicrmSays(false, 20)) }).row.memory.kept, civicrmSays(false, 40));
  });

  it('the yes goes along: it is not there for the next [along]', () => {
    const left = goes({ status: yes, own: yes });
    assert.deepEqual([left.row.memory.kept, left.along], [mailchimpSays(false, 10), undefined]);
  });

  it('a yes said after the edit stays', () => {
    const later = mailchimpSays(true, 60);
    assert.equal(goes({ status: later, own: later }).row.memory.kept, undefined);
  });

  it('a no goes along, as a row of the one who goes [noalong]', () => {
    const { along } = goes({ status: no, own: no });
    assert.deepEqual([along?.contactId, along?.email, along?.memory], [WILMA, null, { status: no, own: no }]);
  });

  it('a yes said anew since the last decision means that a no came before it [heard]', () => {
    const anew = mailchimpSays(true, 60);
    const { along } = goes({ status: anew, own: anew, heard: at(10) });
    assert.deepEqual(along?.memory.status, mailchimpSays(false, 60));
    assert.equal(goes({ status: anew, own: anew, heard: at(60) }).along, undefined);
  });

  it('a deleted contact takes nothing along; its deletion is kept [trashno]', () => {
    const deletion = deletionWord(WILMA, at(40), at(70));
    const left = goes({ status: no, own: no }, { deletion });
    assert.deepEqual([left.along, left.row.memory.kept], [undefined, { ...civicrmSays(false, 40, 70), by: WILMA }]);
  });

  it('a deletion that is no word leaves the removal before it', () => {
    const left = goes({ status: no, own: no }, { isDeleted: true, subscription: saying(false, civicrmSays(false, 20)) });
    assert.deepEqual([left.along, left.row.memory.kept], [undefined, civicrmSays(false, 20)]);
  });

  it('a contact deleted for good has no history left to keep', () => {
    const deletion = deletionWord(WILMA, at(40), at(70));
    const left = leave(row(), { contact: null, id: WILMA, word: undefined, isDeleted: true, deletion }, order);
    assert.deepEqual([left.row.memory.kept, left.row.contactId], [deletion, null]);
  });

  it('an opt-out is a removal as well', () => {
    const wilma = contact({ optOut: civicrmSays(false, 30) });
    assert.equal(leave(row(), { contact: wilma, id: WILMA, word: undefined, isDeleted: false, deletion: null }, order).row.memory.kept?.at, at(30));
  });
});

describe('a bare row', () => {
  it('is to be decided, and says nothing', () => {
    const { listId, syncStatus, memory, email } = bareRow(LIST);
    assert.deepEqual([listId, syncStatus, memory, email], [LIST, 'todo', {}, null]);
  });
});
