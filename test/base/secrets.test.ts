import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { constantTimeEqual } from '../../src/base/secrets.ts';

describe('constantTimeEqual', () => {
  it('says of any two texts what === says', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        assert.equal(constantTimeEqual(one, other), one === other);
        assert.equal(constantTimeEqual(one, one), true);
      }),
    );
  });

  it('takes texts of unequal length and beyond ASCII', () => {
    assert.equal(constantTimeEqual('geheim', 'geheimnis'), false);
    assert.equal(constantTimeEqual('', 'x'), false);
    assert.equal(constantTimeEqual('schlüssel', 'schlüssel'), true);
    assert.equal(constantTimeEqual('schlussel', 'schlüssel'), false);
  });
});
