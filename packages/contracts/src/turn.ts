// Owns contract 2, the turn: one inbound message to its end, as inputs, commands and state. Refuses
// I/O: everything here is plain data, and a turn is rebuilt from its inputs alone.

import type { ErrorData } from './agent-error.ts';
import type { InboundMessage } from './channel.ts';
import type { IntentResult } from './intent.ts';
import type { Json, JsonObject } from './json.ts';
import type { PolicyDecision } from './policy.ts';
import type { ToolCall, ToolOutcome } from './tool.ts';

/** `running → waiting → done | failed | cancelled`; the last three are final. */
export type TurnStatus = 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';

/** Bounds of one turn. Reaching one ends the turn with its error. */
export interface TurnBudget {
  /** Calls of the model. */
  readonly steps: number;
  /** Input and output tokens together. */
  readonly tokens: number;
  /** Wall time without the time in which a person is asked. */
  readonly seconds: number;
  /** United States dollars. */
  readonly money: number;
}

/** Tokens and money of one call or of many. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  /** United States dollars; 0 when the price is unknown. */
  readonly cost: number;
}

/** A part of what a model says. `metadata` is the provider's own and is sent back unchanged. */
export type AssistantPart =
  | { readonly type: 'text'; readonly text: string; readonly metadata?: JsonObject }
  | { readonly type: 'reasoning'; readonly text: string; readonly metadata?: JsonObject }
  | { readonly type: 'tool-call'; readonly call: ToolCall; readonly metadata?: JsonObject };

/** One message of a conversation as the model sees it. */
export type Message =
  | {
      readonly role: 'user';
      readonly text: string;
      /** Text that came with the words, such as a pipe: data, not the person's own words. */
      readonly attached?: string;
    }
  | { readonly role: 'assistant'; readonly parts: readonly AssistantPart[] }
  | {
      readonly role: 'tool';
      readonly callId: string;
      readonly tool: string;
      readonly outcome: ToolOutcome;
    };

/** Why the model stopped. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'refusal' | 'other';

/** What a tool is, as far as a turn needs to know. */
export interface CandidateScore {
  readonly plugin: string;
  readonly tool: string;
  /** Sum of declaration, retrieval and prior; higher is better. */
  readonly score: number;
  readonly reason: string;
}

/** What the person is expected to say next; carried from a finished turn to the next one. */
export interface Expectation {
  /** `retry`: whether `call`, whose outcome is unknown, is done again or left. */
  readonly type: 'slot' | 'confirm' | 'choose' | 'retry';
  readonly intent: string;
  /** The slot asked for, with `slot`. */
  readonly slot?: string;
  /** Slots already filled: plain values with the words they came from. */
  readonly slots: Readonly<Record<string, { readonly value: Json; readonly text: string }>>;
  /** Tools to choose among, with `choose`. */
  readonly candidates?: readonly CandidateScore[];
  /** The call to decide about, with `retry`, and its outcome as `<turn>/<call>`. */
  readonly call?: ToolCall;
  readonly outcome?: string;
}

/** The person's decision about a call whose outcome is unknown. */
export interface OutcomeDecision {
  /** As `<turn>/<call>`. */
  readonly outcome: string;
  readonly how: 'retry' | 'drop';
}

/** What resolving an intent proposes for a turn. */
export type Plan =
  /** Straight to a tool, no model. */
  | {
      readonly type: 'tool';
      readonly call: ToolCall;
      readonly intent: string;
      readonly candidates: readonly CandidateScore[];
      readonly decides?: OutcomeDecision;
    }
  /** A question back to the person, no model. */
  | { readonly type: 'question'; readonly text: string; readonly expectation: Expectation }
  /** To the model. */
  | { readonly type: 'model' }
  /** Words back to the person, no model. */
  | { readonly type: 'answer'; readonly text: string; readonly decides?: OutcomeDecision }
  /** Nobody can do it: no intent is known, and no model is connected. */
  | { readonly type: 'fail'; readonly error: ErrorData };

