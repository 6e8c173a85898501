// Owns the bench of starting: the daemon to ready, to its first reply, the version, one question.
// Refuses the very first start, which makes the data directory.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { callTurns } from './measure/callers.ts';
import { runProgram } from './measure/child-process.ts';
import type { ProgramCall } from './measure/child-process.ts';
import { cpuSeconds, endedChildrenCpuSeconds } from './measure/process-tree.ts';
import { median } from './measure/statistics.ts';
import { makeSurroundings, modelText, root } from './measure/surroundings.ts';
import type { Surroundings } from './measure/surroundings.ts';

/** Option `--runs N`: how often each start is measured; 5 when absent. */
export async function run(options: readonly string[]): Promise<Record<string, number>> {
  const { values } = parseArgs({
    args: [...options],
    options: { runs: { type: 'string' } },
    strict: false,
  });
  const runs = Number(values.runs ?? 5);
  if (!existsSync(join(root, 'packages', 'cli', 'dist', 'main.js'))) {
    console.error('startup: the program is not built; its sources are measured');
  }
  const surroundings = await makeSurroundings('startup', options);
  if (surroundings === undefined) return {};
  try {
    await (await surroundings.serve()).end();
    return {
      ...(await starts(surroundings, runs)),
      'startup.version_cpu_s': await each(runs, surroundings.call('--version')),
      'startup.oneshot_cpu_s': await oneShot(surroundings, runs),
    };
  } finally {
    await surroundings.end();
  }
}

async function starts(surroundings: Surroundings, runs: number): Promise<Record<string, number>> {
  const ready = { cpu: [] as number[], wall: [] as number[], reply: [] as number[] };
  for (let count = 0; count < runs; count += 1) {
    const start = performance.now();
    const served = await surroundings.serve();
    ready.wall.push((performance.now() - start) / 1000);
    ready.cpu.push(cpuSeconds(served.pid));
    const { endpoint } = served;
    await callTurns({ endpoint, turns: 1, text: modelText, user: `startup-${count}` });
    ready.reply.push(cpuSeconds(served.pid));
    await served.end();
  }
  return {
    'startup.ready_cpu_s': median(ready.cpu),
    'startup.ready_wall_s': median(ready.wall),
    'startup.first_reply_cpu_s': median(ready.reply),
  };
}

/** One question without a daemon; "hi" when the model is asked for it, else a longer one. */
async function oneShot(surroundings: Surroundings, runs: number): Promise<number> {
  const before = await surroundings.modelRequests();
  await runProgram(surroundings.call('run', 'hi'));
  const isAsked = (await surroundings.modelRequests()) > before;
  if (!isAsked) console.error(`startup: "hi" is answered without the model; asking a question`);
  return each(runs, surroundings.call('run', isAsked ? 'hi' : modelText));
}

/** CPU seconds of one run; the kernel counts in steps of 10 ms, so several are measured at once. */
async function each(runs: number, call: ProgramCall): Promise<number> {
  const before = endedChildrenCpuSeconds();
  for (let count = 0; count < runs; count += 1) await runProgram(call);
  return (endedChildrenCpuSeconds() - before) / runs;
}
