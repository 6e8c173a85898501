// Owns the time from the death of a process to the moment at which another goes on with what it ran,
// as Temporal's own histories tell it. Refuses guesses: a turn that the dead did not run is not counted.

import type { Client } from '@temporalio/client';

/** A process that was killed. */
export interface Kill {
  readonly pid: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

interface Started {
  readonly at: number;
  /** The process, of Temporal's identity `pid@host`. */
  readonly pid: number;
}

/** Milliseconds of each take-over, ascending. */
export async function takeoverTimes(
  client: Client,
  { turns, kills }: { readonly turns: readonly string[]; readonly kills: readonly Kill[] },
): Promise<readonly number[]> {
  const times: number[] = [];
  for (const turn of turns) times.push(...ofOne(await startsOf(client, turn), kills));
  return times.toSorted((a, b) => a - b);
}

/** What was last started before a kill, by the killed; and what was started next, by another. */
function ofOne(starts: readonly Started[], kills: readonly Kill[]): readonly number[] {
  return kills.flatMap(({ pid, at }) => {
    const before = starts.findLast((start) => start.at <= at);
    const next = starts.find((start) => start.at > at && start.pid !== pid);
    return before?.pid === pid && next !== undefined ? [next.at - at] : [];
  });
}

/** Each start of a step or of a decision in the history of a turn, in order. */
async function startsOf(client: Client, turn: string): Promise<readonly Started[]> {
  const { events = [] } = await client.workflow.getHandle(turn).fetchHistory();
  return (events ?? []).flatMap(
    ({ eventTime, activityTaskStartedEventAttributes, workflowTaskStartedEventAttributes }) => {
      const started = activityTaskStartedEventAttributes ?? workflowTaskStartedEventAttributes;
      const pid = Number.parseInt(started?.identity ?? '', 10);
      if (Number.isNaN(pid)) return [];
      const { seconds = 0, nanos = 0 } = eventTime ?? {};
      return [{ pid, at: Number(seconds) * 1_000 + (nanos ?? 0) / 1_000_000 }];
    },
  );
}