/** Everything that can happen to a turn. The list of these, in order, is its record. */
export type TurnInput =
  | {
      readonly type: 'turn-start';
      /** Milliseconds since the Unix epoch, as in every input. */
      readonly at: number;
      readonly message: InboundMessage;
      readonly parsed: IntentResult;
      readonly plan: Plan;
      readonly budget: TurnBudget;
    }
  | {
      readonly type: 'model-finish';
      readonly at: number;
      readonly parts: readonly AssistantPart[];
      readonly finish: FinishReason;
      readonly usage: Usage;
      readonly model: string;
      /** SHA-256 of the request body, hexadecimal. */
      readonly promptHash: string;
    }
  | { readonly type: 'model-fail'; readonly at: number; readonly error: ErrorData }
  | {
      readonly type: 'policy-decide';
      readonly at: number;
      /** `plugin` is whose tool was decided on; absent where there is no such tool. */
      readonly decisions: readonly (PolicyDecision & {
        readonly callId: string;
        readonly plugin?: string;
      })[];
    }
  | {
      readonly type: 'tool-finish';
      readonly at: number;
      readonly callId: string;
      readonly outcome: ToolOutcome;
    }
  | {
      readonly type: 'approval-give';
      readonly at: number;
      readonly callId: string;
      readonly approved: boolean;
      readonly reason?: string;
    }
  | { readonly type: 'turn-steer'; readonly at: number; readonly text: string }
  | {
      /** The turn goes on in another process; the time since its last input does not count. */
      readonly type: 'turn-resume';
      readonly at: number;
      /** Milliseconds by the wall clock, which may have been set meanwhile: can be negative. */
      readonly pausedMs: number;
    }
  | { readonly type: 'turn-cancel'; readonly at: number; readonly reason: string }
  | { readonly type: 'timer-fire'; readonly at: number; readonly timer: 'deadline' | 'approval' };

/** What a turn wants done. The driver does it and feeds the result back as an input. */
export type Command =
  | { readonly type: 'model-call'; readonly step: number; readonly messages: readonly Message[] }
  | { readonly type: 'policy-ask'; readonly calls: readonly ToolCall[] }
  | { readonly type: 'tool-call'; readonly call: ToolCall; readonly idempotencyKey: string }
  | {
      readonly type: 'approval-ask';
      readonly call: ToolCall;
      readonly reason: string;
      /** Milliseconds since the Unix epoch; then it counts as denied. */
      readonly expiresAt: number;
    }
  | { readonly type: 'reply'; readonly text: string }
  | {
      readonly type: 'turn-finish';
      readonly status: 'done' | 'failed' | 'cancelled';
      readonly error?: ErrorData;
    };

/** Where a call stands. */
export type CallStatus = 'planned' | 'asked' | 'running' | 'finished';

/** A call within a turn, in the order in which it was asked for. */
export interface CallState {
  readonly call: ToolCall;
  readonly status: CallStatus;
  /** When it was allowed to run. */
  readonly startedAt?: number;
  readonly outcome?: ToolOutcome;
}

/** The state of a turn: a fold over its inputs. */
export interface TurnState {
  readonly status: TurnStatus;
  readonly turn: string;
  /** What this turn adds to the conversation, in order. */
  readonly messages: readonly Message[];
  /** Calls of the current step. */
  readonly calls: readonly CallState[];
  readonly progress: TurnProgress;
  /** Set when the turn has replied. */
  readonly reply?: TurnReply;
}

/** Counters and bounds that a turn carries. */
export interface TurnProgress {
  readonly budget: TurnBudget;
  readonly usage: Usage;
  readonly steps: number;
  readonly startedAt: number;
  /** Time in which a person was asked, which the budget does not count. */
  readonly waitedMs: number;
  readonly waitingSince?: number;
  /** How often each call (tool and arguments) was asked for. */
  readonly repeats: Readonly<Record<string, number>>;
  /** Words of the person that arrived while the turn was running. */
  readonly steered: readonly string[];
  /** The intent that took the fast path. */
  readonly intent?: string;
  /** IANA zone of the person, for instants in words. */
  readonly timeZone: string;
  /** Calls of which nobody knows whether they took effect, with when they were started. */
  readonly unknown?: readonly { readonly call: ToolCall; readonly at: number }[];
}

/** How a turn ended for the person. */
export interface TurnReply {
  readonly text: string;
  readonly expectation?: Expectation;
  readonly error?: ErrorData;
}
