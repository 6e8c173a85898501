// Owns how one allowed call is run: a remembered result, a builtin, or a plugin's process with its
// storage; then the declared fallback. Refuses to decide whether it may run: the host did.

import type { JsonObject, ToolOutcome } from '@opencomputer/contracts';
import type { CallOptions } from '@opencomputer/contracts/internal';
import { callBuiltin } from './builtin.ts';
import type { BuiltinPlugin } from './builtin.ts';
import type { CallCache, CacheQuestion } from './call-cache.ts';
import type { ActivePlugin, Catalogue, CatalogueTool } from './catalogue.ts';
import type { Deadline } from './deadline.ts';
import { openFolderSync } from './durable-file.ts';
import type { FolderSync } from './durable-file.ts';
import { answerOfAnother } from './fallback.ts';
import { readableFolders } from './granted-paths.ts';
import type { PluginAccess } from './launch.ts';
import { failure, interrupted } from './outcome.ts';
import type { PluginProcesses, Startable } from './processes.ts';
import { releaseFor } from './release.ts';
import { serviceCaller } from './services.ts';
import type { ServiceRunner } from './services.ts';
import type { SupervisedCall } from './supervisor.ts';

/** How a call of a plugin's tool ended, for metrics and trials. */
export interface CallEvent {
  readonly name: 'plugin-call' | 'plugin-fallback';
  readonly plugin: string;
  readonly version: string;
  /** Digest of the release, for a plugin that is not part of the product. */
  readonly release?: string;
  readonly tool: string;
  readonly status: ToolOutcome['status'];
  /** True when whoever asked no longer wanted it. */
  readonly isCancelled: boolean;
}

/** What calls are run with. */
export interface CallParts {
  readonly builtins: ReadonlyMap<string, BuiltinPlugin>;
  readonly processes: PluginProcesses;
  readonly cache: CallCache;
  /** As it is now. */
  readonly catalogue: () => Catalogue;
  readonly callService: ServiceRunner;
  /** Folder and key (32 bytes, base64) of a plugin's sealed values of one person. */
  readonly storageFor: (
    plugin: string,
    person: string,
  ) => Promise<{ readonly directory: string; readonly key: string }>;
  readonly observe: (event: CallEvent) => void;
}

/** An allowed call with checked arguments and the time that it has. */
export interface AllowedCall {
  readonly tool: CatalogueTool;
  readonly input: JsonObject;
  readonly options: CallOptions;
  readonly deadline: Deadline;
}

/** Runs a call to its outcome. Never rejects for what is a plugin's fault. */
export async function runCall(parts: CallParts, call: AllowedCall): Promise<ToolOutcome> {
  const { tool, options } = call;
  const plugin = startableFor(call);
  const question = cacheQuestion(call, plugin);
  const remembered = question && parts.cache.get(question);
  if (remembered !== undefined) return remembered;
  const outcome = await (plugin === undefined
    ? runBuiltin(parts, call)
    : runProcess(parts, call, plugin));
  if (question !== undefined) parts.cache.set(question, outcome, tool.declaration.cacheMs ?? 0);
  tell(parts, { name: 'plugin-call', call, plugin, outcome });
  const { fallback } = tool.declaration;
  if (outcome.status !== 'failed' || fallback === undefined || options.signal.aborted) {
    return outcome;
  }
  const answer = await answerOfAnother(parts.catalogue().tool(fallback), {
    asking: tool.plugin,
    failed: tool.declaration,
    outcome,
    input: call.input,
    options,
    run: parts.callService,
  });
  if (answer !== outcome) tell(parts, { name: 'plugin-fallback', call, plugin, outcome: answer });
  return answer;
}

/** What runs a call: nothing of its own for a builtin, the chosen release for a managed plugin. */
function startableFor({ tool, options }: AllowedCall): Startable | undefined {
  const { owner, declaration } = tool;
  if (owner.kind === 'builtin') return undefined;
  if (owner.kind !== 'release') return owner;
  const { idempotencyKey } = options;
  const release = releaseFor(owner, { tool: declaration.name, idempotencyKey });
  return { kind: 'release', name: owner.name, release };
}

