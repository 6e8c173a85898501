// Owns contract 4, the plugin: a static manifest plus a handler in another process. Refuses a
// plugin that sees more than its manifest asks for and the person granted.

import type { Json, JsonObject } from './json.ts';
import type { ToolOutcome } from './tool.ts';

/** What a handler is given with each call. */
export interface CallContext {
  /** Ends when the call is cancelled or its time is up; a handler must stop then. */
  readonly signal: AbortSignal;
  /** The same for every retry of one call; an effect must happen once per key. */
  readonly idempotencyKey: string;
  /** Milliseconds since the Unix epoch; the instant that "now" means in this call. */
  readonly now: number;
  /** IANA zone of the person. */
  readonly timeZone: string;
  /** Folders that the person granted, absolute; the first one is where the person works. */
  readonly folders: readonly string[];
  readonly storage: PluginStorage;
  /** Calls an operation of a required service through the host, under its policy. */
  call(service: string, operation: string, input: JsonObject): Promise<ToolOutcome>;
}

/**
 * The plugin's own store for one person, sealed with a key that only the host keeps.
 * Must be used for everything the plugin keeps. A value is at most 4 MB.
 */
export interface PluginStorage {
  get(name: string): Promise<Json | undefined>;
  /** Replaces the value at once and durably; a crash leaves the old one or the new one. */
  set(name: string, value: Json): Promise<void>;
  delete(name: string): Promise<void>;
}

/**
 * The handler of one tool.
 * Must return a refusal for what it will not do and throw only for defects. Must stop on `signal`.
 */
export type ToolHandler = (input: JsonObject, context: CallContext) => Promise<ToolOutcome>;
