// Owns the names and shapes of what a client sees while a turn runs. Refuses anything that is not
// also in the log: a stream is a view, and a client that missed it can read the turn.

import type { ErrorData } from './agent-error.ts';
import type { ToolCall, ToolOutcome } from './tool.ts';
import type { TurnStatus, Usage } from './turn.ts';

/** One part of the stream of a turn: noun-verb, with `start`, `delta` and `end`. */
export type StreamPart =
  | { readonly type: 'turn-start'; readonly turn: string; readonly conversation: string }
  | {
      /** The fast path was taken: no model, no tokens. */
      readonly type: 'intent-resolve';
      readonly intent: string;
      readonly plugin: string;
      readonly tool: string;
      readonly confidence: number;
    }
  | { readonly type: 'model-start'; readonly model: string; readonly step: number }
  | { readonly type: 'text-start'; readonly id: string }
  | { readonly type: 'text-delta'; readonly id: string; readonly delta: string }
  | { readonly type: 'text-end'; readonly id: string }
  | {
      /** Text shown under this id is taken back: another model answers, or the agent stops. */
      readonly type: 'text-withdraw';
      readonly id: string;
      readonly reason: string;
    }
  | { readonly type: 'reasoning-delta'; readonly id: string; readonly delta: string }
  | { readonly type: 'tool-start'; readonly call: ToolCall; readonly plugin: string }
  | {
      readonly type: 'tool-end';
      readonly callId: string;
      readonly outcome: ToolOutcome;
      readonly durationMs: number;
    }
  | {
      readonly type: 'approval-ask';
      readonly turn: string;
      readonly call: ToolCall;
      readonly plugin: string;
      readonly reason: string;
      readonly expiresAt: number;
    }
  | { readonly type: 'approval-end'; readonly callId: string; readonly approved: boolean }
  | {
      /** What waited for the person: said by the agent itself, or an answer that a crash kept back. */
      readonly type: 'notice';
      readonly text: string;
      /** Id of the reply, by which one that is shown again after a crash is known. */
      readonly reply?: string;
      /** Its turn: the text replaces whatever was shown of that turn before. */
      readonly turn?: string;
    }
  | {
      readonly type: 'turn-end';
      readonly turn: string;
      readonly status: Exclude<TurnStatus, 'running' | 'waiting'>;
      /** The reply, CommonMark: the text of the last step. Text of earlier steps was only streamed. */
      readonly text: string;
      readonly usage: Usage;
      readonly error?: ErrorData;
    };
