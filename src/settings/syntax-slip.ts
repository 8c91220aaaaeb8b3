import { printParseErrorCode, type ParseError } from 'jsonc-parser';
import { mayBeKey } from './literal-secret.ts';

/** A slip in a JSON text, in words, and where it is. Never quotes a value: it may be a secret. */
export interface SyntaxSlip {
  readonly offset: number;
  readonly message: string;
}

const QUOTE = 'quotation mark (")';
const SECOND_QUOTE = `a second ${QUOTE}; one is enough, remove it`;
const TYPOGRAPHIC = /^['‘’‚“”„«»`´]/u;

const found = (text: string, offset: number): string => {
  const rest = text.slice(offset);
  if (rest === '') return 'the end of the text';
  if (/^[{}[\],:]/u.test(rest)) return `"${rest.charAt(0)}"`;
  if (rest.startsWith('"')) return 'a text in quotation marks';
  if (/^[-+\d.]/u.test(rest)) return 'a number';
  if (TYPOGRAPHIC.test(rest)) return `another kind of quotation mark (${rest.charAt(0)}); JSON takes only the straight double one (")`;
  return 'a word without quotation marks';
};

/** Is the text at the offset glued to the end of a text before it, as in `"name"":`? */
const followsQuote = (text: string, offset: number): boolean => text.charAt(offset - 1) === '"';

const lastCharacterBefore = (text: string, offset: number): { character: string; offset: number } => {
  const before = text.slice(0, offset).trimEnd();
  return { character: before.slice(-1), offset: Math.max(before.length - 1, 0) };
};

/** Start of the text in quotation marks that ends just before the offset. */
const startOfTextBefore = (text: string, offset: number): number => {
  let start = offset - 2;
  while (start > 0 && !(text.charAt(start) === '"' && text.charAt(start - 1) !== '\\')) start -= 1;
  return start;
};

/** The name that a value belongs to, in words; a name that may be a key is not told. */
const ofName = (text: string, valueStart: number): string => {
  const name = /"([^"\n]*)"\s*:\s*$/u.exec(text.slice(0, valueStart))?.[1];
  return name === undefined || mayBeKey(name) ? '' : ` of "${name}"`;
};

const unclosedText = (text: string, start: number, offset: number, what: string): SyntaxSlip => {
  const column = start - text.lastIndexOf('\n', start);
  return {
    offset,
    message: `expected a closing ${QUOTE} here for the text${ofName(text, start)} that begins at column ${column}, found that ${what} without one`,
  };
};

/**
 * A text that lost its closing quotation mark runs on, up to the opening one of the next text on the line:
 * it then ends in a comma, colon or bracket and something is glued to it. Gives where the mark is missing.
 */
const lostQuote = (text: string, offset: number): SyntaxSlip | null => {
  if (!followsQuote(text, offset)) return null;
  const start = startOfTextBefore(text, offset);
  const content = text.slice(start + 1, offset - 1);
  const kept = content.replace(/[\s,:{}[\]]*$/u, '');
  if (kept === content || kept === '') return null;
  return unclosedText(text, start, start + 1 + kept.length, 'the next text begins');
};

/** A text that runs to the end of its line: what closes entries and brackets there is not part of it. */
const endOfLineText = (text: string, start: number): SyntaxSlip => {
  const lineEnd = text.indexOf('\n', start);
  const content = text.slice(start + 1, lineEnd === -1 ? text.length : lineEnd);
  const kept = content.replace(/[\s,}\]]+$/u, '');
  return unclosedText(text, start, start + 1 + kept.length, 'the line ends');
};

/** Does a whole text stand at the offset, with what comes behind a text? Then what is missing stands before it. */
const isWholeText = (text: string, offset: number): boolean => /^"[^"\n]+"\s*[:,}\]]/u.test(text.slice(offset));

/** A quotation mark too many: glued to the end of a text, or to the beginning of one, as in `""word"`. */
const secondQuote = (text: string, offset: number, expected: string): SyntaxSlip | null => {
  if (!followsQuote(text, offset)) return null;
  const before = text.slice(0, offset);
  if (text.charAt(offset) !== '"') {
    const doubled = before.endsWith('""') && !before.endsWith('\\""');
    return doubled ? { offset: offset - 1, message: `expected ${expected}, found ${SECOND_QUOTE}` } : null;
  }
  if (expected === expectation('CommaExpected') && isWholeText(text, offset)) return null;
  const name = /"([^"\n]*)"$/u.exec(before)?.[1] ?? '';
  const known = expected === expectation('ColonExpected') && !mayBeKey(name) ? ` "${name}"` : '';
  return { offset, message: `expected ${expected}${known}, found ${SECOND_QUOTE}` };
};

/** A comma with nothing after it, as in `"CiviCRM", }`. */
const strayComma = (text: string, offset: number): SyntaxSlip | null => {
  const before = lastCharacterBefore(text, offset);
  if (before.character !== ',') return null;
  const next = text.charAt(offset);
  if (next !== '}' && next !== ']' && next !== ',') return null;
  return {
    offset: before.offset,
    message: `expected another entry after this comma, found "${next}"; remove the comma`,
  };
};

const expectation = (code: string): string => {
  switch (code) {
    case 'PropertyNameExpected':
      return 'a name in quotation marks';
    case 'ValueExpected':
      return 'a value';
    case 'ColonExpected':
      return 'a colon (:) after the name';
    case 'CommaExpected':
      return 'a comma (,) before the next entry, or a closing bracket';
    case 'CloseBraceExpected':
      return 'a closing brace (}), one for each opening one';
    case 'CloseBracketExpected':
      return 'a closing bracket (]), one for each opening one';
    case 'EndOfFileExpected':
      return 'nothing more, because the first { is already closed; there may be one } too many';
    default:
      return 'JSON';
  }
};

const inText = (code: string): string | null => {
  switch (code) {
    case 'InvalidCommentToken':
      return 'expected JSON without comments, found a comment; remove it';
    case 'UnexpectedEndOfNumber':
      return 'expected a number, found one that breaks off';
    case 'InvalidUnicode':
      return 'expected four digits after \\u in this text, found something else';
    case 'InvalidEscapeCharacter':
      return 'expected \\\\ for a backslash in this text, found a single backslash';
    case 'InvalidCharacter':
      return 'expected visible characters and spaces in this text, found a tab or another control character';
    default:
      return null;
  }
};

/** The first slip of a text that is not JSON, from what the parser reported about it. */
export const syntaxSlip = (text: string, errors: readonly ParseError[]): SyntaxSlip => {
  const [first] = errors;
  if (first === undefined || text.trim() === '') {
    return { offset: 0, message: 'expected settings in braces { }, found an empty text' };
  }
  const code = printParseErrorCode(first.error);
  const { offset } = first;
  if (code === 'UnexpectedEndOfString' && !followsQuote(text, offset)) return endOfLineText(text, offset);
  const told = inText(code);
  if (told !== null) return { offset, message: told };
  const stray = strayComma(text, offset);
  if (stray !== null) return stray;
  // An unknown word or an open text is reported first, what should have stood there next.
  const wanted = errors.map(({ error }) => printParseErrorCode(error)).find((name) => name.endsWith('Expected'));
  const expected = expectation(wanted ?? code);
  return (
    secondQuote(text, offset, expected) ??
    lostQuote(text, offset) ?? { offset, message: `expected ${expected}, found ${found(text, offset)}` }
  );
};
