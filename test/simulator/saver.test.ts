import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Saver } from '../../src/simulator/saver.ts';

describe('the saver', () => {
  let saved: number;
  beforeEach(() => {
    saved = 0;
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => mock.timers.reset());

  it('saves soon after a change, many changes once', () => {
    const saver = new Saver(() => (saved += 1), 250);
    saver.changed();
    saver.changed();
    mock.timers.tick(249);
    assert.equal(saved, 0);
    mock.timers.tick(1);
    assert.equal(saved, 1);
    mock.timers.tick(10_000);
    assert.equal(saved, 1);
  });

  it('saves again after the next change', () => {
    const saver = new Saver(() => (saved += 1), 250);
    saver.changed();
    saver.flush();
    saver.changed();
    mock.timers.tick(100_000);
    assert.equal(saved, 2);
  });

  it('saves at once when flushed, and nothing without a change', () => {
    const saver = new Saver(() => (saved += 1), 250);
    saver.flush();
    assert.equal(saved, 0);
    saver.changed();
    saver.flush();
    assert.equal(saved, 1);
    mock.timers.tick(100_000);
    assert.equal(saved, 1);
  });

  it('waits the longer, the longer saving takes', () => {
    let now = 0;
    const clock = mock.method(performance, 'now', () => now);
    const saver = new Saver(() => {
      saved += 1;
      now += 1000;
    }, 250);
    saver.changed();
    saver.flush();
    saver.changed();
    mock.timers.tick(8999);
    assert.equal(saved, 1);
    mock.timers.tick(1);
    assert.equal(saved, 2);
    clock.mock.restore();
  });

  it('saves nothing that comes after its close', () => {
    const saver = new Saver(() => (saved += 1), 250);
    saver.changed();
    saver.close();
    assert.equal(saved, 1);
    saver.changed();
    mock.timers.tick(100_000);
    assert.equal(saved, 1);
  });

  it('says that saving failed, and tries again', () => {
    const said = mock.method(process.stderr, 'write', () => true);
    let full = true;
    const saver = new Saver(() => {
      if (full) throw new Error('no space left');
      saved += 1;
    });
    saver.changed();
    mock.timers.tick(250);
    said.mock.restore();
    assert.match(String(said.mock.calls[0]?.arguments[0]), /could not be saved: no space left/);
    full = false;
    mock.timers.tick(1000);
    assert.equal(saved, 1);
  });
});
