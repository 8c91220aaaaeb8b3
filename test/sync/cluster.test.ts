import assert from 'node:assert/strict';
import { contactId, rowId } from '../../src/base/ids.ts';
import type { Word } from '../../src/store/entities.ts';
import { addressesOf, bestAddressOf, isOnHold, splitIntoClusters, uses, usersOf, wordFor } from '../../src/sync/cluster.ts';
import { BETTY, civicrmSays, cluster, contact, contactOnly, email, mailchimpSays, mailchimpUpdate, P1, P2, row, WILMA } from './samples.ts';

describe('a cluster', () => {
  it('has for users of a row its contact and every live contact that has the address [users]', () => {
    const wilma = contact();
    const betty = contact({ id: BETTY, emails: [email(BETTY, P2), email(BETTY, P1)] });
    const trashed = contact({ id: contactId(203), contact: { isDeleted: true } });
    const stranger = contact({ id: contactId(204), emails: [email(contactId(204), P2)] });
    assert.deepEqual(usersOf(cluster({ contacts: [wilma, betty, trashed, stranger] }), row()).map((each) => each.id), [WILMA, BETTY]);
    assert.equal(uses(stranger, row({ contactId: stranger.id })), true);
    assert.equal(uses(wilma, row({ email: null, contactId: null })), false);
  });

  it('knows the best address: the first that is not on hold', () => {
    const wilma = contact({ emails: [email(WILMA, P1, { onHold: 1 }), email(WILMA, P2)] });
    assert.deepEqual(addressesOf(wilma), [P1, P2]);
    assert.equal(bestAddressOf(wilma), P2);
    assert.equal(bestAddressOf(contact({ emails: [] })), undefined);
    assert.deepEqual([isOnHold(wilma, P1), isOnHold(wilma, P2)], [true, false]);
  });

  describe('takes for a row’s word', () => {
    const own = mailchimpSays(false, 1);
    const relayed: Word = { ...civicrmSays(true, 5), by: WILMA };
    const shared = row({ memory: { status: relayed, own } });
    const betty = contact({ id: BETTY });

    it('what was said, for who said it and for nobody in particular', () => {
      assert.equal(wordFor(cluster(), shared, contact()), relayed);
      assert.equal(wordFor(cluster(), shared, null), relayed);
      assert.equal(wordFor(cluster(), row({ memory: { status: own, own } }), betty), own);
      assert.equal(wordFor(cluster(), row(), betty), undefined);
    });

    it('Mailchimp’s own, for any other contact [ownword]', () => {
      assert.equal(wordFor(cluster(), shared, betty), own);
    });

    it('what a merged contact said, for its survivor', () => {
      assert.equal(wordFor(cluster({ survivors: new Map([[WILMA, BETTY]]) }), shared, betty), relayed);
    });

    it('Mailchimp’s own, once the opt-out that was relayed is taken back [optundo]', () => {
      const optOut = row({ memory: { status: { ...relayed, value: false, optOut: true }, own } });
      assert.equal(wordFor(cluster(), optOut, contact()), own);
      assert.equal(wordFor(cluster(), optOut, contact({ optOut: civicrmSays(false, 5) }))?.optOut, true);
    });
  });

  describe('when it is split', () => {
    it('keeps together what an address or a link joins, and apart what nothing does', () => {
      const wilma = contact({ emails: [email(WILMA, P1), email(WILMA, P2)] });
      const betty = contact({ id: BETTY, emails: [email(BETTY, P2)] });
      const other = contact({ id: contactId(203), emails: [] });
      const rows = [row(), contactOnly({ id: rowId(2), contactId: BETTY }), contactOnly({ id: rowId(3), contactId: other.id })];
      const parts = splitIntoClusters(cluster({ rows, contacts: [wilma, betty, other] }));
      assert.deepEqual(parts.map((part) => [part.contacts.map(({ id }) => id), part.rows.map(({ id }) => id)]), [[[WILMA, BETTY], [1, 2]], [[203], [3]]]);
    });

    it('gives updates to their row, or to where their address is', () => {
      const rows = [row(), row({ id: rowId(2), email: P2, contactId: BETTY })];
      const contacts = [contact(), contact({ id: BETTY, emails: [email(BETTY, P2)] })];
      const updates = [mailchimpUpdate({ rowId: rowId(2) }), mailchimpUpdate({ rowId: null, email: P1 }), mailchimpUpdate({ rowId: rowId(99), email: P2 })];
      const parts = splitIntoClusters(cluster({ rows, contacts, updates }));
      assert.deepEqual(parts.map((part) => part.updates.length), [1, 2]);
    });

    it('a trashed contact joins nobody by its addresses', () => {
      const trashed = contact({ contact: { isDeleted: true } });
      assert.equal(splitIntoClusters(cluster({ rows: [row({ contactId: BETTY })], contacts: [trashed, contact({ id: BETTY, emails: [] })] })).length, 2);
    });
  });
});
