import assert from 'node:assert/strict';
import { formatMergeField, missingParts, pathsFor } from '../../../src/sync/data/merge-field-format.ts';

const format = (type: string, value: unknown, phoneFormat: string | null = null): unknown => formatMergeField({ tag: 'X', type, phoneFormat }, 'field', () => value);

describe('a value as a merge field takes it', () => {
  for (const [type, value, expected] of [
    ['text', 'Miner', 'Miner'],
    ['text', ' Miner ', 'Miner'],
    ['text', null, ''],
    ['text', 7, '7'],
    ['text', true, '1'],
    ['text', false, '0'],
    ['text', ['Red', 'Blue', null], 'Red, Blue'],
    ['text', 'x'.repeat(300), 'x'.repeat(255)],
    ['text', '🦕'.repeat(300), '🦕'.repeat(63)],
    ['text', `x${'é'.repeat(127)}`, `x${'é'.repeat(127)}`],
    ['text', `xx${'é'.repeat(127)}`, `xx${'é'.repeat(126)}`],
    ['number', '12.50', 12.5],
    ['number', 0, 0],
    ['number', '', ''],
    ['number', 'seven', 'seven'],
    ['date', '2027-01-31', '2027-01-31'],
    ['date', '2027-01-31 23:59:59', '2027-01-31'],
    ['date', null, ''],
    ['date', 'soon', 'soon'],
    ['birthday', '1960-09-30', '09/30'],
    ['birthday', '9/3', '09/03'],
    ['birthday', 'x', 'x'],
    ['dropdown', 'Red', 'Red'],
    ['phone', '+44 20 7946 0000', '+44 20 7946 0000'],
  ] as const)
    it(`${type}: ${typeof value === 'string' && value.length > 40 ? 'long text' : JSON.stringify(value)}`, () => assert.equal(format(type, value), expected));

  it('a phone number of ten digits as the US format wants it, others as they are', () => {
    assert.equal(format('phone', '(404) 555-0101', 'US'), '404-555-0101');
    assert.equal(format('phone', '+1 404 555 0101', 'US'), '404-555-0101');
    assert.equal(format('phone', '020 7946 0000 1', 'US'), '020 7946 0000 1');
  });

  it('an address by its parts, read along the join that the settings name', () => {
    const field = { tag: 'ADDRESS', type: 'address', phoneFormat: null } as const;
    assert.deepEqual(pathsFor(field, 'address_primary'), [
      'address_primary.street_address', 'address_primary.supplemental_address_1', 'address_primary.city',
      'address_primary.state_province_id:abbr', 'address_primary.postal_code', 'address_primary.country_id.iso_code',
    ]);
    const site: Readonly<Record<string, unknown>> = {
      'address_primary.street_address': '303 Cobblestone Way',
      'address_primary.city': 'Bedrock',
      'address_primary.state_province_id:abbr': 'GA',
      'address_primary.postal_code': '70777',
      'address_primary.country_id.iso_code': 'US',
    };
    const read = (path: string): unknown => site[path] ?? null;
    assert.deepEqual(formatMergeField(field, 'address_primary', read), { addr1: '303 Cobblestone Way', addr2: '', city: 'Bedrock', state: 'GA', zip: '70777', country: 'US' });
    assert.deepEqual(missingParts(field, 'address_primary', read), []);
    const withoutState = (path: string): unknown => (path.includes('state') ? null : read(path));
    assert.equal(formatMergeField(field, 'address_primary', withoutState), '');
    assert.deepEqual(missingParts(field, 'address_primary', withoutState), ['state']);
    assert.equal(formatMergeField(field, 'address_primary', () => null), '');
    assert.deepEqual(missingParts(field, 'address_primary', () => null), []);
  });
});
