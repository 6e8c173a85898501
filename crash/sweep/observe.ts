// Owns the look at a run without faults: how often each thread makes each call, while the daemon
// starts and while it works. Refuses to count what child processes do.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startAgent, threadsOf } from '../agent/fixtures/agent-process.ts';
import type { Stage } from '../story/home.ts';
import { createStory, isSettled, play } from '../story/play.ts';
import { threadNames } from './plan.ts';
import type { Observed, ThreadName } from './plan.ts';
import { calls, countCalls } from './tracer.ts';

/** Runs the story once under strace. */
export async function observe(stage: Stage, number: number): Promise<readonly Observed[]> {
  const home = stage.home();
  // As every start of the sweep it follows a kill, so it finds what one leaves behind.
  await (await startAgent(home)).kill();
  const log = join(stage.folder, 'trace');
  const trace = ['-qq', '-o', log, '-e', `trace=${calls.join()}`, '-e', 'signal=none'];
  const agent = await startAgent({ ...home, under: ['strace', '-f', '--seccomp-bpf', ...trace] });
  const started = readFileSync(log, 'utf8').length;
  const names = new Map(threadsOf(agent.pid).map(({ id, name }) => [id, name]));
  const story = createStory(number);
  await play(story, agent, home);
  await agent.kill();
  home.remove();
  if (!isSettled(story)) throw new Error('the story did not end under strace');
  const text = readFileSync(log, 'utf8');
  return [
    ...observedIn(text.slice(0, started), 'start', names),
    ...observedIn(text.slice(started), 'story', names),
  ];
}

/** Most calls of one thread of each kind, in one phase of a trace. */
export function observedIn(
  trace: string,
  phase: Observed['phase'],
  names: ReadonlyMap<number, string>,
): Observed[] {
  const most = new Map<string, Observed>();
  for (const [id, counts] of countCalls(trace)) {
    const thread = names.get(id);
    if (!isThread(thread)) continue;
    for (const [call, count] of counts) {
      const key = `${thread}/${call}`;
      const known = most.get(key)?.count ?? 0;
      most.set(key, { phase, thread, call, count: Math.max(known, count) });
    }
  }
  return [...most.values()];
}

function isThread(name: string | undefined): name is ThreadName {
  return threadNames.some((thread) => thread === name);
}
