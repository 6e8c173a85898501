// Owns the control flow of a turn: (state, input) → (state, commands), from the first message to
// exactly one final command. Refuses I/O, clocks and randomness: a crash is a replay of the inputs.

import { AgentError } from '@opencomputer/contracts';
import type {
  Command,
  ErrorData,
  Expectation,
  InboundMessage,
  Message,
  ToolCall,
  TurnInput,
  TurnProgress,
  TurnState,
} from '@opencomputer/contracts';
import {
  callKey,
  callsOf,
  callsPerStepMax,
  countRepeats,
  finishCall,
  isUnreadable,
  plannedCall,
  repeatsMax,
  resultMessages,
  settle,
  textOf,
} from './calls.ts';
import { decisionAbout, unknownWords } from './unknown.ts';
import { addUsage, exhausted, noUsage } from './usage.ts';

/** What one input leads to. */
export interface Step {
  readonly state: TurnState;
  readonly commands: readonly Command[];
}

type Input<Type extends TurnInput['type']> = Extract<TurnInput, { type: Type }>;

/** How long a person has to answer a question; then it counts as no. */
export const approvalMsMax: number = 5 * 60_000;

/**
 * The next state of a turn and what is to be done. `state` is undefined only with `turn-start`,
 * and an input that does not fit the state (late, repeated, after the end) changes nothing.
 */
export function advance(state: TurnState | undefined, input: TurnInput): Step {
  if (input.type === 'turn-start') return state ? unchanged(state) : start(input);
  if (state === undefined) throw new AgentError('INTERNAL', { problem: 'a turn without start' });
  if (isFinal(state)) return unchanged(state);
  switch (input.type) {
    case 'model-finish':
      return modelFinish(state, input);
    case 'model-fail':
      return state.calls.length > 0 ? unchanged(state) : fail(state, input.error);
    case 'policy-decide':
      return policyDecide(state, input);
    case 'approval-give':
      return approvalGive(state, input);
    case 'tool-finish':
      return toolFinish(state, input);
    case 'turn-steer':
      return unchanged(withProgress(state, { steered: [...state.progress.steered, input.text] }));
    case 'turn-resume':
      return unchanged(afterPause(state, input.pausedMs));
    case 'turn-cancel':
      return cancel(state, input.reason);
    case 'timer-fire':
      return timerFire(state, input);
  }
}

/** The state after a record of inputs; undefined for an empty record. */
export function replay(inputs: readonly TurnInput[]): TurnState | undefined {
  let state: TurnState | undefined;
  for (const input of inputs) ({ state } = advance(state, input));
  return state;
}

/** True when the turn has ended. */
export function isFinal(state: TurnState): boolean {
  return state.status === 'done' || state.status === 'failed' || state.status === 'cancelled';
}

/** What is still to be done in a state rebuilt from its record, as after a crash. */
export function pendingCommands(state: TurnState, at: number): readonly Command[] {
  if (isFinal(state)) return [];
  if (state.calls.length === 0) return [modelCall(state)];
  const planned = state.calls.filter((call) => call.status === 'planned').map(({ call }) => call);
  const commands: Command[] = planned.length > 0 ? [{ type: 'policy-ask', calls: planned }] : [];
  for (const { call, status } of state.calls) {
    if (status === 'running') commands.push(toolCall(state, call));
    if (status === 'asked') commands.push(approvalAsk(call, 'It was asked before.', at));
  }
  return commands;
}

function start(input: Input<'turn-start'>): Step {
  const { message, plan, budget, at } = input;
  const progress: TurnProgress = {
    budget,
    usage: noUsage,
    steps: 0,
    startedAt: at,
    waitedMs: 0,
    repeats: {},
    steered: [],
    timeZone: message.timeZone,
  };
  const state: TurnState = {
    status: 'running',
    turn: message.id,
    messages: [userMessage(message)],
    calls: [],
    progress,
  };
  switch (plan.type) {
    case 'model':
      return callModel(state, at);
    case 'tool':
      return planCalls(
        {
          ...withProgress(state, { intent: plan.intent }),
          messages: [
            ...state.messages,
            { role: 'assistant', parts: [{ type: 'tool-call', call: plan.call }] },
          ],
        },
        [plan.call],
        at,
      );
    case 'question':
      return finish(state, { text: plan.text, expectation: plan.expectation });
    case 'answer':
      return finish(state, { text: plan.text });
    case 'fail':
      return fail(state, plan.error);
  }
}

function userMessage({ text, attached }: InboundMessage): Message {
  return attached === undefined ? { role: 'user', text } : { role: 'user', text, attached };
}

