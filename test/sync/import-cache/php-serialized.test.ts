import assert from 'node:assert/strict';
import { array, assert as holds, constantFrom, property } from 'fast-check';
import { asJson, NotPhp, readPhp, type PhpValue } from '../../../src/sync/import-cache/php-serialized.ts';

const read = (text: string): PhpValue => readPhp(Buffer.from(text, 'utf8'));
const readAsJson = (text: string): unknown => asJson(read(text));

const nested = (depth: number): string => `${'a:1:{i:0;'.repeat(depth)}N;${'}'.repeat(depth)}`;

describe('what PHP serialized', () => {
  it('plain data are read', () => {
    assert.deepEqual(['N;', 'b:1;', 'b:0;', 'i:-12;', 'd:0.5;', 'd:1.0E+25;', 's:0:"";'].map(read), [null, true, false, -12, 0.5, 1e25, '']);
  });

  it('lengths of texts count bytes, and texts may hold anything', () => {
    assert.equal(read('s:6:"Zoë 🦕";'.replace('6', String(Buffer.byteLength('Zoë 🦕')))), 'Zoë 🦕');
    assert.equal(read('s:12:"a";s:1:"b";i";'), 'a";s:1:"b";i');
  });

  it('arrays keep their keys; such as count from 0 are lists', () => {
    assert.deepEqual(readAsJson('a:2:{s:10:"first_name";s:5:"Wilma";s:9:"interests";a:1:{s:10:"1e7e5e57ed";b:1;}}'), { first_name: 'Wilma', interests: { '1e7e5e57ed': true } });
    assert.deepEqual(readAsJson('a:2:{i:0;s:1:"a";i:1;N;}'), ['a', null]);
    assert.deepEqual(readAsJson('a:1:{i:3;i:4;}'), { 3: 4 });
    assert.deepEqual(readAsJson('a:0:{}'), []);
  });

  it('names that mean something in JavaScript are names like others', () => {
    const value = readAsJson('a:1:{s:9:"__proto__";a:1:{s:5:"admin";b:1;}}') as object;
    assert.deepEqual(Object.keys(value), ['__proto__']);
    assert.equal(('admin' in value), false);
  });

  const REFUSED: readonly (readonly [what: string, text: string])[] = [
    ['an object', 'O:8:"stdClass":0:{}'],
    ['an object that unserializes itself', 'C:11:"ArrayObject":2:{x;}'],
    ['a reference', 'a:2:{i:0;i:1;i:1;R:2;}'],
    ['an enumeration', 'E:7:"A:Thing";'],
    ['nothing', ''],
    ['something that follows', 'i:1;i:2;'],
    ['a text that is shorter than it says', 's:5:"abc";'],
    ['a text that is longer than it says', 's:2:"abc";'],
    ['a text without end', 's:3:"abc'],
    ['an array that is longer than it says', 'a:1:{i:0;i:1;i:1;i:2;}'],
    ['an array that is shorter than it says', 'a:2:{i:0;i:1;}'],
    ['an array of a length that nobody could hold', 'a:99999:{}'],
    ['a key that is an array', 'a:1:{a:0:{}i:1;}'],
    ['a number that is none', 'i:1e3;'],
    ['a number that is too large', 'i:9999999999999999999;'],
    ['a boolean that is none', 'b:2;'],
    ['more levels than anybody needs', nested(17)],
    ['more than the column holds', `s:70000:"${'x'.repeat(70_000)}";`],
  ];
  for (const [what, text] of REFUSED)
    it(`${what} is refused, without a word of it`, () => {
      assert.throws(() => read(text), (error: unknown) => error instanceof NotPhp && !error.message.includes('stdClass') && !error.message.includes('abc'));
    });

  it('sixteen levels are read', () => {
    assert.doesNotThrow(() => read(nested(16)));
  });

  it('whatever it is given, it answers a value or refuses', () => {
    const pieces = constantFrom('a:', 's:', 'i:', 'b:', 'N;', '0', '1', '5', ':', ';', '{', '}', '"', 'x', 'é');
    holds(
      property(array(pieces, { maxLength: 40 }), (parts) => {
        try {
          read(parts.join(''));
        } catch (error) {
          assert.ok(error instanceof NotPhp);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
