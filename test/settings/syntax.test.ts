import assert from 'node:assert/strict';
import { readSettings } from '../../src/settings/read-settings.ts';
import { sampleText } from './sample.ts';
import { onlyProblemOf, settingsErrorOf } from './expect.ts';

/** Line and column, from 1, of the first place where `part` stands, `after` characters into it. */
const placeOf = (text: string, part: string, after: number) => {
  const before = text.slice(0, text.indexOf(part) + after);
  const lines = before.split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
};

/** The sample on one line, as it is when somebody pastes it out of an e-mail. */
const oneLine = sampleText.replaceAll(/\n\s*/gu, ' ');

/** What is said of settings; empty when they are accepted. */
const refusalOf = (text: string): string => {
  try {
    readSettings(text);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  }
};

describe('settings that are not JSON', () => {
  for (const [layout, text] of [['as laid out', sampleText], ['on one line', oneLine]] as const) {
    describe(`the source's three slips, ${layout}`, () => {
      it('a quotation mark too many after a name: points at it', () => {
        const slip = text.replace('"cccccccccc":', '"cccccccccc"":');
        const problem = onlyProblemOf(slip);
        assert.deepEqual(problem.position, placeOf(slip, '"cccccccccc"":', '"cccccccccc"'.length));
        assert.match(problem.message, /expected a colon \(:\) after the name "cccccccccc", found a second quotation mark/u);
      });

      it('a comma with nothing after it: points at the comma', () => {
        const slip = text.replace('"CiviCRM"', '"CiviCRM",');
        const problem = onlyProblemOf(slip);
        assert.deepEqual(problem.position, placeOf(slip, '"CiviCRM",', '"CiviCRM"'.length));
        assert.match(problem.message, /expected another entry after this comma, found "\}"; remove the comma/u);
      });

      it('a closing quotation mark missing: points at where it is missing, and says which text it is', () => {
        const slip = text.replace('"redacted",', '"redacted,');
        const problem = onlyProblemOf(slip);
        assert.deepEqual(problem.position, placeOf(slip, '"redacted,', '"redacted'.length));
        assert.match(problem.message, /expected a closing quotation mark.*of "batchWebhookSecret"/u);
        const start = placeOf(slip, '"redacted,', 0);
        assert.match(problem.message, new RegExp(`begins at column ${start.column},`, 'u'));
      });
    });
  }

  it('all three at once: tells the first', () => {
    const slips = sampleText
      .replace('"cccccccccc":', '"cccccccccc"":')
      .replace('"CiviCRM"', '"CiviCRM",')
      .replace('"redacted",', '"redacted,');
    assert.equal(onlyProblemOf(slips).position?.line, 6);
  });

  const slips: readonly [what: string, text: string, column: number, message: RegExp][] = [
    ['nothing at all', '', 1, /expected settings in braces \{ \}, found an empty text/u],
    ['a name without quotation marks', '{lists: {}}', 2, /expected a name in quotation marks, found a word/u],
    ['single quotation marks', "{'lists': {}}", 2, /found another kind of quotation mark \('\)/u],
    ['typographic quotation marks', '{“lists”: {}}', 2, /found another kind of quotation mark \(“\)/u],
    ['a comma missing', '{"lists": {} "accounts": {}}', 14, /expected a comma.*found a text in quotation marks/u],
    ['a comma missing between two texts', '{"lists": "x""accounts": {}}', 14, /expected a comma.*found a text in quotation marks/u],
    ['two commas', '{"lists": {},, "accounts": {}}', 13, /found ","; remove the comma/u],
    ['a colon missing', '{"lists" {}}', 10, /expected a colon.*found "\{"/u],
    ['a value missing', '{"lists":}', 10, /expected a value, found "\}"/u],
    ['a brace missing at the end', '{"lists": {}', 13, /expected a closing brace.*found the end of the text/u],
    ['a brace too many at the end', '{"lists": {}}}', 14, /expected nothing more.*found "\}"/u],
    ['a bracket missing', '{"lists": [', 12, /expected a closing bracket/u],
    ['a quotation mark too many before a value', '{"lists": ""x"}', 12, /found a second quotation mark/u],
    ['a quotation mark too many after a value', '{"lists": "x"" }', 14, /found a second quotation mark/u],
    ['a line comment', '{"lists": {} // x\n}', 14, /found a comment/u],
    ['a block comment', '{"lists": {} /* x */}', 14, /found a comment/u],
    ['a comma at the end of a list', '{"lists": [1,]}', 13, /remove the comma/u],
    ['a backslash', String.raw`{"store": "C:\sync"}`, 11, /found a single backslash/u],
    ['a tab in a text', '{"store": "a\tb"}', 11, /found a tab/u],
    ['a word', '{"lists": yes}', 11, /expected a value, found a word/u],
  ];
  for (const [what, text, column, message] of slips) {
    it(`${what}: says so and where`, () => {
      const error = settingsErrorOf(text);
      assert.equal(error.code, 'settings_syntax');
      assert.deepEqual(error.problems[0]?.position, { line: 1, column });
      assert.match(error.problems[0]?.message ?? '', message);
      assert.match(error.message, new RegExp(`line 1, column ${column}: expected`, 'u'));
    });
  }

  it('every name that is there twice is told, with its place', () => {
    const error = settingsErrorOf('{\n"lists": {"a": 1, "a": 2},\n"accounts": {},\n"lists": {}\n}');
    assert.equal(error.code, 'settings_syntax');
    assert.deepEqual(
      error.problems.map(({ path, position }) => [path, position]),
      [
        ['lists.a', { line: 2, column: 19 }],
        ['lists', { line: 4, column: 1 }],
      ],
    );
  });

  it('a byte order mark before the text does not matter', () => {
    const error = settingsErrorOf('\uFEFF{"lists": {}}');
    assert.equal(error.code, 'settings_invalid');
  });

  it('no slip shows what stands in the text', () => {
    const marked = sampleText.replaceAll('redacted', 'Hunter2Hunter2').replaceAll('b'.repeat(32), '0123456789abcdef'.repeat(2));
    for (let at = 0; at < marked.length; at += 1) {
      const rest = marked.slice(at);
      for (const broken of [marked.slice(0, at) + rest.slice(1), `${marked.slice(0, at)}"${rest}`]) {
        const message = refusalOf(broken);
        assert.doesNotMatch(message, /Hunter2|0123456789abcdef/u, message);
      }
    }
  });
});
