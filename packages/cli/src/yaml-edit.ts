// Owns changing one value of a YAML text: only the lines of that value are written anew. Refuses to
// give a text that does not hold exactly what was asked: then the whole document is laid out again.

import { isDeepStrictEqual } from 'node:util';
import {
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parse,
  parseDocument,
  stringify,
} from 'yaml';
import type { Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';

/** Keys of maps and places in lists, from the outside in. */
export type YamlPath = readonly (string | number)[];

/**
 * The text with the value at `path` set, or without it when `value` is undefined. What else stands
 * there stays as it was written: comments, quotes, indentation, blank lines.
 */
export function editYaml(text: string, path: YamlPath, value: unknown): string {
  const after: Document = parseDocument(text);
  if (value === undefined) after.deleteIn(path);
  else if (after.contents === null) after.contents = after.createNode(nested(path, value));
  else after.setIn(path, typeof value === 'object' ? after.createNode(value) : value);
  const wanted: unknown = after.toJS();
  const edited = splice(text, path, { value, wanted });
  if (edited !== undefined && isDeepStrictEqual(read(edited), wanted)) return edited;
  return isBare(after) ? '' : after.toString({ lineWidth: 0 });
}

/** The value, and the whole document as it is to be. */
interface Change {
  readonly value: unknown;
  readonly wanted: unknown;
}

/** A place in the text and what is to stand there. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

function splice(text: string, path: YamlPath, change: Change): string | undefined {
  const document: Document = parseDocument(text);
  const piece = pieceFor({ text, document }, path, change);
  if (piece === undefined) return undefined;
  const line = text.includes('\r\n') ? '\r\n' : '\n';
  return text.slice(0, piece.from) + piece.text.replaceAll('\n', line) + text.slice(piece.to);
}

interface Source {
  readonly text: string;
  readonly document: Document;
}

function pieceFor(source: Source, path: YamlPath, change: Change): Piece | undefined {
  const { document, text } = source;
  if (document.contents === null) {
    const gap = text === '' || text.endsWith('\n') ? '' : '\n';
    const { value } = change;
    if (value === undefined) return undefined;
    return { from: text.length, to: text.length, text: gap + stringify(nested(path, value)) };
  }
  let depth = 0;
  let node: unknown = document.contents;
  for (; depth < path.length && isCollection(node); depth += 1) {
    if (node.flow === true) return inFlow(node, path.slice(0, depth), change);
    const inner: unknown = node.get(path[depth], true);
    if (inner === undefined) return add(source, node, { path: path.slice(depth), change });
    if (depth < path.length - 1) node = inner;
  }
  if (depth < path.length || !isCollection(node)) return undefined;
  const key = path[depth - 1] ?? 0;
  if (change.value === undefined) return remove(source, node, key);
  return put(source, node, { key, value: change.value });
}

type Block = YAMLMap | YAMLSeq;

/** A list or a map on one line is written anew as a whole. */
function inFlow(node: Node, path: YamlPath, { wanted }: Change): Piece | undefined {
  let value: unknown = wanted;
  for (const key of path) value = (value as Record<string | number, unknown> | undefined)?.[key];
  return node.range ? { from: node.range[0], to: node.range[1], text: inline(value) } : undefined;
}

function put(
  { text }: Source,
  block: Block,
  { key, value }: { readonly key: string | number; readonly value: unknown },
): Piece | undefined {
  const old = block.get(key, true) as Node | undefined;
  if (!old?.range) return undefined;
  const [from, end] = old.range;
  if (isCollection(old) && old.flow !== true) {
    const to = trimmedEnd(text, end);
    if (isFilled(value)) {
      return { from, to, text: indented(stringify(value).trimEnd(), columnOf(text, from)) };
    }
    const after = keyEnd(block, key);
    return after === undefined ? undefined : { from: after, to, text: `: ${inline(value)}` };
  }
  if (isScalar(old) && (old.type === 'BLOCK_FOLDED' || old.type === 'BLOCK_LITERAL')) {
    return { from, to: trimmedEnd(text, end), text: inline(value) };
  }
  const gap = from === end && text[from - 1] === ':' ? ' ' : '';
  return { from, to: end, text: gap + inline(value) };
}

function add(
  { text }: Source,
  block: Block,
  { path, change }: { readonly path: YamlPath; readonly change: Change },
): Piece | undefined {
  const start = firstPlace(block);
  const last = block.items.at(-1);
  if (change.value === undefined || start === undefined || last === undefined) return undefined;
  if (isSeq(block) && path[0] !== block.items.length) return undefined;
  const from = lineEnd(text, trimmedEnd(text, endOf(last)));
  const lines = isSeq(block) ? [nested(path.slice(1), change.value)] : nested(path, change.value);
  const column = columnOf(text, start);
  const added = stringify(lines).trimEnd();
  return { from, to: from, text: indented(`\n${added}`, column) };
}

function remove({ text }: Source, block: Block, key: string | number): Piece | undefined {
  const index = isSeq(block) ? Number(key) : block.items.findIndex((pair) => keyOf(pair) === key);
  const item = block.items[index];
  // The last one leaves an empty map behind, of which the document knows how it is written.
  if (item === undefined || block.items.length === 1) return undefined;
  const place = isSeq(block) ? undefined : (item as Pair<Node, Node>).key.range?.[0];
  if (place === undefined) return undefined;
  const from = place - columnOf(text, place);
  const to = lineEnd(text, trimmedEnd(text, endOf(item)));
  const isLast = to >= text.length;
  if (text.slice(from, place).trim() !== '') return undefined;
  return { from: isLast ? Math.max(0, from - 1) : from, to: isLast ? to : to + 1, text: '' };
}

function keyOf(pair: unknown): unknown {
  const { key } = pair as Pair<Node>;
  return isScalar(key) ? key.value : key;
}

/** Where the key ends and its colon begins. */
function keyEnd(block: Block, key: string | number): number | undefined {
  if (!isMap(block)) return undefined;
  const pair = block.items.find((each) => keyOf(each) === key) as Pair<Node> | undefined;
  return pair?.key.range?.[1];
}

/** Where the first key or the first dash stands. */
function firstPlace(block: Block): number | undefined {
  if (isSeq(block)) return block.range?.[0];
  return (block.items[0] as Pair<Node> | undefined)?.key.range?.[0];
}

function endOf(item: unknown): number {
  if (!isPair<Node, Node | null>(item)) return (item as Node).range?.[1] ?? 0;
  return (item.value ?? item.key).range?.[1] ?? 0;
}

function trimmedEnd(text: string, end: number): number {
  return text.slice(0, end).trimEnd().length;
}

function lineEnd(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  const end = found === -1 ? text.length : found;
  return text[end - 1] === '\r' ? end - 1 : end;
}

function columnOf(text: string, place: number): number {
  return place - (text.lastIndexOf('\n', place - 1) + 1);
}

function indented(text: string, column: number): string {
  return text.replaceAll(/\n(?=.)/g, `\n${' '.repeat(column)}`);
}

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** On one line, also where it stands inside a list. */
function inline(value: unknown): string {
  return stringify([value], { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false })
    .trimEnd()
    .slice(1, -1);
}

function nested(path: YamlPath, value: unknown): unknown {
  return path.reduceRight<unknown>(
    (inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }),
    value,
  );
}

function read(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isBare({ contents, commentBefore, comment }: Document): boolean {
  const isEmpty = contents === null || (isMap(contents) && contents.items.length === 0);
  return isEmpty && !commentBefore && !comment;
}
