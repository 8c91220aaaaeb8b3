import assert from 'node:assert/strict';
import { describeRefusal, outcomeOf, type Outcome } from '../../src/sync/refusals.ts';

interface Row {
  readonly says: string;
  readonly status: number;
  readonly body: unknown;
  readonly renames?: boolean;
  readonly means: Outcome;
}

const refusal = (title: string, detail = '', errors: readonly unknown[] = []): unknown => ({ title, status: 400, detail, errors });
const invalid = (detail: string, errors: readonly unknown[] = []): unknown => refusal('Invalid Resource', detail, errors);

/** facts/mailchimp.md, Refusals; algorithm.md, "Settling an update". */
const table: readonly Row[] = [
  { says: '200', status: 200, body: {}, means: { kind: 'done' } },
  { says: '204 without a body', status: 204, body: null, means: { kind: 'done' } },
  { says: 'Member In Compliance State', status: 400, body: refusal('Member In Compliance State'), means: { kind: 'compliance' } },
  { says: 'Forgotten Email Not Subscribed', status: 400, body: refusal('Forgotten Email Not Subscribed'), means: { kind: 'refused', reason: 'forgotten' } },
  { says: 'Member Exists', status: 400, body: refusal('Member Exists'), means: { kind: 'missing' } },
  { says: 'Member Exists, to a rename', status: 400, body: refusal('Member Exists'), renames: true, means: { kind: 'address_refused' } },
  { says: 'fake or invalid', status: 400, body: invalid('p looks fake or invalid, please enter a real email address.'), means: { kind: 'refused', reason: 'address_refused' } },
  { says: 'no valid address', status: 400, body: invalid('Please provide a valid email address.'), means: { kind: 'refused', reason: 'address_refused' } },
  { says: 'fake or invalid, to a rename', status: 400, body: invalid('p looks fake or invalid'), renames: true, means: { kind: 'address_refused' } },
  { says: 'the new address is taken', status: 400, body: invalid('Your request is invalid', [{ field: 'email address', message: 'is already in this list' }]), renames: true, means: { kind: 'address_refused' } },
  { says: 'merge fields', status: 400, body: invalid('Your merge fields were invalid.', [{ field: 'PHONE', message: 'Bitte' }]), means: { kind: 'data_refused', errors: [{ field: 'PHONE', message: 'Bitte' }] } },
  { says: 'a lot of lists', status: 400, body: invalid('p has signed up to a lot of lists very recently'), means: { kind: 'refused', reason: 'later' } },
  { says: 'anything else that is invalid', status: 400, body: invalid('We do not like it'), means: { kind: 'refused', reason: 'other' } },
  { says: 'another title', status: 400, body: refusal('Bad Request'), means: { kind: 'refused', reason: 'other' } },
  { says: 'another 4xx', status: 422, body: refusal('Unprocessable'), means: { kind: 'refused', reason: 'other' } },
  { says: '403 with a body', status: 403, body: refusal('Forbidden'), means: { kind: 'refused', reason: 'other' } },
  { says: '404', status: 404, body: refusal('Resource Not Found'), means: { kind: 'missing' } },
  { says: '405: archived already', status: 405, body: null, means: { kind: 'missing' } },
  { says: '429', status: 429, body: null, means: { kind: 'not_done' } },
  { says: '403 without a body: overloaded', status: 403, body: null, means: { kind: 'not_done' } },
  { says: '500', status: 500, body: null, means: { kind: 'unknown' } },
  { says: '504', status: 504, body: '<html>', means: { kind: 'unknown' } },
  { says: 'a body that is no problem', status: 400, body: 'nonsense', means: { kind: 'refused', reason: 'other' } },
  { says: 'errors that are none', status: 400, body: invalid('Your merge fields were invalid.', [null, 'x']), means: { kind: 'data_refused', errors: [] } },
];

describe('answers of Mailchimp', () => {
  for (const { says, status, body, renames = false, means } of table)
    it(`${says}: ${means.kind}${'reason' in means ? ` (${means.reason})` : ''}`, () => {
      assert.deepEqual(outcomeOf({ statusCode: status, body }, renames), means);
    });

  it('are described without their prose, which may hold an address', () => {
    const body = invalid('wilma@example.org looks fake or invalid', [{ field: 'email_address', message: 'wilma@example.org' }, { field: '', message: 'x' }]);
    assert.equal(describeRefusal({ statusCode: 400, body }), '400 Invalid Resource (email_address)');
    assert.equal(describeRefusal({ statusCode: 500, body: null }), '500');
  });
});
