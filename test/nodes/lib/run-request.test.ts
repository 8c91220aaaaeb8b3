import assert from 'node:assert/strict';
import { readAskedRun, readInstant, runRequest } from '../../../nodes/lib/run-request.ts';

describe('a request for a run', () => {
  for (const [text, instant] of [
    ['2026-03-31', Date.UTC(2026, 2, 31)],
    ['2026-03-31T08:00', Date.UTC(2026, 2, 31, 8)],
    ['2026-03-31T08:00:00Z', Date.UTC(2026, 2, 31, 8)],
    ['2026-03-31T08:00:00+02:00', Date.UTC(2026, 2, 31, 6)],
  ] as const)
    it(`takes ${text} for the moment it is in UTC, whatever the zone of the machine`, () => {
      assert.equal(readInstant(text), instant);
    });

  it('asks for nothing when the message says nothing', () => {
    assert.deepEqual(runRequest(readAskedRun(undefined)), { mode: 'incremental', since: null, withData: false, dryRun: false });
  });

  it('leaves out a moment that its mode does not use', () => {
    assert.deepEqual(runRequest({ mode: 'full', since: '2026-03-31' }), { mode: 'full', since: null, withData: false, dryRun: false });
  });

  it('takes the message of a run, whose id and stage it does not use', () => {
    const asked = readAskedRun({ runId: 'run-1', listId: 'aaaaaaaaaa', mode: 'full', since: null, withData: true, dryRun: false, stage: 'submit' });
    assert.deepEqual(runRequest(asked), { mode: 'full', since: null, withData: true, dryRun: false });
  });
});
