import assert from 'node:assert/strict';
import { redact } from '../../src/http/redaction.ts';

describe('redaction', () => {
  it('leaves out named values, the longest first', () => {
    assert.equal(redact('Wilma Flintstone is not Wilma', ['Wilma', 'Wilma Flintstone']), '… is not …');
  });

  it('leaves out addresses, keys, hashes and the query of URLs', () => {
    const text = 'wilma@example.org 0123456789abcdef0123456789abcdef-us11 6373a8b568272a9aa5ec381fc83bd926 https://storage.example.org/x.tar.gz?Signature=abc';
    const clean = redact(text);
    for (const secret of ['wilma', '0123456789abcdef', '6373a8b568', 'Signature=abc']) assert.ok(!clean.includes(secret), secret);
  });

  it('keeps what helps', () => {
    assert.equal(redact("Invalid field 'no_such_field'"), "Invalid field 'no_such_field'");
  });

  it('makes one short line', () => {
    const clean = redact(`first\n\nsecond ${'x '.repeat(400)}`);
    assert.ok(clean.startsWith('first second'));
    assert.ok(clean.length < 250);
  });
});
