// Owns the search for files by name and by what is in them, within bounds. Refuses to read large files
// for a search.

import { stat } from 'node:fs/promises';
import type { CallContext, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { walkFolder } from './folder-walk.ts';
import type { FoundFile } from './folder-walk.ts';
import { grantPath, realFolders } from './granted-path.ts';
import { readQuery, scorePath, scoreText } from './search.ts';
import type { FileQuery } from './search.ts';
import { sizeText } from './size.ts';
import { readText } from './text-file.ts';

const SHOWN_MAX = 20;
const CANDIDATES_MAX = 2_000;
const CONTENT_FILES_MAX = 1_500;
const CONTENT_BYTES_MAX = 300_000;
/** Share of the words that a text must have; those with the most are shown. */
const CONTENT_SHARE_MIN = 0.5;
const LINE_CHARACTERS_MAX = 160;
const TEXT_NAME =
  /\.(?:txt|md|mdx|rst|org|tex|csv|tsv|json|ya?ml|toml|ini|conf|cfg|xml|html?|css|[cm]?[jt]sx?|py|rb|go|rs|java|kt|c|h|cpp|cs|php|sh|sql|log|ics|eml|srt)$|^[A-Z]+$/;

interface Hit {
  readonly file: FoundFile;
  readonly score: number;
  readonly line?: string;
}

/** Finds files in the granted folders, or in one folder of them. */
export async function findFiles(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const asked = input as unknown as { readonly query: string; readonly folder?: string };
  const query = readQuery(asked.query);
  if (query.words.length === 0 && query.pattern === undefined) {
    return { status: 'refused', text: 'Which file are you looking for?' };
  }
  const roots = await rootsOf(asked.folder, context);
  if ('refusal' in roots) return { status: 'refused', text: roots.refusal };
  const report = { cut: false };
  const { named, texts } = await byName(roots.roots, query, { context, report });
  const hits = named.length > 0 ? named : await byContent(texts, query, context);
  const best = hits.toSorted((one, other) => other.score - one.score).slice(0, SHOWN_MAX);
  const files = await Promise.all(best.map((hit) => describe(hit)));
  const limit = report.cut ? '\nI did not look into everything: there are too many files.' : '';
  if (files.length === 0) {
    return {
      status: 'done',
      text: `I found no file for "${asked.query}".${limit}`,
      data: { files },
    };
  }
  const more = hits.length > best.length ? `\nand ${hits.length - best.length} more.` : '';
  const lines = files.map(({ shown, size, line }) => {
    const where = line === undefined ? '' : `: ${line}`;
    return `- ${shown} (${size})${where}`;
  });
  return { status: 'done', text: lines.join('\n') + more + limit, data: { files } };
}

async function rootsOf(
  folder: string | undefined,
  context: CallContext,
): Promise<{ readonly roots: readonly string[] } | { readonly refusal: string }> {
  if (folder === undefined) {
    const roots = await realFolders(context.folders);
    const refusal = 'No folder is granted. Start the agent in the folder to work in.';
    return roots.length === 0 ? { refusal } : { roots };
  }
  const granted = await grantPath(folder, context.folders);
  if ('refusal' in granted) return granted;
  return granted.exists
    ? { roots: [granted.path] }
    : { refusal: `There is no folder "${folder}".` };
}

async function byName(
  roots: readonly string[],
  query: FileQuery,
  options: { readonly context: CallContext; readonly report: { cut: boolean } },
): Promise<{ readonly named: readonly Hit[]; readonly texts: readonly FoundFile[] }> {
  const named: Hit[] = [];
  const texts: FoundFile[] = [];
  const { context, report } = options;
  for (const root of roots) {
    for await (const file of walkFolder(root, { signal: context.signal, report })) {
      const score = scorePath(query, file.shown, file.name);
      if (score > 0 && named.length < CANDIDATES_MAX) named.push({ file, score });
      const text = TEXT_NAME.test(file.name);
      if (named.length === 0 && text && texts.length < CONTENT_FILES_MAX) texts.push(file);
    }
  }
  const whole = named.filter((hit) => hit.score >= 1 / 3);
  return { named: whole.length > 0 ? whole : named, texts };
}

async function byContent(
  files: readonly FoundFile[],
  query: FileQuery,
  context: CallContext,
): Promise<readonly Hit[]> {
  const hits: Hit[] = [];
  for (const file of files) {
    if (context.signal.aborted) break;
    const found = await readText(file.path, { bytesMax: CONTENT_BYTES_MAX });
    if ('refusal' in found) continue;
    const { share, line, number } = scoreText(query, found.text);
    if (share < CONTENT_SHARE_MIN) continue;
    const shown =
      line.length > LINE_CHARACTERS_MAX ? `${line.slice(0, LINE_CHARACTERS_MAX)}…` : line;
    hits.push({ file, score: share, line: `line ${number}, ${shown}` });
  }
  const most = Math.max(0, ...hits.map((hit) => hit.score));
  return hits.filter((hit) => hit.score === most);
}

async function describe(
  hit: Hit,
): Promise<{ path: string; shown: string; size: string; line?: string }> {
  const { path, shown } = hit.file;
  const size = await stat(path).then(
    (found) => sizeText(found.size),
    () => 'gone',
  );
  return { path, shown, size, ...(hit.line === undefined ? {} : { line: hit.line }) };
}
