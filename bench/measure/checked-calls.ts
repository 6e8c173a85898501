// Owns driving the program with the model server watched. Refuses turns for which the model was not
// called exactly once.

import { callTurns } from './callers.ts';
import type { CallPlan, CallTimes } from './callers.ts';
import type { Surroundings } from './surroundings.ts';

/** A turn that skipped the model would look cheap; one that called it twice, dear. */
export async function callChecked(
  surroundings: Pick<Surroundings, 'modelRequests'>,
  plan: CallPlan,
): Promise<CallTimes> {
  const before = await surroundings.modelRequests();
  const times = await callTurns(plan);
  const called = (await surroundings.modelRequests()) - before;
  const turns = plan.turns * (plan.callers ?? 1);
  const expected = turns * (plan.direct === undefined ? 1 : 2);
  if (called !== expected) {
    throw new Error(`${called} model calls where ${expected} were expected`);
  }
  return times;
}
