import assert from 'node:assert/strict';
import { asksForDataOnly, refusedData, withoutAddresses } from '../../../src/sync/data/refused-data.ts';
import { interestId } from '../../../src/base/ids.ts';

const ASKED = { 'merge:PHONE': 'x', 'merge:JOB': 'Miner', 'tag:a': true, language: 'xx', 'permission:1': true } as const;

describe('refused data', () => {
  it('are those that Mailchimp names, by merge tag or by the path of the field', () => {
    assert.deepEqual(refusedData(ASKED, [{ field: 'PHONE', message: 'Bitte' }]), { 'merge:PHONE': { value: 'x', message: 'Bitte' } });
    assert.deepEqual(Object.keys(refusedData(ASKED, [{ field: 'merge_fields.JOB', message: '' }])), ['merge:JOB']);
    assert.deepEqual(Object.keys(refusedData(ASKED, [{ field: 'tags.item:0.name', message: '' }, { field: 'language', message: '' }])), ['tag:a', 'language']);
    assert.deepEqual(Object.keys(refusedData(ASKED, [{ field: 'marketing_permissions', message: '' }])), ['permission:1']);
  });

  it('one of several tags is that at its place in what was sent', () => {
    const asked = { 'tag:a': true, 'merge:JOB': 'x', 'tag:b': true, 'tag:c': false } as const;
    assert.deepEqual(Object.keys(refusedData(asked, [{ field: 'tags.item:1.name', message: 'too long' }])), ['tag:b']);
    assert.deepEqual(Object.keys(refusedData(asked, [{ field: 'tags', message: 'too many' }])), ['tag:a', 'tag:b', 'tag:c']);
  });

  it('are all, where none is named: the same must not be asked for again', () => {
    assert.deepEqual(Object.keys(refusedData(ASKED, [{ field: '', message: 'no' }])), Object.keys(ASKED));
    assert.deepEqual(Object.keys(refusedData(ASKED, [])), Object.keys(ASKED));
  });

  it('tell an update of data alone from one that a subscription hangs on', () => {
    assert.equal(asksForDataOnly({ firstName: 'Ann' }), true);
    assert.equal(asksForDataOnly({ tags: { add: ['a'], remove: [] } }), true);
    assert.equal(asksForDataOnly({ status: 'subscribed', firstName: 'Ann' }), false);
    assert.equal(asksForDataOnly({ interests: { [interestId('cccccccccc')]: true }, firstName: 'Ann' }), false);
  });

  it('are told without anybody’s address', () => {
    assert.equal(withoutAddresses('wilma@example.org is no number'), '… is no number');
  });
});