function modelFinish(state: TurnState, input: Input<'model-finish'>): Step {
  if (state.calls.length > 0) return unchanged(state);
  const { parts } = input;
  const answered: TurnState = {
    ...withProgress(state, { usage: addUsage(state.progress.usage, input.usage) }),
    messages: parts.length > 0 ? [...state.messages, { role: 'assistant', parts }] : state.messages,
  };
  const calls = callsOf(parts);
  if (calls.length > 0) return planCalls(answered, calls, input.at);
  if (state.progress.steered.length > 0) return callModel(answered, input.at);
  const text = textOf(parts);
  if (text.trim() === '') {
    const code = input.finish === 'refusal' ? 'MODEL_REFUSED' : 'MODEL_ANSWER';
    const problem = 'it is empty';
    return fail(answered, new AgentError(code, { model: input.model, problem }).toData());
  }
  const note = input.finish === 'length' ? '\n\n(The answer was cut at its length limit.)' : '';
  return finish(answered, { text: text + note });
}

function planCalls(state: TurnState, calls: readonly ToolCall[], at: number): Step {
  const repeats = countRepeats(state.progress.repeats, calls);
  const planned: TurnState = {
    ...withProgress(state, { repeats }),
    calls: calls.map(plannedCall),
  };
  const looping = calls.find((call) => (repeats[callKey(call)] ?? 0) > repeatsMax);
  if (looping !== undefined) {
    const details = { tool: looping.tool, count: repeatsMax };
    return fail(planned, new AgentError('BUDGET_LOOP', details).toData());
  }
  if (calls.length > callsPerStepMax) {
    const problem = `${calls.length} calls in one step, at most ${callsPerStepMax}`;
    return fail(planned, new AgentError('MODEL_ANSWER', { model: 'The model', problem }).toData());
  }
  const readable = calls.filter((call) => !isUnreadable(call));
  if (readable.length === 0) return proceed(planned, at);
  return { state: planned, commands: [{ type: 'policy-ask', calls: readable }] };
}

function policyDecide(state: TurnState, input: Input<'policy-decide'>): Step {
  const decided = new Map(input.decisions.map((decision) => [decision.callId, decision]));
  const commands: Command[] = [];
  const calls = state.calls.map((entry): TurnState['calls'][number] => {
    const decision = decided.get(entry.call.callId);
    if (entry.status !== 'planned' || decision === undefined) return entry;
    switch (decision.decision) {
      case 'allow':
        commands.push(toolCall(state, entry.call));
        return { call: entry.call, status: 'running', startedAt: input.at };
      case 'ask':
        commands.push(approvalAsk(entry.call, decision.reason, input.at));
        return { call: entry.call, status: 'asked' };
      case 'deny': {
        const text = `Not allowed (${decision.rule}): ${decision.reason}`;
        return { call: entry.call, status: 'finished', outcome: { status: 'refused', text } };
      }
    }
  });
  return proceed({ ...state, calls }, input.at, commands);
}

function approvalGive(state: TurnState, input: Input<'approval-give'>): Step {
  const asked = state.calls.find(
    ({ call, status }) => call.callId === input.callId && status === 'asked',
  );
  if (asked === undefined) return unchanged(state);
  if (!input.approved) {
    const text = `The person said no${input.reason ? `: ${input.reason}` : '.'}`;
    const calls = finishCall(state.calls, input.callId, { status: 'refused', text });
    return proceed({ ...state, calls }, input.at);
  }
  const calls = state.calls.map((entry) =>
    entry === asked ? { call: entry.call, status: 'running' as const, startedAt: input.at } : entry,
  );
  return proceed({ ...state, calls }, input.at, [toolCall(state, asked.call)]);
}

function toolFinish(state: TurnState, input: Input<'tool-finish'>): Step {
  const { callId, outcome, at } = input;
  const before = state.calls.find(({ call }) => call.callId === callId);
  const calls = finishCall(state.calls, callId, outcome);
  const isNews = before !== undefined && before.status !== 'finished';
  if (!isNews || outcome.status !== 'unknown') return proceed({ ...state, calls }, at);
  const lost = { call: before.call, at: before.startedAt ?? at };
  const unknown = [...(state.progress.unknown ?? []), lost];
  return proceed({ ...withProgress(state, { unknown }), calls }, at);
}

function timerFire(state: TurnState, input: Input<'timer-fire'>): Step {
  if (input.timer === 'deadline') {
    const { seconds } = state.progress.budget;
    return fail(state, new AgentError('BUDGET_SECONDS', { limit: seconds }).toData());
  }
  const text = 'The person did not answer in time, so it was not done.';
  let { calls } = state;
  for (const { call, status } of state.calls) {
    if (status === 'asked') calls = finishCall(calls, call.callId, { status: 'refused', text });
  }
  return proceed({ ...state, calls }, input.at);
}

/** After a change of the calls: wait for a person, for the tools, or go on with all results. */
function proceed(state: TurnState, at: number, commands: readonly Command[] = []): Step {
  if (state.calls.length === 0) return unchanged(state);
  if (state.calls.some(({ status }) => status !== 'finished')) {
    const waiting = state.calls.every(({ status }) => status === 'asked' || status === 'finished');
    return { state: waiting ? wait(state, at) : resume(state, at), commands };
  }
  const resumed = resume(state, at);
  if (resumed.progress.intent !== undefined) return finishFastPath(resumed);
  const messages = [...resumed.messages, ...resultMessages(resumed.calls)];
  return callModel({ ...resumed, messages, calls: [] }, at);
}

