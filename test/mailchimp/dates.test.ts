import assert from 'node:assert/strict';
import { readDate, writeDate } from '../../src/mailchimp/dates.ts';

describe('dates of Mailchimp', () => {
  it('are read with their offset', () => {
    assert.equal(readDate('2026-02-23T16:25:57+00:00'), Date.UTC(2026, 1, 23, 16, 25, 57));
    assert.equal(readDate('2026-02-23T16:25:57+02:00'), Date.UTC(2026, 1, 23, 14, 25, 57));
    assert.equal(readDate('2026-02-23T16:25:57-05:30'), Date.UTC(2026, 1, 23, 21, 55, 57));
    assert.equal(readDate('2026-02-23T16:25:57Z'), Date.UTC(2026, 1, 23, 16, 25, 57));
  });

  for (const text of ['', '2026-02-23', '2026-02-23 16:25:57', '2026-02-23T16:25:57', '2026-02-31T16:25:57+00:00', '2026-02-23T25:00:00+00:00', 'yesterday']) {
    it(`"${text}" is none`, () => assert.equal(readDate(text), null));
  }

  it('are written in UTC, to the second before', () => {
    assert.equal(writeDate(Date.UTC(2026, 1, 23, 16, 25, 57, 999)), '2026-02-23T16:25:57+00:00');
  });
});
