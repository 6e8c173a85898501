// Owns the port between the host and one running plugin, whatever it speaks. Refuses protocol
// details: those are the connections' own.

import type { Json, JsonObject, ToolOutcome } from '@opencomputer/contracts';

/** A call as it goes to the plugin. */
export interface PluginCall {
  /** The plugin's own name of the tool. */
  readonly tool: string;
  readonly input: JsonObject;
  /** What travels as `opencomputer/call`; absent for plugins that are not ours. */
  readonly circumstances?: JsonObject;
  /** Ends the call: the plugin is told to stop. */
  readonly signal: AbortSignal;
  /** Answers a call of a required service, while this call is open. */
  onService(request: ServiceRequest): Promise<ToolOutcome>;
}

/** A plugin's wish to call an operation of a service. */
export interface ServiceRequest {
  readonly service: string;
  readonly operation: string;
  readonly input: JsonObject;
}

/** How a call ended, as the connection sees it. */
export type PluginAnswer =
  | { readonly type: 'result'; readonly result: JsonObject }
  /** The plugin refused the request itself: an unknown tool, invalid parameters. */
  | { readonly type: 'error'; readonly code: number; readonly message: string }
  /** More bytes than allowed. */
  | { readonly type: 'oversize' }
  /** The signal was aborted; `stopped` is true once the plugin has said that the handler ended. */
  | { readonly type: 'cancelled'; readonly stopped: Promise<boolean> }
  /** The process ended or the connection broke before the answer. */
  | { readonly type: 'lost'; readonly problem: string };

/** A running plugin. */
export interface PluginConnection {
  /** Never rejects. */
  call(call: PluginCall): Promise<PluginAnswer>;
  /** Resolves with the reason when the plugin is gone. */
  readonly lost: Promise<string>;
  readonly isLost: boolean;
  /** Ends it in peace. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
  readonly log: string;
}

/** A tool as a server lists it. */
export interface ListedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly annotations: JsonObject;
  /** Why it is not offered; then nothing more of it is kept than its name. */
  readonly problem?: string;
}

/** What is remembered of a server between starts. */
export interface ServerListing {
  readonly version: string;
  readonly tools: readonly ListedTool[];
  /** What version negotiation found, in the form in which the client takes it again. */
  readonly prior?: Json;
}
