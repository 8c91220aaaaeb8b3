import assert from 'node:assert/strict';
import { renderTable } from '../../src/cli/text-table.ts';

describe('a table for people', () => {
  it('lines up names to the left and numbers to the right', () => {
    const text = renderTable({ title: 'People', columns: ['', 'before', 'after'], rows: [['subscribed', 12, 12_345], ['off', '–', 0]] });
    assert.equal(text, ['People', '              before   after', '  subscribed      12  12,345', '  off              –       0', ''].join('\n'));
  });

  it('says when there is nothing in it', () => {
    assert.equal(renderTable({ title: 'Updates', columns: ['', 'count'], rows: [] }), 'Updates\n  none\n');
  });
});
