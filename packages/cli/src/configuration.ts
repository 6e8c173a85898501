// Owns reading `config.yaml`: its values over the defaults, where each came from, and what is wrong
// with it in one sentence. Refuses to start from a wrong value, and never stops at an unknown key.

import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { AgentError, configuration as schema } from '@opencomputer/contracts';
import type { Configuration } from '@opencomputer/contracts';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { unknownKeys } from './configuration-keys.ts';
import type { KeyPath } from './configuration-keys.ts';

/** Bytes of the file. */
const FILE_BYTES_MAX = 1_000_000;

/** A configuration with where it came from. */
export interface LoadedConfiguration {
  readonly configuration: Configuration;
  /** The file that was read or would be read. */
  readonly file: string;
  readonly exists: boolean;
  /** One sentence each: unknown keys. */
  readonly warnings: readonly string[];
  /** The line at which a value was set; undefined for a default. */
  lineOf(path: KeyPath): number | undefined;
}

/** What to read. `home` is what a leading `~` in a folder stands for. */
export interface ConfigurationSource {
  readonly file: string;
  readonly home: string;
}

/** Reads and checks the file. Throws CONFIG_UNREADABLE or CONFIG_INVALID; no file is no error. */
export function loadConfiguration(source: ConfigurationSource): LoadedConfiguration {
  const text = readText(source.file);
  return parseConfiguration(text ?? '', { ...source, exists: text !== undefined });
}

/** The same for a text that is not in the file yet. */
export function parseConfiguration(
  text: string,
  source: ConfigurationSource & { readonly exists: boolean },
): LoadedConfiguration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const [problem] = document.errors;
  if (problem !== undefined) {
    const expected = `valid YAML (${problem.message.replace(/\.$/, '')})`;
    throw invalid(source.file, { line: lineAt(problem.pos[0]), key: 'YAML', expected });
  }
  const value = toValue(document, source.file);
  const result = schema.safeParse(value ?? {});
  const [issue] = result.error?.issues ?? [];
  const line = (path: KeyPath): number => lineAt(offsetOf(document, path) ?? 0);
  if (result.data === undefined || issue !== undefined) {
    const path = (issue?.path ?? []) as KeyPath;
    const key = path.length === 0 ? 'the file' : path.join('.');
    const expected = issue?.message ?? 'a valid file';
    throw invalid(source.file, { line: line(path), key, expected });
  }
  return {
    configuration: { ...result.data, folders: foldersOf(result.data, source) },
    file: source.file,
    exists: source.exists,
    warnings: unknownKeys(value).map(({ path, meant }) => {
      const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
      return `${source.file}:${line(path)}: the key "${path.join('.')}" is not known${hint}`;
    }),
    lineOf: (path) => {
      const offset = document.hasIn(path) ? offsetOf(document, path) : undefined;
      return offset === undefined ? undefined : lineAt(offset);
    },
  };
}

function readText(file: string): string | undefined {
  try {
    const data = readFileSync(file);
    if (data.length > FILE_BYTES_MAX) throw new Error(`it is larger than ${FILE_BYTES_MAX} bytes`);
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    const problem = problems[String(code)] ?? (error instanceof Error ? error.message : 'unknown');
    throw new AgentError('CONFIG_UNREADABLE', { file, problem }, { cause: error });
  }
}

const problems: Readonly<Record<string, string>> = {
  EACCES: 'this user has no right to it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not valid UTF-8',
};

function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'it cannot be resolved';
    throw new AgentError('CONFIG_UNREADABLE', { file, problem }, { cause: error });
  }
}

/** Where a key stands, or the nearest thing around it that stands in the file. */
function offsetOf(document: Document, path: KeyPath): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const key = path[length - 1];
    const parent = document.getIn(path.slice(0, length - 1), true);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(path.slice(0, length), true);
    if (hasRange(node)) return node.range[0];
  }
  return undefined;
}

function hasRange(node: unknown): node is { readonly range: readonly [number, ...number[]] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

function foldersOf(configuration: Configuration, source: ConfigurationSource): string[] {
  return configuration.folders.map((folder) => {
    if (folder === '~' || folder.startsWith('~/')) return join(source.home, folder.slice(1));
    return isAbsolute(folder) ? folder : join(dirname(source.file), folder);
  });
}

function invalid(
  file: string,
  at: { readonly line: number; readonly key: string; readonly expected: string },
): AgentError {
  return new AgentError('CONFIG_INVALID', { file, ...at });
}
