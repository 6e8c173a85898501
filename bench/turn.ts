// Owns the bench of a turn: CPU and added latency in one long conversation and in new ones. Refuses
// turns for which the model was not called exactly once.

import { parseArgs } from 'node:util';
import { callChecked } from './measure/checked-calls.ts';
import { cpuSeconds } from './measure/process-tree.ts';
import { percentile } from './measure/statistics.ts';
import { makeSurroundings, modelText } from './measure/surroundings.ts';
import type { Served, Surroundings } from './measure/surroundings.ts';

const firstTurns = 20;

/** Options: `--turns N` (measured turns, and as many warm-up turns before; 1,000). */
export async function run(options: readonly string[]): Promise<Record<string, number>> {
  const { values } = parseArgs({
    args: [...options],
    options: { turns: { type: 'string' } },
    strict: false,
  });
  const turns = Number(values.turns ?? 1000);
  const surroundings = await makeSurroundings('turn', options);
  if (surroundings === undefined) return {};
  try {
    return await measure(surroundings, await surroundings.serve(), turns);
  } finally {
    await surroundings.end();
  }
}

async function measure(
  surroundings: Surroundings,
  served: Served,
  turns: number,
): Promise<Record<string, number>> {
  const { endpoint } = served;
  const plan = { endpoint, turns, text: modelText, user: 'bench' };
  const first = await callChecked(surroundings, { ...plan, turns: firstTurns });
  await callChecked(surroundings, { ...plan, turns: Math.max(0, turns - firstTurns) });
  const before = cpuSeconds(served.pid);
  const long = await callChecked(surroundings, { ...plan, direct: surroundings.model });
  const between = cpuSeconds(served.pid);
  const added = (share: number): number =>
    percentile(long.endpoint, share) - percentile(long.direct, share);
  await callChecked(surroundings, { ...plan, fresh: true, user: 'fresh' });
  const after = cpuSeconds(served.pid);
  return {
    'turn.cpu_ms': ((between - before) * 1000) / turns,
    'turn.added_p50_ms': added(0.5),
    'turn.added_p95_ms': added(0.95),
    'turn.fresh_cpu_ms': ((after - between) * 1000) / turns,
    'turn.first20_p50_ms': percentile(first.endpoint, 0.5),
  };
}
