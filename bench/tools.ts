// Owns the bench of the tool search on questions with known answers: how often the right tool is among
// the first, beside plain BM25 in the same run. Refuses to choose or change what is searched.

import { setFlagsFromString } from 'node:v8';
import { parseArgs } from 'node:util';
import { runInNewContext } from 'node:vm';
import type { InstalledTool } from '@opencomputer/contracts/internal';
import { indexTools, searchTools } from '../packages/agent/src/core/resolver/index.ts';
import { readFunctionLists } from './measure/function-lists.ts';
import type { ListedFunction } from './measure/function-lists.ts';
import { plainSearch } from './measure/plain-search.ts';
import { judge } from './measure/rankings.ts';

const depth = 100;

/**
 * Measures on `--bfcl DIR`: percentages, `mrr` from 0 to 1, times as CPU time. `tools.plain.*` are those
 * of BM25 over name, description and parameters; `tools.ratio.recall@5` is ours by theirs.
 */
export async function run(options: readonly string[]): Promise<Record<string, number>> {
  const { values } = parseArgs({
    args: [...options],
    options: { bfcl: { type: 'string' } },
    strict: false,
  });
  if (typeof values['bfcl'] !== 'string') throw new TypeError('tools: --bfcl DIR is needed');
  const lists = await readFunctionLists(values['bfcl']);
  if (lists === undefined) {
    console.error('tools: data not present');
    return {};
  }
  const tools = lists.functions.map(installed);
  const positions = new Map(tools.map((tool, position) => [tool, position]));
  const { index, milliseconds, bytes } = built(tools);
  const start = process.cpuUsage();
  const found = lists.questions.map(({ text }) => searchTools(index, text, depth));
  const microseconds = microsecondsSince(start);
  const ranked = found.map((one) => one.map(({ tool }) => positions.get(tool) ?? -1));
  const plain = plainSearch(lists.functions.map(textOf));
  const score = (rankings: readonly (readonly number[])[]): Record<string, number> =>
    judge(lists.questions.map(({ right }, query) => ({ right, ranked: rankings[query] ?? [] })));
  const ours = score(ranked);
  const theirs = score(lists.questions.map(({ text }) => plain(text, depth)));
  return {
    'tools.functions': tools.length,
    'tools.queries': lists.questions.length,
    'tools.lines_skipped': lists.linesSkipped,
    ...named('tools.', ours),
    'tools.us_per_query': Math.round(microseconds / Math.max(1, lists.questions.length)),
    'tools.index_ms': milliseconds,
    'tools.index_bytes': bytes,
    ...named('tools.plain.', theirs),
    'tools.ratio.recall@5': (ours['recall@5'] ?? 0) / Math.max(1, theirs['recall@5'] ?? 0),
  };
}

function named(prefix: string, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, one]) => [prefix + name, one]));
}

function installed({ name, description, parameters }: ListedFunction): InstalledTool {
  return {
    plugin: '',
    tier: 'official',
    declaration: {
      name,
      description,
      input: parameters as InstalledTool['declaration']['input'],
      effect: 'read',
      reach: 'own',
      sinks: [],
      idempotent: false,
      timeoutMs: 1_000,
      always: false,
    },
  };
}

function textOf({ name, description, parameters }: ListedFunction): string {
  const properties = Object.entries((parameters['properties'] ?? {}) as Record<string, unknown>);
  const described = properties.map(([parameter, schema]) => {
    const said = (schema as { readonly description?: unknown } | null)?.description;
    return typeof said === 'string' ? `${parameter} ${said}` : parameter;
  });
  return [name, description, ...described].join(' ');
}

/** The index with its CPU time and what it keeps in memory. */
function built(tools: readonly InstalledTool[]): {
  readonly index: ReturnType<typeof indexTools>;
  readonly milliseconds: number;
  readonly bytes: number;
} {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = held();
  const start = process.cpuUsage();
  const index = indexTools(tools);
  const milliseconds = Math.round(microsecondsSince(start) / 1_000);
  return { index, milliseconds, bytes: Math.max(0, held() - before) };
}

/** CPU time, which another program on the same machine does not change. */
function microsecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}
