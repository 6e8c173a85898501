// Owns the reading of JSON and YAML that a person wrote, so that each value has its line. Refuses
// what two readers could understand differently: keys given twice, aliases that multiply.

import { LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import * as z from 'zod';
import { AgentError } from '@opencomputer/contracts';
import { isList } from './json-object.ts';

/** Keys and positions that lead to a value. */
export type ValuePath = readonly (string | number)[];

/** A parsed file. */
export interface LocatedDocument {
  readonly file: string;
  readonly value: unknown;
  /** The line of a value, from 1, or of the nearest parent that exists. */
  lineOf(path: ValuePath): number;
  /** PLUGIN_MANIFEST with file and line. */
  refusal(path: ValuePath, problem: string): AgentError;
}

/** Uses of aliases in one document. */
const ALIASES_MAX = 100;

/** Parses YAML, so also JSON. Throws PLUGIN_MANIFEST. */
export function parseYaml(text: string, file: string): LocatedDocument {
  const lines = new LineCounter();
  const document = guarded(file, () => parseDocument(text, { lineCounter: lines }));
  const broken = document.errors[0];
  if (broken !== undefined) {
    const { line } = lines.linePos(broken.pos[0]);
    throw refusal(`${file}:${line}`, broken.message.split('\n')[0] ?? 'not valid YAML');
  }
  const value = guarded(file, () => document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown);
  const lineOf = (path: ValuePath): number => lineIn(document, lines, path);
  return {
    file,
    value,
    lineOf,
    refusal: (path, problem) => refusal(`${file}:${lineOf(path)}`, problem),
  };
}

/** Parses strict JSON; a key that is there twice is refused too. Throws PLUGIN_MANIFEST. */
export function parseJson(text: string, file: string): LocatedDocument {
  try {
    JSON.parse(text);
  } catch (error) {
    const problem = `not valid JSON: ${error instanceof Error ? error.message : 'unreadable'}`;
    throw new AgentError('PLUGIN_MANIFEST', { file, problem }, { cause: error });
  }
  return parseYaml(text, file);
}

/** The document's value in the schema's form. Throws PLUGIN_MANIFEST with the first wrong value. */
export function checkDocument<Schema extends z.ZodType>(
  document: LocatedDocument,
  schema: Schema,
  what: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(document.value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map((part) => (typeof part === 'symbol' ? '' : part));
  const key = path.length === 0 ? what : path.join('.');
  throw document.refusal(path, `${key}: ${issue?.message ?? 'is wrong'}`);
}

/** The parser throws for what nests too deeply and for aliases without measure. */
function guarded<Result>(file: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'not valid YAML';
    throw new AgentError('PLUGIN_MANIFEST', { file: `${file}:1`, problem }, { cause: error });
  }
}

function refusal(file: string, problem: string): AgentError {
  return new AgentError('PLUGIN_MANIFEST', { file, problem });
}

function lineIn(document: Document, lines: LineCounter, path: ValuePath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const range =
      typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
    if (isList(range) && typeof range[0] === 'number') return lines.linePos(range[0]).line;
  }
  return 1;
}
