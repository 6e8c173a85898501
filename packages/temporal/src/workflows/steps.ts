// Owns how steps are asked for from inside a workflow: with which limits, and when one is tried again.
// Refuses to repeat a step that may have had an effect which must not happen twice.

import type { ClusterSteps } from '@opencomputer/contracts/internal';
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';

/** The steps as a workflow calls them: without the signal, which the worker adds. */
export interface Steps {
  begin: ClusterSteps['begin'];
  record: ClusterSteps['record'];
  decide: ClusterSteps['decide'];
  callModel(step: Parameters<ClusterSteps['callModel']>[0]): ReturnType<ClusterSteps['callModel']>;
  callTool(step: Parameters<ClusterSteps['callTool']>[0]): ReturnType<ClusterSteps['callTool']>;
  finish: ClusterSteps['finish'];
  next: ClusterSteps['next'];
  park: ClusterSteps['park'];
  fireTimers: ClusterSteps['fireTimers'];
}

/** Milliseconds without a sign of life after which a worker counts as lost. */
const silenceMsMax = 5_000;
/** A worker may hang for a moment, and a call that may not be repeated is lost by being hasty. */
const toolSilenceMsMax = 8_000;
const stepMsMax = 60_000;
/** The engine that calls models has limits of its own, which are lower. */
const modelMsMax = 30 * 60_000;
/** What a tool's own limit is exceeded by at most. */
const toolMarginMs = 30_000;
const retryMsMin = 250;
const retryMsMax = 10_000;

/** A step whose worker was lost this often is given up: it may be what ends the workers. */
export const lossesMax = 3;

/** Errors that come again however often it is tried. */
const lasting: readonly string[] = ['INTERNAL', 'PERSON_ERASED', 'POLICY_BYPASSED', 'SEAL_BROKEN'];

function proxy(silenceMs: number, limitMs: number): Steps {
  return proxyActivities<Steps>({
    startToCloseTimeout: limitMs,
    heartbeatTimeout: silenceMs,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    // Whether to try again is decided here, by what kind of failure it was.
    retry: { maximumAttempts: 1 },
  });
}

/** Steps that write or read, each short. */
export const quick: Steps = proxy(silenceMsMax, stepMsMax);
export const calling: Steps = proxy(silenceMsMax, modelMsMax);

/** The step that calls a tool with this time limit of its own. */
export function running(timeoutMs: number): Steps {
  return proxy(toolSilenceMsMax, timeoutMs + toolMarginMs);
}

/**
 * The result of a step that is tried until it succeeds. Rejects with the last failure after
 * `losses` lost workers, with an error that would come again, and when the turn has ended.
 */
export async function insist<Result>(
  step: () => Promise<Result>,
  losses: number = lossesMax,
): Promise<Result> {
  let lost = 0;
  for (let delayMs = retryMsMin; ; delayMs = Math.min(delayMs * 2, retryMsMax)) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const { cause } = error;
      if (cause instanceof TimeoutFailure) lost += 1;
      else if (!isPassing(cause)) throw error;
      if (lost >= losses) throw error;
      await sleep(delayMs);
    }
  }
}

function isPassing(cause: Error | undefined): boolean {
  return cause instanceof ApplicationFailure && !lasting.includes(cause.type ?? '');
}
