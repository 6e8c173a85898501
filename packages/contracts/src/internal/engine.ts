// Owns the port of the LLM engine: one call with retries, fallback and cost inside. Refuses the
// loop over calls, which is the turn's.

import type { JsonSchema } from '../json.ts';
import type { AssistantPart, FinishReason, Message, Usage } from '../turn.ts';
import type { ModelSummary } from './service.ts';

/** A tool as it is offered to a model. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly input: JsonSchema;
}

/** What is sent. Must be byte-stable in its beginning, so that providers can cache it. */
export interface ModelRequest {
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly OfferedTool[];
  readonly outputTokensMax: number;
  readonly trace: { readonly turn: string; readonly step: number };
}

/** A part of an answer while it arrives. */
export type ModelDelta =
  | { readonly type: 'model-start'; readonly model: string }
  | { readonly type: 'text-delta'; readonly id: string; readonly delta: string }
  | { readonly type: 'reasoning-delta'; readonly id: string; readonly delta: string }
  | { readonly type: 'text-withdraw'; readonly id: string; readonly reason: string };

/** A whole answer. */
export interface ModelAnswer {
  readonly parts: readonly AssistantPart[];
  readonly finish: FinishReason;
  readonly usage: Usage;
  readonly model: string;
  /** SHA-256 of what was sent, hexadecimal. */
  readonly promptHash: string;
  readonly attempts: number;
}

/**
 * Calls language models.
 * Must end within its time limits. Must retry only what can succeed, at most three times with full
 * jitter, and honour `Retry-After`. Failure is an `AgentError` of the MODEL_ group.
 */
export interface ModelEngine {
  /** With `onDelta` the answer is streamed; without, the cheaper call is used. */
  call(
    request: ModelRequest,
    options: { readonly signal: AbortSignal; readonly onDelta?: (delta: ModelDelta) => void },
  ): Promise<ModelAnswer>;
  /** Known models; the first `current` one answers. Empty when none is connected. */
  models(): readonly ModelSummary[];
  choose(model: string): ModelSummary;
}