/** Set for a read tool whose results may be given again. */
function cacheQuestion(
  { tool, input, options }: AllowedCall,
  plugin: Startable | undefined,
): CacheQuestion | undefined {
  const { effect, cacheMs, name } = tool.declaration;
  if (effect !== 'read' || cacheMs === undefined) return undefined;
  const release = plugin?.kind === 'release' ? plugin.release.digest : tool.plugin;
  const { person, folders, timeZone } = options;
  return { release, tool: name, input, person, folders, timeZone };
}

async function runBuiltin(parts: CallParts, call: AllowedCall): Promise<ToolOutcome> {
  const plugin = parts.builtins.get(call.tool.plugin);
  if (plugin === undefined) return failure('PLUGIN_UNKNOWN', { plugin: call.tool.plugin });
  return callBuiltin(plugin, { ...call, onService: onServiceOf(parts, call) });
}

async function runProcess(
  parts: CallParts,
  call: AllowedCall,
  plugin: Startable,
): Promise<ToolOutcome> {
  const { tool, input, options, deadline } = call;
  const { owner, declaration } = tool;
  const supervisor = parts.processes.of(plugin);
  const onService = onServiceOf(parts, call);
  const common = { declaration, tool: tool.ownName, input, deadline, onService };
  if (owner.kind === 'server' || owner.kind === 'builtin') {
    return supervisor.call({ ...common, access: noAccess });
  }
  const { idempotencyKey, now, timeZone } = options;
  const folders = readableFolders(owner.manifest.permissions, options.folders);
  let storage: { readonly directory: string; readonly key: string };
  try {
    storage = await parts.storageFor(storageName(owner), options.person);
  } catch (error) {
    const problem = problemOf(error);
    return failure('PLUGIN_START', { plugin: owner.name, problem });
  }
  const { directory, key } = storage;
  const circumstances = { idempotencyKey, now, timeZone, folders, storage: { directory, key } };
  const request = { ...common, access: { folders, storage: [directory] }, circumstances };
  const run = (asked: SupervisedCall): Promise<ToolOutcome> => supervisor.call(asked);
  const outcome =
    declaration.effect === 'read' ? await run(request) : await runSynced(run, request, directory);
  return owner.kind === 'release' ? withoutTimers(outcome) : outcome;
}

/**
 * A write whose renames in the storage are durable before its outcome is believed: Node's permission
 * model forbids fsync in the plugin itself. Without a descriptor for that it is not begun.
 */
async function runSynced(
  run: (request: SupervisedCall) => Promise<ToolOutcome>,
  request: SupervisedCall,
  directory: string,
): Promise<ToolOutcome> {
  let folder: FolderSync;
  try {
    folder = await openFolderSync(directory);
  } catch (error) {
    return failure('STORE_FAILED', { problem: problemOf(error) });
  }
  const outcome = await run(request);
  try {
    await folder.sync();
    return outcome;
  } catch (error) {
    return interrupted(request.declaration, 'STORE_FAILED', { problem: problemOf(error) });
  }
}

function onServiceOf(
  parts: CallParts,
  { tool, options, deadline }: AllowedCall,
): ReturnType<typeof serviceCaller> {
  const { catalogue, callService: run } = parts;
  return serviceCaller(tool.owner, { catalogue, run, options, signal: deadline.signal });
}

function tell(
  parts: CallParts,
  about: {
    readonly name: CallEvent['name'];
    readonly call: AllowedCall;
    readonly plugin: Startable | undefined;
    readonly outcome: ToolOutcome;
  },
): void {
  const { name, plugin, outcome } = about;
  const { tool } = about.call;
  const release = plugin?.kind === 'release' ? plugin.release : undefined;
  parts.observe({
    name,
    plugin: tool.plugin,
    version: release?.version ?? parts.catalogue().versionOf(tool.owner),
    ...(release && { release: release.digest }),
    tool: tool.declaration.name,
    status: outcome.status,
    isCancelled: about.call.options.signal.aborted,
  });
}

/** A plugin that takes the place of an official one must not find its data. */
function storageName({ kind, name }: ActivePlugin): string {
  return kind === 'release' ? `@${name}` : name;
}

/** What is said to a person without being asked comes from official code alone. */
function withoutTimers(outcome: ToolOutcome): ToolOutcome {
  if (outcome.status !== 'done' || outcome.timers === undefined) return outcome;
  const { status, text, data } = outcome;
  return { status, text, ...(data !== undefined && { data }) };
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const noAccess: PluginAccess = { folders: [], storage: [] };
