// Owns the arithmetic of usage and budgets. Refuses to read a clock: every instant is an input.

import { AgentError } from '@opencomputer/contracts';
import type { TurnProgress, Usage } from '@opencomputer/contracts';

/** Nothing used yet. */
export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 };

/** The sum of two usages. */
export function addUsage(left: Usage, right: Usage): Usage {
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    cachedTokens: left.cachedTokens + right.cachedTokens,
    cost: left.cost + right.cost,
  };
}

/** Seconds that count against the budget at `at`: wall time without time spent asking. */
export function secondsSpent(progress: TurnProgress, at: number): number {
  const waiting = progress.waitingSince === undefined ? 0 : at - progress.waitingSince;
  return Math.max(0, at - progress.startedAt - progress.waitedMs - waiting) / 1000;
}

/** The bound that forbids another call of the model, or nothing. */
export function exhausted(progress: TurnProgress, at: number): AgentError | undefined {
  const { budget, usage, steps } = progress;
  if (steps >= budget.steps) return new AgentError('BUDGET_STEPS', { limit: budget.steps });
  if (usage.inputTokens + usage.outputTokens >= budget.tokens) {
    return new AgentError('BUDGET_TOKENS', { limit: budget.tokens });
  }
  if (usage.cost >= budget.money) return new AgentError('BUDGET_MONEY', { limit: budget.money });
  if (secondsSpent(progress, at) >= budget.seconds) {
    return new AgentError('BUDGET_SECONDS', { limit: budget.seconds });
  }
  return undefined;
}
