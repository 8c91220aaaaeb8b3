import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { claimantOf, isDead, letGo, newHolder } from '../../src/sync/holder.ts';

const random = { fraction: () => 0, token: (bytes: number) => 'ab'.repeat(bytes) };

describe('a holder of leases and claims', () => {
  it('lives as long as its engine is open', () => {
    const holder = newHolder(random);
    assert.equal(isDead(holder), false);
    assert.equal(isDead(claimantOf(holder, random)), false);
    letGo(holder);
    assert.equal(isDead(holder), true);
    assert.equal(isDead(claimantOf(holder, random)), true);
  });

  it('is dead when its process is', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    assert.equal(isDead(`${hostname()}/${pid}/nonce`), true);
  });

  it('lives when its process does: which engine, is not known from outside', () => {
    assert.equal(isDead(`${hostname()}/${process.ppid}/nonce`), false);
  });

  it('of another machine is never surely dead, nor one that is no name of ours', () => {
    assert.equal(isDead(`elsewhere.invalid/1/nonce`), false);
    assert.equal(isDead('somebody'), false);
    assert.equal(isDead(''), false);
  });
});
