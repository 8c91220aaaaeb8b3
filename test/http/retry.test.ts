import assert from 'node:assert/strict';
import { delayBefore, type Trouble } from '../../src/http/retry.ts';
import type { HttpOutcome } from '../../src/http/transport.ts';
import { FakeClock } from '../support/fake-clock.ts';

const answer = (headers: Readonly<Record<string, string>>): HttpOutcome => ({
  kind: 'answer',
  status: 429,
  header: (name) => headers[name] ?? null,
  body: new Uint8Array(),
});
const clock = new FakeClock();
const delay = (attempt: number, trouble: Trouble, fraction: number, outcome = answer({}), sentAt = clock.now()): number =>
  delayBefore(attempt, trouble, outcome, sentAt, { clock, random: { fraction: () => fraction, token: () => '' } });

describe('delay before a repetition', () => {
  it('can double each time up to a minute', () => {
    const longest = [0, 1, 2, 3, 9].map((attempt) => Math.round(delay(attempt, 'broken', 0.999999) / 1000));
    assert.deepEqual(longest, [1, 2, 4, 8, 60]);
  });

  it('is spread by chance, yet never nothing', () => {
    assert.ok(delay(5, 'overloaded', 0) > 0);
    assert.ok(delay(5, 'overloaded', 0.1) < delay(5, 'overloaded', 0.9));
  });

  it('is not shorter than Retry-After in seconds', () => {
    assert.ok(delay(0, 'overloaded', 0, answer({ 'retry-after': '90' })) >= 90_000);
  });

  it('reads a Retry-After date against the clock of the service', () => {
    const headers = { 'retry-after': 'Tue, 24 Nov 2026 12:00:40 GMT', date: 'Tue, 24 Nov 2026 12:00:00 GMT' };
    assert.equal(delay(0, 'overloaded', 0, answer(headers)), 40_000);
  });

  it('takes a Retry-After that makes no sense for none', () => {
    assert.equal(delay(0, 'overloaded', 0, answer({ 'retry-after': 'soon' })), delay(0, 'overloaded', 0));
  });

  it('after a time-out waits until the service has surely given up, and longer', () => {
    const silent: HttpOutcome = { kind: 'failure', reason: 'timed_out', code: 'ECONNABORTED' };
    assert.ok(delay(0, 'timed_out', 0, silent, clock.now() - 10_000) >= 110_000 + 30_000);
    assert.ok(delay(0, 'timed_out', 0, silent, clock.now() - 125_000) >= 30_000);
  });
});
