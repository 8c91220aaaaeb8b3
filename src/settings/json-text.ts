import { findNodeAtLocation, parseTree, type Node, type ParseError } from 'jsonc-parser';
import { pathText, type Json, type Path } from './json.ts';
import { redactorOf } from './redact.ts';
import { SettingsError, type SettingsProblem, type TextPosition } from './settings-error.ts';
import { syntaxSlip } from './syntax-slip.ts';

/** A JSON text that was read: its value, and where in the text a value stands. */
export interface JsonText {
  readonly value: Json;
  /** Where the value stands, or its name when it has one; that of the nearest thing around it when it is not there. */
  locate(path: Path): TextPosition;
}

const positionAt = (text: string, offset: number): TextPosition => {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
};

/** Which secrets there are is not known before the text is read: what looks like one is left out. */
const redactByLooks = redactorOf([]);

/** Name and place of each property that its object already has, in the order of the text. */
const repeatedNames = (node: Node, path: Path = []): { path: Path; offset: number }[] => {
  if (node.type === 'array') {
    return (node.children ?? []).flatMap((item, index) => repeatedNames(item, [...path, index]));
  }
  if (node.type !== 'object') return [];
  const seen = new Set<string>();
  return (node.children ?? []).flatMap((property) => {
    const [nameNode, valueNode] = property.children ?? [];
    if (nameNode === undefined || valueNode === undefined) return [];
    const name = String(nameNode.value);
    const own = [...path, name];
    const repeated = seen.has(name) ? [{ path: own, offset: nameNode.offset }] : [];
    seen.add(name);
    return [...repeated, ...repeatedNames(valueNode, own)];
  });
};

const locateIn = (text: string, tree: Node, path: Path): TextPosition => {
  const node = findNodeAtLocation(tree, [...path]);
  if (node !== undefined) {
    const start = node.parent?.type === 'property' ? node.parent : node;
    return positionAt(text, start.offset);
  }
  return path.length === 0 ? positionAt(text, tree.offset) : locateIn(text, tree, path.slice(0, -1));
};

/**
 * Reads strict JSON: comments, trailing commas and repeated names are slips.
 * @throws SettingsError `settings_syntax` with line, column, what was expected and what was found.
 *   Of several slips the first is told, because what follows one cannot be trusted; of repeated names all.
 */
export const readJsonText = (source: string): JsonText => {
  // Editors on Windows put a byte order mark before the text; JSON forbids it, and nobody sees it.
  const text = source.replace(/^\uFEFF/u, '');
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [error] = errors;
  if (error !== undefined || tree === undefined) {
    const slip = syntaxSlip(text, errors);
    throw new SettingsError('settings_syntax', [
      { path: '', message: slip.message, position: positionAt(text, slip.offset) },
    ]);
  }
  const repeated = repeatedNames(tree).map(({ path, offset }): SettingsProblem => ({
    path: redactByLooks(pathText(path)),
    message: 'expected a name that is not there yet, found the same name a second time; remove or rename one of the two',
    position: positionAt(text, offset),
  }));
  if (repeated.length > 0) throw new SettingsError('settings_syntax', repeated);
  return { value: JSON.parse(text) as Json, locate: (path) => locateIn(text, tree, path) };
};
