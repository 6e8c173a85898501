// Owns plugins that run in this process: the agent's own tools. Refuses them any way around the
// permit, the argument check and the time limit that hold for all others.

import type { CallContext, Manifest, PluginStorage } from '@opencomputer/contracts';
import type { JsonObject, ToolHandler, ToolOutcome } from '@opencomputer/contracts';
import type { CallOptions } from '@opencomputer/contracts/internal';
import type { PluginCall } from './connection.ts';
import type { Deadline } from './deadline.ts';
import { readableFolders } from './granted-paths.ts';
import { failure } from './outcome.ts';
import type { CatalogueTool } from './catalogue.ts';

/** A plugin in this process: its manifest, and a handler for each of its tools. */
export interface BuiltinPlugin {
  readonly manifest: Manifest;
  readonly handlers: Readonly<Record<string, ToolHandler>>;
}

/** One call of a builtin tool. */
export interface BuiltinCall {
  readonly tool: CatalogueTool;
  readonly input: JsonObject;
  readonly options: CallOptions;
  readonly deadline: Deadline;
  readonly onService: PluginCall['onService'];
}

/** Runs the handler of a builtin tool. Never rejects: what it throws is a failure. */
export async function callBuiltin(plugin: BuiltinPlugin, call: BuiltinCall): Promise<ToolOutcome> {
  const { declaration } = call.tool;
  const tool = declaration.name;
  const handler = plugin.handlers[tool];
  if (handler === undefined) return failure('TOOL_FAILED', { tool, problem: 'it has no handler' });
  if (call.deadline.signal.aborted) return call.deadline.outcome(declaration, false);
  try {
    const outcome = await Promise.race([
      handler(call.input, contextOf(plugin, call)),
      call.deadline.rejection,
    ]);
    const bytes = Buffer.byteLength(JSON.stringify(outcome));
    const { outputBytesMax: bytesMax } = plugin.manifest.resources;
    if (bytes <= bytesMax) return outcome;
    return failure('TOOL_OUTPUT_TOO_LARGE', { tool, bytes, bytesMax });
  } catch (error) {
    if (call.deadline.signal.aborted) return call.deadline.outcome(declaration, true);
    const problem = error instanceof Error ? error.message : String(error);
    return failure('TOOL_FAILED', { tool, problem });
  }
}

function contextOf(plugin: BuiltinPlugin, call: BuiltinCall): CallContext {
  const { idempotencyKey, now, timeZone, folders } = call.options;
  return {
    idempotencyKey,
    now,
    timeZone,
    folders: readableFolders(plugin.manifest.permissions, folders),
    signal: call.deadline.signal,
    storage: noStorage,
    call: (service, operation, input) => call.onService({ service, operation, input }),
  };
}

const absent = (): Promise<never> =>
  Promise.reject(new Error('A builtin plugin has no storage of its own.'));

const noStorage: PluginStorage = { get: absent, set: absent, delete: absent };
