// Owns the port of the plugin host: which tools there are, and the one way to run one. Refuses a
// call without a permit, which only the policy gate makes.

import type { ToolCall, ToolDeclaration, ToolOutcome } from '../tool.ts';
import type { IntentDeclaration } from '../intent-declaration.ts';
import type { PluginTier } from '../policy.ts';
import type { PluginSummary } from './service.ts';

/** A tool of an installed plugin. */
export interface InstalledTool {
  readonly plugin: string;
  readonly tier: PluginTier;
  readonly declaration: ToolDeclaration;
}

/** An intent of an installed plugin. */
export interface InstalledIntent {
  readonly plugin: string;
  readonly aliases: readonly string[];
  readonly declaration: IntentDeclaration;
}

/**
 * Proof that policy allowed exactly this call of this plugin's tool; made by the policy gate, known
 * by identity. It opens no equally named tool of another plugin.
 */
export interface Permit {
  readonly plugin: string;
  readonly call: ToolCall;
  readonly rule: string;
}

/** The circumstances of a call. */
export interface CallOptions {
  readonly person: string;
  readonly idempotencyKey: string;
  readonly now: number;
  readonly timeZone: string;
  readonly folders: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Runs tools.
 * Must refuse a permit that the gate did not make, and run the tool of its plugin or none. Must end
 * within the tool's time limit and bound its output. A plugin's crash is an outcome, never an exception.
 */
export interface PluginHost {
  /** From manifests alone; starts nothing. */
  tools(): readonly InstalledTool[];
  intents(): readonly InstalledIntent[];
  call(permit: Permit, options: CallOptions): Promise<ToolOutcome>;
  describe(): readonly PluginSummary[];
  stop(): Promise<void>;
}
