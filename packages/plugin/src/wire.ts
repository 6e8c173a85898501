// Owns the names and shapes on the wire between a plugin and its host: JSON-RPC 2.0 and the Model
// Context Protocol, revisions 2026-07-28 and 2025-11-25. Refuses behaviour beyond telling them apart.

import type { Json, JsonObject } from '@opencomputer/contracts';

/** The stateless revision: every request names its version. */
export const MODERN_VERSION = '2026-07-28';
/** Revisions that start with `initialize`; the first one is offered to a client that asks for another. */
export const LEGACY_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18'];

export const VERSION_META = 'io.modelcontextprotocol/protocolVersion';
export const CAPABILITIES_META = 'io.modelcontextprotocol/clientCapabilities';
export const SERVER_META = 'io.modelcontextprotocol/serverInfo';
/** In a request: the circumstances of the call. */
export const CALL_META = 'opencomputer/call';
/** In a result: the status, the code and the timers of the outcome. */
export const OUTCOME_META = 'opencomputer/outcome';
/** In a result: data that is not an object, which `structuredContent` cannot carry. */
export const DATA_META = 'opencomputer/data';
/** Plugin to host: an operation of a required service. */
export const SERVICE_METHOD = 'opencomputer/call';
/** Plugin to host: the handler of a cancelled call has ended. */
export const STOPPED_METHOD = 'notifications/opencomputer/stopped';

/** Codes of JSON-RPC 2.0 and of MCP. */
export const rpcError = {
  parse: -32700,
  request: -32600,
  method: -32601,
  parameters: -32602,
  internal: -32603,
  version: -32022,
  busy: -32000,
} as const;

/** Identifier of a request. */
export type RequestId = string | number;

/** True for a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for what JSON-RPC allows as the id of a request that wants an answer. */
export function isRequestId(value: unknown): value is RequestId {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

/** A successful answer. */
export function answer(id: RequestId, result: JsonObject): JsonObject {
  return { jsonrpc: '2.0', id, result };
}

/** An error answer; `id` is null when the request could not be read. */
export function refusal(
  id: RequestId | null,
  error: { readonly code: number; readonly message: string; readonly data?: Json },
): JsonObject {
  return { jsonrpc: '2.0', id, error: { ...error } };
}
