// Owns the steps as Temporal runs them: a sign of life while one works, and failures by their code.
// Refuses to do a step itself: what each means is the driver's.

import { toErrorData } from '@opencomputer/contracts';
import type { ClusterSteps } from '@opencomputer/contracts/internal';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Steps } from './workflows/steps.ts';

/** Milliseconds between signs of life; a worker counts as lost after several without. */
export const signOfLifeMs = 1_000;

/** The activities of a worker. `report` is told of faults that are not in the error table's words. */
export function createActivities(
  steps: ClusterSteps,
  report: (error: unknown, about: string) => void,
): Steps {
  const alive = createAlive(report);
  return {
    begin: (turn) => alive('begin', () => steps.begin(turn)),
    record: (step) => alive('record', () => steps.record(step)),
    decide: (step) => alive('decide', () => steps.decide(step)),
    callModel: (step) =>
      alive('callModel', async (signal) => {
        const answer = await steps.callModel(step, signal);
        // What was cut short is no answer: where the turn still wants one, another worker asks again.
        signal.throwIfAborted();
        return answer;
      }),
    callTool: (step) => alive('callTool', (signal) => steps.callTool(step, signal)),
    finish: (step) => alive('finish', () => steps.finish(step)),
    next: (conversation) => alive('next', () => steps.next(conversation)),
    park: (turn) => alive('park', () => steps.park(turn)),
    fireTimers: () => alive('fireTimers', () => steps.fireTimers()),
  };
}

type Alive = <Result>(
  name: string,
  work: (signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;

function createAlive(report: (error: unknown, about: string) => void): Alive {
  return async (name, work) => {
    const context = Context.current();
    const { cancellationSignal: signal } = context;
    const beat = setInterval(() => context.heartbeat(), signOfLifeMs);
    try {
      return await work(signal);
    } catch (error) {
      const { code: type, message } = toErrorData(error);
      if (signal.aborted) throw ApplicationFailure.create({ type: 'SERVICE_STOPPING', message });
      if (type === 'INTERNAL') report(error, name);
      throw ApplicationFailure.create({ type, message });
    } finally {
      clearInterval(beat);
    }
  };
}
