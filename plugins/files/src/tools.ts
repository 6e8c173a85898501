// Owns the tools of this plugin over the folders that a person granted. Refuses paths outside them, and
// answers larger than a person would read.

import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CallContext, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { tool } from '@opencomputer/plugin';
import type { PluginTool } from '@opencomputer/plugin';
import { findFiles } from './finding.ts';
import { grantPath } from './granted-path.ts';
import type { GrantedPath } from './granted-path.ts';
import { locateFile } from './located-file.ts';
import { sizeText } from './size.ts';
import { summarise } from './summary.ts';
import { readText } from './text-file.ts';

export const SHOWN_CHARACTERS_MAX = 20_000;
export const WRITTEN_CHARACTERS_MAX = 1_000_000;

/** Every tool of the plugin. */
export const tools: readonly PluginTool[] = [
  tool('files_find', findFiles),
  tool('files_read', read),
  tool('files_summarise', summary),
  tool('files_write', write),
];

function refused(text: string): ToolOutcome {
  return { status: 'refused', text };
}

interface ReadRequest {
  readonly path: string;
  readonly line?: number;
}

async function read(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const { path, line = 1 } = input as unknown as ReadRequest;
  const file = await locateFile(path, context);
  if ('refusal' in file) return refused(file.refusal);
  const found = await readText(file.path, { signal: context.signal });
  if ('refusal' in found) return refused(`I cannot read ${file.shown}. ${found.refusal}`);
  const lines = found.text.split('\n');
  const from = Math.max(1, line);
  if (from > lines.length) return refused(`${file.shown} has ${lines.length} lines.`);
  const { text, next } = linesFrom(lines, from);
  const notes = [
    ...(found.note === undefined ? [] : [found.note]),
    ...(found.cut ? [`I read the first part of ${sizeText(found.bytes)}.`] : []),
    ...(next === undefined ? [] : [`Cut here; line ${next} of ${lines.length} comes next.`]),
  ];
  const head = `**${file.shown}** (${sizeText(found.bytes)})`;
  const body = text === '' ? 'It is empty.' : fenced(text);
  return {
    status: 'done',
    text: [head, body, ...notes].join('\n'),
    data: { path: file.path, text, bytes: found.bytes, ...(next === undefined ? {} : { next }) },
  };
}

/** As many whole lines as are shown at once; a single longer one is cut. */
function linesFrom(
  lines: readonly string[],
  from: number,
): { readonly text: string; readonly next?: number } {
  let characters = 0;
  let end = from - 1;
  while (end < lines.length) {
    characters += (lines[end]?.length ?? 0) + 1;
    if (characters > SHOWN_CHARACTERS_MAX && end > from - 1) break;
    end += 1;
  }
  const text = lines
    .slice(from - 1, end)
    .join('\n')
    .slice(0, SHOWN_CHARACTERS_MAX)
    .trimEnd();
  return end < lines.length ? { text, next: end + 1 } : { text };
}

/** A code block whose marks are longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([marks]) => marks.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}\n${text}\n${marks}`;
}

async function summary(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const { path } = input as unknown as ReadRequest;
  const file = await locateFile(path, context);
  if ('refusal' in file) return refused(file.refusal);
  const found = await readText(file.path, { signal: context.signal });
  if ('refusal' in found) return refused(`I cannot read ${file.shown}. ${found.refusal}`);
  const chosen = summarise(found.text);
  if (chosen.length === 0) {
    return refused(`${file.shown} has no sentences that I could choose from.`);
  }
  const count = found.text.match(/\S+/g)?.length ?? 0;
  const head = `**${file.shown}** (${count} words), in its own sentences:`;
  const text = [
    head,
    ...chosen.map((each) => `- ${each.text}`),
    ...(found.note === undefined ? [] : [found.note]),
  ].join('\n');
  const sentences = chosen.map((each) => each.text);
  return { status: 'done', text, data: { path: file.path, sentences, words: count } };
}

/** Replaces a file whole: a crash leaves the old one or the new one. */
async function write(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const { path, content } = input as unknown as { readonly path: string; readonly content: string };
  if (content.length > WRITTEN_CHARACTERS_MAX) {
    return refused(`A file that I write has at most ${WRITTEN_CHARACTERS_MAX} characters.`);
  }
  const file = await grantPath(path, context.folders);
  if ('refusal' in file) return refused(file.refusal);
  const before = file.exists ? await stat(file.path) : undefined;
  if (before?.isDirectory() === true) return refused(`${file.shown} is a folder.`);
  if (before !== undefined && !before.isFile()) return refused(`${file.shown} is no plain file.`);
  context.signal.throwIfAborted();
  await replaceFile(file, content, { key: context.idempotencyKey, mode: before?.mode ?? 0o644 });
  const bytes = Buffer.byteLength(content);
  return {
    status: 'done',
    text: `Saved ${file.shown} (${sizeText(bytes)}).`,
    data: { path: file.path, bytes },
  };
}

async function replaceFile(
  file: GrantedPath,
  content: string,
  options: { readonly key: string; readonly mode: number },
): Promise<void> {
  const folder = dirname(file.path);
  await mkdir(folder, { recursive: true });
  const mark = createHash('sha256').update(options.key).digest('hex').slice(0, 12);
  const temporary = join(folder, `.${basename(file.path)}.${mark}.tmp`);
  await rm(temporary, { force: true });
  const handle = await open(temporary, 'wx', options.mode & 0o777);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file.path);
}
