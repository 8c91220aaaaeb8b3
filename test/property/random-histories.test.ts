import assert from 'node:assert/strict';

import { prove, retold } from './prove.ts';

const HISTORIES = 300;

describe('Random histories', () => {
  it(`${HISTORIES} of them break no promise: consent, both sides in step, no contact twice, every update ended, then quiet`, async function () {
    this.timeout(600_000); // half a minute on an idle machine
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const { counterexample } = await prove(seed);
      assert.equal(counterexample, null, counterexample ? retold(seed, counterexample) : '');
    }
  });
});
