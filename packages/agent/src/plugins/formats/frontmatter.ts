// Owns the split of a Markdown file into what its head says and its text. Refuses a head that is not
// a mapping, without end, or larger than a head can be.

import { AgentError } from '@opencomputer/contracts';
import type { JsonObject } from '@opencomputer/contracts';
import { isObject } from '../json-object.ts';
import { parseYaml } from '../located-document.ts';

/** A Markdown file. */
export interface MarkdownFile {
  /** Empty when there is no head. */
  readonly head: JsonObject;
  readonly body: string;
}

const headBytesMax = 64_000;

/** Reads `---`, YAML, `---`, text. Throws PLUGIN_MANIFEST with file and line. */
export function parseMarkdown(text: string, file: string): MarkdownFile {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trimEnd() !== '---') return { head: {}, body: lines.join('\n').trim() };
  const end = lines.findIndex((line, at) => at > 0 && /^(?:---|\.\.\.)\s*$/.test(line));
  if (end < 0) throw refusal(`${file}:1`, 'its head begins with --- and does not end');
  const source = lines.slice(1, end).join('\n');
  if (source.length > headBytesMax) {
    throw refusal(`${file}:1`, `its head has ${source.length} characters; at most ${headBytesMax}`);
  }
  // One line of the file stands before the head: it is kept so that lines are the file's own.
  const { value } = parseYaml(`#\n${source}`, file);
  const body = lines
    .slice(end + 1)
    .join('\n')
    .trim();
  if (value === null || value === undefined) return { head: {}, body };
  if (!isObject(value)) throw refusal(`${file}:2`, 'its head is not a mapping of keys to values');
  return { head: value, body };
}

/** A value of the head as text; undefined for one that is missing, empty or not a scalar. */
export function headText(head: JsonObject, key: string): string | undefined {
  const value = head[key];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function refusal(file: string, problem: string): AgentError {
  return new AgentError('PLUGIN_MANIFEST', { file, problem });
}
