// Owns the end of a call that is not its answer: time is up, or the caller cancelled. Refuses to say
// that nothing happened when something may have.

import { AgentError } from '@opencomputer/contracts';
import type { Clock, ErrorCode, ErrorDetails } from '@opencomputer/contracts';
import type { ToolDeclaration, ToolOutcome } from '@opencomputer/contracts';
import { failure, interrupted } from './outcome.ts';

/** The bound of one call. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Rejects when the signal is aborted; never resolves. */
  readonly rejection: Promise<never>;
  /** What the call ended with; `wasSent` when the plugin may have started on it. */
  outcome(declaration: ToolDeclaration, wasSent: boolean): ToolOutcome;
  /** Must be called when the call is over. */
  dispose(): void;
}

/** Bounds a call by its time limit and by the caller's signal. */
export function startDeadline(clock: Clock, limitMs: number, caller: AbortSignal): Deadline {
  const controller = new AbortController();
  let isTimeUp = false;
  const { promise: rejection, reject } = Promise.withResolvers<never>();
  // Whoever does not wait for it must not see it as unhandled.
  rejection.catch(() => undefined);
  const end = (): void => {
    controller.abort();
    reject(new AgentError('TURN_CANCELLED', { reason: 'the call ended' }));
  };
  const cancelTimer = clock.after(limitMs, () => {
    isTimeUp = true;
    end();
  });
  caller.addEventListener('abort', end, { once: true });
  if (caller.aborted) end();
  return {
    signal: controller.signal,
    rejection,
    outcome: (declaration, wasSent) => {
      const [code, details] = why(declaration.name, limitMs, isTimeUp);
      return wasSent ? interrupted(declaration, code, details) : failure(code, details);
    },
    dispose: () => {
      cancelTimer();
      caller.removeEventListener('abort', end);
    },
  };
}

function why(tool: string, limitMs: number, isTimeUp: boolean): [ErrorCode, ErrorDetails] {
  if (isTimeUp) return ['TOOL_TIMEOUT', { tool, seconds: limitMs / 1000 }];
  return ['TURN_CANCELLED', { reason: `while ${tool} was running` }];
}
