import assert from 'node:assert/strict';
import { fitColumn } from '../../src/civicrm/column-text.ts';

describe('text for a column', () => {
  it('stays as it is when it fits', () => assert.equal(fitColumn("Zoë O'Shale 🪨", 64), "Zoë O'Shale 🪨"));

  it('is cut at whole characters', () => {
    assert.equal(fitColumn('🪨'.repeat(70), 64), '🪨'.repeat(64));
  });

  it('leaves room for what CiviCRM stores in place of < and >', () => {
    assert.equal(fitColumn(`${'x'.repeat(60)}<b>`, 64), `${'x'.repeat(60)}<`);
    assert.equal(fitColumn(`${'x'.repeat(61)}<b>`, 64), 'x'.repeat(61));
  });
});
