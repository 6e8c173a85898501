// Owns finding out whether policy refused a call of a turn because nobody could be asked. Refuses to
// guess from words: it reads the decisions that were recorded.

import type { Json } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';

/** The rule of policy that stands for a question nobody was there to answer. */
const UNATTENDED = 'unattended';

/** Whether a call of this turn would have been asked about in a terminal, and was refused. */
export async function wasRefusedUnattended(service: AgentService, turn: string): Promise<boolean> {
  const steps = await service.query('why', { turn });
  return steps
    .filter(({ name }) => name === 'policy-decide')
    .some(({ data }) => decisionsOf(data).some((decision) => ruleOf(decision) === UNATTENDED));
}

function decisionsOf(data: Json): readonly Json[] {
  const decisions = member(data, 'decisions');
  return Array.isArray(decisions) ? (decisions as readonly Json[]) : [];
}

function ruleOf(decision: Json): Json | undefined {
  return member(decision, 'decision') === 'deny' ? member(decision, 'rule') : undefined;
}

function member(value: Json, name: string): Json | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as { readonly [name: string]: Json })[name] : undefined;
}
