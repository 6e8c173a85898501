// Owns the bench of many conversations at once: turns a second, how long each takes, CPU, and how
// many requests reach the model at the same time. Refuses turns that did not call the model once.

import { parseArgs } from 'node:util';
import { callChecked } from './measure/checked-calls.ts';
import { cpuSeconds } from './measure/process-tree.ts';
import { percentile } from './measure/statistics.ts';
import { makeSurroundings, modelText } from './measure/surroundings.ts';

/** Conversations side by side. */
const sizesUsual = '1,8,32,128';
/** The size whose CPU is told. */
const sizeForCpu = 32;
const warmingTurns = 1000;
const slowModelMs = 200;
/** Turns of each conversation with the slow model. */
const slowTurns = 3;

/**
 * Options: `--turns N`, measured at each number of conversations, all of them together (2,048);
 * `--conversations N,N…` (1,8,32,128).
 */
export async function run(options: readonly string[]): Promise<Record<string, number>> {
  const { values } = parseArgs({
    args: [...options],
    options: { turns: { type: 'string' }, conversations: { type: 'string' } },
    strict: false,
  });
  const sizes = String(values.conversations ?? sizesUsual)
    .split(',')
    .map(Number);
  const turns = Number(values.turns ?? 2048);
  return { ...(await speed(options, sizes, turns)), ...(await inFlight(options, sizes)) };
}

async function speed(
  options: readonly string[],
  sizes: readonly number[],
  turns: number,
): Promise<Record<string, number>> {
  const surroundings = await makeSurroundings('durable', options);
  if (surroundings === undefined) return {};
  const metrics: Record<string, number> = {};
  try {
    const { endpoint, pid } = await surroundings.serve();
    const plan = { endpoint, text: modelText };
    const warming = { ...plan, ...share(Math.min(turns, warmingTurns), sizeForCpu) };
    await callChecked(surroundings, { ...warming, user: 'warm' });
    for (const size of sizes) {
      const before = cpuSeconds(pid);
      const shared = share(turns, size);
      const times = await callChecked(surroundings, { ...plan, ...shared, user: `of-${size}` });
      const count = times.endpoint.length;
      metrics[`durable.turns_per_s_${size}`] = (count * 1000) / times.wallMs;
      metrics[`durable.p50_ms_${size}`] = percentile(times.endpoint, 0.5);
      metrics[`durable.p99_ms_${size}`] = percentile(times.endpoint, 0.99);
      const cpuMs = ((cpuSeconds(pid) - before) * 1000) / count;
      if (size === sizeForCpu) metrics[`durable.cpu_ms_${size}`] = cpuMs;
    }
    return metrics;
  } finally {
    await surroundings.end();
  }
}

/** Turns that all callers share. */
function share(turns: number, callers: number): { turns: number; callers: number } {
  return { turns: Math.ceil(turns / callers), callers };
}

/** Requests that a slow model has to answer at the same time. */
async function inFlight(
  options: readonly string[],
  sizes: readonly number[],
): Promise<Record<string, number>> {
  const surroundings = await makeSurroundings('durable', options, slowModelMs);
  if (surroundings === undefined) return {};
  const metrics: Record<string, number> = {};
  try {
    const { endpoint } = await surroundings.serve();
    for (const callers of sizes) {
      await surroundings.forgetRequests();
      const plan = { endpoint, text: modelText, user: `slow-${callers}`, callers };
      await callChecked(surroundings, { ...plan, turns: slowTurns });
      metrics[`durable.max_in_flight_${callers}`] = await surroundings.modelRequestsAtOnce();
    }
    return metrics;
  } finally {
    await surroundings.end();
  }
}
