import assert from 'node:assert/strict';
import { memberContactId, memberHash, updateId } from '../../src/base/ids.ts';
import type { Member } from '../../src/mailchimp/api.ts';
import type { NewRow, Row, Word } from '../../src/store/entities.ts';
import { look, type LookContext } from '../../src/sync/look.ts';
import { WordOrder } from '../../src/sync/words.ts';
import { at, civicrmSays, contactOnly, facts, INTEREST, mailchimpSays, mailchimpUpdate, member, P1, P2, row } from './samples.ts';

const seen = (seconds: number, more: Partial<LookContext> = {}): LookContext => ({
  order: new WordOrder(0),
  seenAt: at(seconds),
  fetchedAt: null,
  updates: [],
  interests: [],
  data: { names: true, tags: null, mergeFields: {} },
  pendingCounts: false,
  ...more,
});

/** A row whose yes was read at 0, in step. */
const known = (more: Partial<Row> = {}): Row => row({ memory: { status: mailchimpSays(true, 0), own: mailchimpSays(true, 0) }, syncStatus: 'ok', ...more });
/** The same, unsubscribed at 5 and seen at 10. */
const left = (more: Partial<Row> = {}): Row =>
  row({ member: facts({ status: 'unsubscribed', lastChanged: at(5) }), lookedAt: at(10), memory: { status: mailchimpSays(false, 5), own: mailchimpSays(false, 5) }, syncStatus: 'ok', ...more });

const statusOf = (looked: Pick<Row, 'memory'>): Word | undefined => looked.memory.status;
const unsubscribed = (lastChanged: number, more: Partial<Member> = {}): Member => member({ status: 'unsubscribed', lastChanged: at(lastChanged), ...more });

/** A row that nobody has seen a member of, made for this look. */
const fresh = (): NewRow => contactOnly({ email: P1, agreedEmail: P1, contactId: null });

