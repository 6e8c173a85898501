// Owns the bench of the fast path on what people say: share understood, wrong actions, wrong writes, and
// the share of each intent. Refuses bars of its own; the test of the same sets has them.

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  installPlugins,
  paraphraseSets,
  scoreParaphrases,
} from '../packages/agent/src/core/fixtures/paraphrases/scoring.ts';
import { loadManifest } from '../packages/agent/src/plugins/index.ts';

const plugins = join(import.meta.dirname, '../plugins');

const sets = join(import.meta.dirname, '../packages/agent/src/core/fixtures/paraphrases');

/** Scores all sets together. Percentages; writes as counts. `oos` counts what is left alone as right. */
export async function run(): Promise<Record<string, number>> {
  const folders = (await readdir(plugins)).map((name) => join(plugins, name));
  const loaded = await Promise.all(folders.map((folder) => loadManifest(folder)));
  const manifests = loaded.flatMap((one) => (one === undefined ? [] : [one.manifest]));
  const installed = installPlugins(manifests, (name) => readFile(join(sets, name), 'utf8'));
  const sums = new Map<string, { count: number; right: number }>();
  const total = { count: 0, right: 0, wrongActions: 0, wrongWrites: 0 };
  for (const set of paraphraseSets) {
    for (const [intent, score] of await scoreParaphrases(set, installed)) {
      const sum = sums.get(intent) ?? { count: 0, right: 0 };
      sums.set(intent, { count: sum.count + score.count, right: sum.right + score.right });
      total.wrongWrites += score.wrongWrites.length;
      if (intent === 'oos') continue;
      total.count += score.count;
      total.right += score.right;
      total.wrongActions += score.wrongActions;
    }
  }
  const percentage = (part: number, of: number): number => Math.round((part / of) * 1_000) / 10;
  return {
    'paraphrases.right': percentage(total.right, total.count),
    'paraphrases.wrong_actions': percentage(total.wrongActions, total.count),
    'paraphrases.wrong_writes': total.wrongWrites,
    ...Object.fromEntries(
      [...sums].map(([intent, { count, right }]) => [
        `paraphrases.right.${intent}`,
        percentage(right, count),
      ]),
    ),
  };
}
