import assert from 'node:assert/strict';
import { ServiceClock } from '../../src/http/service-clock.ts';
import { FakeClock } from '../support/fake-clock.ts';

const header = (instant: number): string => new Date(instant).toUTCString();

describe('clock of a service', () => {
  it('has no offset before the first answer', () => {
    assert.equal(new ServiceClock(new FakeClock()).offset, 0);
  });

  it('has none while the header\'s whole seconds and the way explain the difference', () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 1) + 700);
    const sentAt = clock.now();
    clock.advance(400);
    const service = new ServiceClock(clock);
    service.note(header(sentAt), sentAt);
    assert.equal(service.offset, 0);
  });

  for (const minutes of [-7, 3]) {
    it(`shows that a service is ${minutes} minutes off, to a second`, () => {
      const clock = new FakeClock();
      const service = new ServiceClock(clock);
      const servedAt = service.note(header(clock.now() + minutes * 60_000), clock.now());
      assert.equal(servedAt, clock.now() + minutes * 60_000);
      assert.ok(Math.abs(service.offset - minutes * 60_000) < 1000);
      assert.ok(Math.abs(service.now() - servedAt) < 1000);
    });
  }

  it('dates an answer without the header by our clock and the offset known', () => {
    const clock = new FakeClock();
    const service = new ServiceClock(clock);
    service.note(header(clock.now() + 60_000), clock.now());
    assert.equal(service.note(null, clock.now()), clock.now() + service.offset);
  });
});
