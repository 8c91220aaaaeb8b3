import assert from 'node:assert/strict';
import { historyId } from '../../src/base/ids.ts';
import type { UnexplainedStatus, Word } from '../../src/store/entities.ts';
import { sayingOf, type ContactLookContext, type GroupLook, type GroupSaying } from '../../src/sync/civicrm-word.ts';
import { EVER, WordOrder } from '../../src/sync/words.ts';
import { at, civicrmSays, GROUP, historyRow, WILMA } from './samples.ts';

const MINUTE = 60;

/** Looks at Wilma, one after the other, each remembering what the one before left. */
class Looks {
  #known: UnexplainedStatus | undefined;

  /** A look at a second of the clock, at what CiviCRM searched some seconds before. */
  at(seconds: number, found: boolean, { age = 0, history = [], status = null }: { age?: number | null; history?: GroupLook['history']; status?: string | null } = {}): GroupSaying {
    const searched = at(seconds - (age ?? 0));
    const context: ContactLookContext = {
      order: new WordOrder(0),
      now: at(seconds),
      memory: { contactId: WILMA, lookedAt: at(0), optOut: null, unexplained: this.#known ? { [GROUP]: this.#known } : {} },
      merged: 0,
      updateOf: () => undefined,
    };
    const said = sayingOf({ contactId: WILMA, groupId: GROUP, status, history, search: { found, since: age === null ? null : searched, at: searched } }, context);
    this.#known = said.unexplained;
    return said;
  }
}

const searched = (value: boolean, since: number, until: number): Word => ({ value, since, at: until, source: 'civicrm', searched: true, by: WILMA });

describe('what a smart group says', () => {
  it('whoever the search finds is in the group, since no one knows when', () => {
    const said = new Looks().at(100, true, { age: 20 });
    assert.deepEqual([said.added, said.searched, said.word], [true, true, searched(true, EVER, at(80))]);
    assert.deepEqual(said.shown, [GROUP, { status: 'Added', at: null }]);
  });

  it('whoever it never found has said nothing', () => {
    const said = new Looks().at(100, false);
    assert.deepEqual([said.added, said.searched, said.word, said.unexplained], [false, true, undefined, undefined]);
  });

  it('the word stays as it was first said while the search goes on finding', () => {
    const looks = new Looks();
    looks.at(100, true);
    assert.deepEqual(looks.at(500, true).word, searched(true, EVER, at(100)));
  });

  it('not to be found is believed when another search, a minute later, does not find either, and dated between the two before', () => {
    const looks = new Looks();
    looks.at(100, true, { age: 10 });
    assert.deepEqual([looks.at(200, false, { age: 30 }).added, looks.at(200 + MINUTE - 1, false).added], [true, true]);
    const said = looks.at(200 + MINUTE, false);
    assert.deepEqual([said.added, said.word], [false, searched(false, at(90), at(170))]);
    assert.deepEqual(looks.at(900, false).word, said.word);
  });

  it('the same search, looked at again, is not believed either', () => {
    const looks = new Looks();
    looks.at(100, true);
    looks.at(200, false, { age: 50 });
    assert.deepEqual([looks.at(400, false, { age: 250 }).added, looks.at(500, false, { age: 50 }).added], [true, false]);
  });

  it('a group that reads as empty while CiviCRM fills its table loses nobody', () => {
    const looks = new Looks();
    const before = looks.at(100, true).word;
    looks.at(200, false);
    assert.deepEqual(looks.at(300, true).word, before);
    assert.equal(looks.at(400, false).added, true, 'a second time counts from the start again');
  });

  it('a search that CiviCRM had not made yet leaves the earlier date in force', () => {
    const looks = new Looks();
    looks.at(100, true, { age: 10 });
    looks.at(150, true, { age: null });
    looks.at(200, false);
    assert.deepEqual(looks.at(300, false).word, searched(false, at(90), at(200)));
  });

  it('whoever is found again is in it as if never gone', () => {
    const looks = new Looks();
    for (const [second, found] of [[100, true], [200, false], [300, false]] as const) looks.at(second, found);
    const said = looks.at(400, true);
    assert.deepEqual([said.added, said.word], [true, searched(true, EVER, at(400))]);
  });

  it('a removal by hand counts at once, at its date', () => {
    const looks = new Looks();
    looks.at(100, true);
    const said = looks.at(200, false, { status: 'Removed', history: [historyRow(7, 'Removed', 150)] });
    assert.deepEqual([said.added, said.word], [false, { ...civicrmSays(false, 150), by: WILMA }]);
  });

  it('a removal by hand that was taken back lets the search say yes, later than it', () => {
    const looks = new Looks();
    looks.at(100, false, { status: 'Removed', history: [historyRow(7, 'Removed', 50)] });
    const history = [historyRow(7, 'Removed', 50), historyRow(8, 'Deleted', 150)];
    const said = looks.at(200, true, { history });
    assert.deepEqual([said.added, said.word], [true, searched(true, at(150) + 1, at(200))]);
    looks.at(300, false, { history });
    assert.deepEqual(looks.at(400, false, { history }).word, searched(false, at(200), at(300)), 'and then the old removal is not what took it out');
  });

  it('a search that may be older than a removal by hand does not contradict it', () => {
    const history = [historyRow(7, 'Removed', 150)];
    for (const age of [60, 50, null]) {
      const looks = new Looks();
      looks.at(100, true);
      const said = looks.at(200, true, { age, history, status: 'Removed' });
      assert.deepEqual([said.added, said.word], [false, { ...civicrmSays(false, 150), by: WILMA }]);
    }
  });

  it('an addition by hand is dated by its history row', () => {
    const said = new Looks().at(200, true, { status: 'Added', history: [historyRow(7, 'Added', 150)] });
    assert.deepEqual([said.added, said.word], [true, { ...civicrmSays(true, 150), by: WILMA }]);
  });

  it('the row that explains nothing is remembered with the status', () => {
    const said = new Looks().at(200, true, { history: [historyRow(7, 'Removed', 50)] });
    assert.equal(said.unexplained?.after, historyId(7));
  });
});
