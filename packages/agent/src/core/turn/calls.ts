// Owns the calls of one step: their states and how they become messages. Refuses to decide what
// happens next, which is the turn's.

import { AgentError } from '@opencomputer/contracts';
import type {
  AssistantPart,
  CallState,
  Message,
  ToolCall,
  ToolOutcome,
} from '@opencomputer/contracts';

/** The same call asked for this often ends the turn. */
export const repeatsMax = 3;

/** Calls of one answer beyond this are refused, so that a model cannot flood the host. */
export const callsPerStepMax = 32;

/** The calls among the parts of an answer, in order. */
export function callsOf(parts: readonly AssistantPart[]): readonly ToolCall[] {
  return parts.flatMap((part) => (part.type === 'tool-call' ? [part.call] : []));
}

/** The text of an answer, without reasoning. */
export function textOf(parts: readonly AssistantPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** The key under which an answer's unreadable arguments are kept as text (see the LLM engine). */
const unreadableKey = '$invalid';

/** True for a call whose arguments were not valid JSON; it cannot be decided on, let alone run. */
export function isUnreadable(call: ToolCall): boolean {
  return unreadableKey in call.arguments;
}

/** A call before policy; one that cannot be read is answered at once, so that the model corrects it. */
export function plannedCall(call: ToolCall): CallState {
  if (!isUnreadable(call)) return { call, status: 'planned' };
  const problem = 'they are not valid JSON';
  const { message } = new AgentError('TOOL_ARGUMENTS', { tool: call.tool, problem });
  return { call, status: 'finished', outcome: { status: 'refused', text: message } };
}

/** A key that is equal for calls of the same tool with the same arguments. */
export function callKey(call: ToolCall): string {
  return `${call.tool} ${JSON.stringify(call.arguments)}`;
}

/** Counts with each call added once. */
export function countRepeats(
  repeats: Readonly<Record<string, number>>,
  calls: readonly ToolCall[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = { ...repeats };
  for (const call of calls) counts[callKey(call)] = (counts[callKey(call)] ?? 0) + 1;
  return counts;
}

/** The calls with one of them finished; a call that is already finished keeps its outcome. */
export function finishCall(
  calls: readonly CallState[],
  callId: string,
  outcome: ToolOutcome,
): readonly CallState[] {
  return calls.map((state) =>
    state.call.callId === callId && state.status !== 'finished'
      ? { call: state.call, status: 'finished', outcome }
      : state,
  );
}

/** Every open call finished: what had started may have had its effect, what had not did not. */
export function settle(calls: readonly CallState[], reason: string): readonly CallState[] {
  return calls.map((state) => {
    if (state.status === 'finished') return state;
    const started = state.status === 'running';
    const text = started ? `${reason} It may have taken effect.` : reason;
    const outcome: ToolOutcome = { status: started ? 'unknown' : 'refused', text };
    return { call: state.call, status: 'finished', outcome };
  });
}

/** Results as messages, in the order in which the calls were asked for. */
export function resultMessages(calls: readonly CallState[]): readonly Message[] {
  return calls.flatMap(({ call, outcome }) =>
    outcome === undefined
      ? []
      : [{ role: 'tool' as const, callId: call.callId, tool: call.tool, outcome }],
  );
}