function finishFastPath(state: TurnState): Step {
  const call = state.calls[0];
  const outcome = call?.outcome;
  if (call === undefined || outcome === undefined) return unchanged(state);
  if (outcome.status === 'done' || outcome.status === 'refused') {
    return finish(state, { text: outcome.text });
  }
  const details = { tool: call.call.tool, problem: outcome.text };
  const code = outcome.status === 'failed' ? 'TOOL_FAILED' : 'TOOL_OUTCOME_UNKNOWN';
  return fail(state, new AgentError(code, details).toData());
}

function callModel(state: TurnState, at: number): Step {
  const reached = exhausted(state.progress, at);
  if (reached !== undefined) return fail(state, reached.toData());
  const steered = state.progress.steered.map((text): Message => ({ role: 'user', text }));
  const next: TurnState = {
    ...withProgress(state, { steps: state.progress.steps + 1, steered: [] }),
    status: 'running',
    messages: [...state.messages, ...steered],
  };
  return { state: next, commands: [modelCall(next)] };
}

function cancel(state: TurnState, reason: string): Step {
  const error = new AgentError('TURN_CANCELLED', { reason }).toData();
  return end(state, { status: 'cancelled', text: `Stopped: ${reason}.`, error });
}

function fail(state: TurnState, error: ErrorData): Step {
  const text = `${error.message} ${error.remedy}`;
  return end(state, { status: 'failed', text, error });
}

function finish(
  state: TurnState,
  reply: { readonly text: string; readonly expectation?: Expectation },
): Step {
  return end(state, { status: 'done', ...reply });
}

interface End {
  readonly status: 'done' | 'failed' | 'cancelled';
  readonly text: string;
  readonly expectation?: Expectation;
  readonly error?: ErrorData;
}

/** The only way to the end: settles open calls, keeps the reply, and says so exactly once. */
function end(state: TurnState, ending: End): Step {
  const { status, text, expectation, error } = withUnknown(state, ending);
  const calls = settle(state.calls, 'The turn ended before this was done.');
  const messages = [...state.messages, ...resultMessages(calls)];
  const last = messages.at(-1);
  const said = status === 'done' && last !== undefined && last.role !== 'user';
  const ended: TurnState = {
    ...state,
    status,
    calls: [],
    messages: said
      ? messages
      : [...messages, { role: 'assistant', parts: [{ type: 'text', text }] }],
    reply: { text, ...(expectation && { expectation }), ...(error && { error }) },
  };
  const finished: Command = { type: 'turn-finish', status, ...(error && { error }) };
  return { state: ended, commands: [{ type: 'reply', text }, finished] };
}

/** The person is told of each call that may have taken effect, whatever the model made of it. */
function withUnknown({ turn, progress }: TurnState, ending: End): End {
  const { unknown = [], timeZone } = progress;
  if (unknown.length === 0) return ending;
  const text = [ending.text, unknownWords(unknown, timeZone)].join('\n\n');
  const [only] = unknown;
  if (only === undefined || unknown.length > 1) return { ...ending, text };
  return { ...ending, text, expectation: decisionAbout(turn, only.call) };
}

function modelCall(state: TurnState): Command {
  return { type: 'model-call', step: state.progress.steps, messages: state.messages };
}

function toolCall(state: TurnState, call: ToolCall): Command {
  return { type: 'tool-call', call, idempotencyKey: `${state.turn}/${call.callId}` };
}

function approvalAsk(call: ToolCall, reason: string, at: number): Command {
  return { type: 'approval-ask', call, reason, expiresAt: at + approvalMsMax };
}

function wait(state: TurnState, at: number): TurnState {
  if (state.status === 'waiting') return state;
  return { ...withProgress(state, { waitingSince: at }), status: 'waiting' };
}

function resume(state: TurnState, at: number): TurnState {
  const { waitingSince, ...progress } = state.progress;
  if (waitingSince === undefined) return state;
  const waitedMs = progress.waitedMs + Math.max(0, at - waitingSince);
  return { ...state, status: 'running', progress: { ...progress, waitedMs } };
}

/** Time in which nothing ran is not spent; while a person is asked, no time is. */
function afterPause(state: TurnState, pausedMs: number): TurnState {
  const { waitedMs, waitingSince } = state.progress;
  if (waitingSince !== undefined) return state;
  return withProgress(state, { waitedMs: waitedMs + pausedMs });
}

function withProgress(state: TurnState, change: Partial<TurnProgress>): TurnState {
  return { ...state, progress: { ...state.progress, ...change } };
}

function unchanged(state: TurnState): Step {
  return { state, commands: [] };
}
