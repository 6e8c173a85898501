// Owns contract 8, policy: may this call run? Refuses to look outside its input: a decision is a
// pure function, made outside the model and outside the context.

import type { ToolCall, ToolEffect, ToolReach } from './tool.ts';

/** Where an argument's value comes from. */
export type Origin = 'user' | 'model' | 'untrusted';

/**
 * Who provides a tool: the agent itself, an official plugin, a third party, or a third party whose
 * plugin is contained: in a full sandbox with nothing but its own storage, so that nothing it is given
 * can leave.
 */
export type PluginTier = 'builtin' | 'official' | 'contained' | 'third-party';

/** What the policy is told of one call. */
export interface PolicyRequest {
  readonly call: ToolCall;
  readonly plugin: string;
  readonly tier: PluginTier;
  readonly effect: ToolEffect;
  readonly reach: ToolReach;
  /** Origin of each argument by name; every argument has one. */
  readonly origins: Readonly<Record<string, Origin>>;
  /** True when a person can be asked now. */
  readonly interactive: boolean;
  readonly grants: readonly Grant[];
}

/**
 * A permission that a person gave beforehand, for a tool of one plugin: an equally named tool of
 * another plugin is another tool. `tool` allows every call of it; `exact` allows one call with the
 * same arguments, as when a person types a command.
 */
export type Grant =
  | { readonly type: 'tool'; readonly plugin: string; readonly tool: string }
  | { readonly type: 'exact'; readonly plugin: string; readonly call: ToolCall };

/** The answer, with the rule that decided and a reason for the person. */
export interface PolicyDecision {
  readonly decision: 'allow' | 'ask' | 'deny';
  readonly rule: string;
  readonly reason: string;
}

/**
 * Decides one call.
 * Must be pure and total: same request, same decision, never throws. Must answer `ask` only when the
 * request is interactive. Must not trust anything the model said about the call.
 */
export type Policy = (request: PolicyRequest) => PolicyDecision;