describe('a look at a member', () => {
  describe('at first sight', () => {
    it('a yes was said between the opt-in and the last change [firstsight]', () => {
      const looked = look(fresh(), member({ timestampOpt: at(1), lastChanged: at(9) }), seen(10));
      assert.deepEqual(statusOf(looked), mailchimpSays(true, 1, 9));
      assert.deepEqual(looked.memory.own, mailchimpSays(true, 1, 9));
      assert.equal(looked.syncStatus, 'todo');
    });

    it('a yes without an opt-in, a no and an interest were said at the last change', () => {
      assert.deepEqual(statusOf(look(fresh(), member({ timestampOpt: null, lastChanged: at(9) }), seen(10))), mailchimpSays(true, 9));
      assert.deepEqual(statusOf(look(fresh(), unsubscribed(9), seen(10))), mailchimpSays(false, 9));
      const looked = look(fresh(), member({ lastChanged: at(9), interests: { [INTEREST]: true } }), seen(10, { interests: [INTEREST] }));
      assert.deepEqual(looked.memory.interests, { [INTEREST]: mailchimpSays(true, 9) });
    });

    it('a member that never was says nothing', () => {
      const before = fresh();
      assert.equal(look(before, null, seen(10)), before);
    });

    it('a newly bound interest of a known member is seen for the first time', () => {
      const looked = look(known(), member({ lastChanged: at(9), interests: { [INTEREST]: true } }), seen(10, { interests: [INTEREST] }));
      assert.deepEqual(looked.memory.interests, { [INTEREST]: mailchimpSays(true, 9) });
      assert.equal(looked.syncStatus, 'todo');
    });

    it('the address and the ids are the member’s', () => {
      const looked = look(fresh(), member(), seen(10));
      assert.deepEqual([looked.email, looked.agreedEmail, looked.memberHash, looked.memberContactId, looked.lookedAt], [P1, P1, 'hash1', 'member1', at(10)]);
    });
  });

  describe('again', () => {
    it('nothing new: the row stays as it is, but for when it was seen', () => {
      const before = known();
      assert.deepEqual(look(before, member(), seen(10)), { ...before, lookedAt: at(10) });
    });

    it('a changed value was said after the last look that showed the old one', () => {
      assert.deepEqual(statusOf(look(known({ lookedAt: at(10) }), unsubscribed(15), seen(20))), mailchimpSays(false, 10, 15));
    });

    it('a complete fetch counts as a look', () => {
      assert.deepEqual(statusOf(look(known({ lookedAt: null }), unsubscribed(15), seen(20, { fetchedAt: at(12) }))), mailchimpSays(false, 12, 15));
    });

    it('a change in the second of the last look ends there', () => {
      assert.deepEqual(statusOf(look(known({ lookedAt: at(15) }), unsubscribed(15), seen(20))), mailchimpSays(false, 15));
    });

    it('a yes after a no has the opt-in for its lower end', () => {
      assert.deepEqual(statusOf(look(left(), member({ timestampOpt: at(18), lastChanged: at(19) }), seen(20))), mailchimpSays(true, 18, 19));
    });

    it('an opt-in that moved is a new yes, although the value looks unchanged [optin]', () => {
      assert.deepEqual(statusOf(look(known({ lookedAt: at(10) }), member({ timestampOpt: at(14), lastChanged: at(16) }), seen(20))), mailchimpSays(true, 14, 16));
    });

    it('an edit of anything else leaves a yes its time', () => {
      assert.deepEqual(statusOf(look(known(), member({ lastChanged: at(16), firstName: 'Willy' }), seen(20))), mailchimpSays(true, 0));
    });

    it('a no seen again with a later change may have been said again [again]', () => {
      assert.deepEqual(statusOf(look(left(), unsubscribed(16), seen(20))), mailchimpSays(false, 5, 16));
      assert.deepEqual(statusOf(look(left(), unsubscribed(5), seen(20))), mailchimpSays(false, 5));
    });

    it('a relayed no seen again is Mailchimp’s own from then on', () => {
      const relayed: Word = { ...civicrmSays(false, 5), by: row().contactId! };
      const looked = look(left({ memory: { status: relayed } }), unsubscribed(16), seen(20));
      assert.equal(statusOf(looked)?.by, undefined);
      assert.equal(looked.memory.own?.at, at(16));
    });

    it('a state that differs from its word, and that no write of ours made, is a later word [explain]', () => {
      const looked = look(known({ member: facts({ status: 'archived', lastChanged: at(3) }) }), member({ status: 'archived', lastChanged: at(3) }), seen(20));
      assert.deepEqual(statusOf(looked), mailchimpSays(false, 0, 3));
      assert.equal(looked.syncStatus, 'todo');
    });

    it('a state that a write of ours made explains itself', () => {
      const before = known({ member: facts({ status: 'unsubscribed' }), memory: { status: mailchimpSays(true, 0), ours: { status: true } } });
      assert.deepEqual(statusOf(look(before, member({ status: 'unsubscribed' }), seen(20))), mailchimpSays(true, 0));
    });

    it('an interest that Mailchimp does not return is left alone', () => {
      const before = known({ member: facts({ interests: { [INTEREST]: true } }), memory: { status: mailchimpSays(true, 0), interests: { [INTEREST]: mailchimpSays(true, 0) } } });
      assert.deepEqual(look(before, member({ lastChanged: at(5) }), seen(20, { interests: [INTEREST] })).memory.interests, { [INTEREST]: mailchimpSays(true, 0) });
    });

    it('what is surely older than the known word changes nothing', () => {
      const before = known({ memory: { status: mailchimpSays(true, 30) }, lookedAt: at(10) });
      assert.deepEqual(statusOf(look(before, unsubscribed(15), seen(20))), mailchimpSays(true, 30));
    });

    it('another member at the address begins anew [otherid]', () => {
      const looked = look(left({ memory: { status: mailchimpSays(false, 5) } }), member({ contactId: memberContactId('member2'), hash: memberHash('hash2'), timestampOpt: at(14), lastChanged: at(15) }), seen(20));
      assert.deepEqual([statusOf(looked), looked.memberContactId], [mailchimpSays(true, 14, 15), 'member2']);
    });
  });

  describe('that shows it gone', () => {
    it('is a no between the last look and now', () => {
      const looked = look(known({ lookedAt: at(10) }), null, seen(20));
      assert.deepEqual([statusOf(looked), looked.member?.status, looked.memberContactId], [mailchimpSays(false, 10, 20), null, 'member1']);
    });

    it('a second time says nothing new', () => {
      const gone = look(known({ lookedAt: at(10) }), null, seen(20));
      assert.deepEqual(statusOf(look({ ...gone, syncStatus: 'ok' }, null, seen(30)))?.since, at(10));
    });
  });

  describe('that shows another address', () => {
    it('takes it and remembers the former one, until when [former]', () => {
      const looked = look(known(), member({ email: P2, hash: memberHash('hash2'), lastChanged: at(15) }), seen(20));
      assert.deepEqual([looked.email, looked.agreedEmail, looked.memberHash, looked.syncStatus], [P2, P1, 'hash2', 'todo']);
      assert.deepEqual(looked.memory.former, [{ email: P1, until: at(15) }]);
    });
  });

  describe('while updates of ours may have taken effect', () => {
    const relayed: Word = { ...civicrmSays(true, 3), by: row().contactId! };
    const subscribe = mailchimpUpdate({ key: P1, ask: { status: 'subscribed' }, origin: { status: relayed }, isNew: true });

    it('what they asked for is the word they relay, at its time [provenance]', () => {
      const looked = look(contactOnly({ email: P1, agreedEmail: P1 }), member({ lastChanged: at(9), timestampOpt: at(9) }), seen(10, { updates: [subscribe] }));
      assert.deepEqual(statusOf(looked), relayed);
      assert.equal(looked.memory.own, undefined);
      assert.equal(looked.memory.ours?.['status'], true);
    });

    it('an update of another row that went to this address is known by it [claimaddr]', () => {
      const elsewhere = { ...subscribe, rowId: null };
      assert.deepEqual(statusOf(look(fresh(), member({ lastChanged: at(9) }), seen(10, { updates: [elsewhere] }))), relayed);
    });

    it('one of unknown fate keeps its claim; one that has ended has none [ghost]', () => {
      const ended = { ...subscribe, state: 'superseded' as const };
      assert.deepEqual(statusOf(look(fresh(), member({ lastChanged: at(9) }), seen(10, { updates: [{ ...ended, claims: true }] }))), relayed);
      assert.deepEqual(statusOf(look(fresh(), member({ lastChanged: at(9) }), seen(10, { updates: [ended] })))?.source, 'mailchimp');
    });

    it('what they did not ask for is a word of its own', () => {
      assert.deepEqual(statusOf(look(fresh(), unsubscribed(9), seen(10, { updates: [subscribe] }))), mailchimpSays(false, 9));
    });

    it('a later word that is known by then stands, and the state differs from it', () => {
      const before = left({ memory: { status: mailchimpSays(false, 8), own: mailchimpSays(false, 8) }, member: facts({ status: 'unsubscribed', lastChanged: at(8) }) });
      const looked = look(before, member({ lastChanged: at(9), timestampOpt: at(0) }), seen(10, { updates: [subscribe] }));
      assert.deepEqual([statusOf(looked), looked.member?.status], [mailchimpSays(false, 8), 'subscribed']);
    });

    it('an answer that shows the value asked for relays its word', () => {
      const looked = look(left(), member({ lastChanged: at(12), timestampOpt: at(0) }), seen(12, { answerOf: { ...subscribe, origin: { status: { ...relayed, since: at(11), at: at(11) } } } }));
      assert.deepEqual(statusOf(looked), { ...relayed, since: at(11), at: at(11) });
    });

    it('a look that shows what an answer of the same second asked for is still its doing [samesecond]', () => {
      const word = { ...relayed, since: at(8), at: at(8) };
      const update = { ...subscribe, id: updateId(7), origin: { status: word }, settledAs: at(9), state: 'done' as const };
      const before = left({ memory: { status: mailchimpSays(false, 1), own: mailchimpSays(false, 1), reread: updateId(7) }, member: facts({ status: 'unsubscribed', lastChanged: at(9) }) });
      const looked = look(before, member({ lastChanged: at(9), timestampOpt: at(0) }), seen(10, { rereadOf: update }));
      assert.deepEqual(statusOf(looked), word);
    });
  });

  describe('that shows pending', () => {
    const pending = member({ status: 'pending', lastChanged: at(9), timestampOpt: null });

    it('says nothing at first sight, but remembers the look [foreign]', () => {
      const looked = look(fresh(), pending, seen(10));
      assert.deepEqual([statusOf(looked), looked.memory.foreign], [undefined, { since: at(9), at: at(10) }]);
    });

    it('ends an earlier yes', () => {
      assert.deepEqual(statusOf(look(known({ lookedAt: at(5) }), pending, seen(10))), mailchimpSays(false, 5, 9));
    });

    it('is a yes once it is confirmed', () => {
      const asked = look(fresh(), pending, seen(10));
      const looked = look({ ...row(), ...asked }, member({ timestampOpt: at(20), lastChanged: at(21) }), seen(30));
      assert.deepEqual([statusOf(looked), looked.memory.foreign], [mailchimpSays(true, 20, 21), undefined]);
    });

    it('keeps the first look that showed it', () => {
      const asked = { ...row(), ...look(fresh(), pending, seen(10)) };
      assert.deepEqual(look(asked, { ...pending, lastChanged: at(15) }, seen(20)).memory.foreign, { since: at(9), at: at(10) });
    });

    it('is ours where an update asked for it, and stays so', () => {
      const ask = mailchimpUpdate({ key: P1, ask: { status: 'pending' }, origin: { status: civicrmSays(true, 3) }, isNew: true });
      const looked = look(fresh(), pending, seen(10, { updates: [ask] }));
      assert.deepEqual([statusOf(looked)?.source, looked.memory.foreign, looked.memory.pendingOurs], ['civicrm', undefined, true]);
      assert.equal(look({ ...row(), ...looked }, pending, seen(20)).memory.pendingOurs, true);
    });

    it('is a yes where the setting says so', () => {
      assert.deepEqual(statusOf(look(fresh(), pending, seen(10, { pendingCounts: true })))?.value, true);
    });
  });
});
