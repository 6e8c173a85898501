// Owns what the messages of plugin.proto mean in the types of the contracts. Refuses declarations that
// the contract would refuse, and outcomes whose status or data cannot be read.

import { create } from '@bufbuild/protobuf';
import { toolDeclaration } from '@opencomputer/contracts';
import type { Json, TimerChange, ToolDeclaration, ToolOutcome } from '@opencomputer/contracts';
import type { PluginCall } from '../connection.ts';
import { schemaProblem } from '../foreign-schema.ts';
import { isList, isObject } from '../json-object.ts';
import { CallRequestSchema } from './plugin-messages.ts';
import type { CallRequest, DescribeResponse, Outcome, Timer, Tool } from './plugin-messages.ts';

const TOOLS_MAX = 200;

/** What a plugin says of itself. */
export interface PluginDescription {
  readonly version: string;
  readonly tools: readonly ToolDeclaration[];
  /** Why the others of its tools are left out. */
  readonly leftOut: readonly string[];
}

/** The request of a call; what only the host may know stays behind. */
export function writeCall({ tool, input, circumstances = {} }: PluginCall): CallRequest {
  const { idempotencyKey, now, timeZone, folders } = circumstances;
  return create(CallRequestSchema, {
    tool,
    arguments: JSON.stringify(input),
    ...(typeof idempotencyKey === 'string' ? { idempotencyKey } : {}),
    ...(typeof now === 'number' ? { nowMs: now } : {}),
    ...(typeof timeZone === 'string' ? { timeZone } : {}),
    ...(isList(folders) ? { folders: folders.filter((each) => typeof each === 'string') } : {}),
  });
}

/** The outcome of a message; undefined when it is none. */
export function readOutcome({
  status,
  text,
  code,
  data,
  timers,
}: Outcome): ToolOutcome | undefined {
  if (status === 'refused' || status === 'unknown') return { status, text };
  if (status === 'failed') return { status, text, code: code || 'TOOL_FAILED' };
  const value = data === '' ? undefined : parse(data);
  if (status !== 'done' || (data !== '' && value === undefined)) return undefined;
  return {
    status,
    text,
    ...(value === undefined ? {} : { data: value }),
    ...(timers.length === 0 ? {} : { timers: timers.map(readTimer) }),
  };
}

function readTimer({ id, atMs, text, lateMsMax }: Timer): TimerChange {
  return {
    id,
    ...(atMs === undefined ? {} : { at: atMs }),
    ...(text === undefined ? {} : { text }),
    ...(lateMsMax === undefined ? {} : { lateMsMax }),
  };
}

/** The declarations of a plugin; each must be one that a manifest could have, under its own name. */
export function readDescription({ version, tools }: DescribeResponse): PluginDescription {
  const declared = new Map<string, ToolDeclaration>();
  const leftOut: string[] = [];
  for (const tool of tools.slice(0, TOOLS_MAX)) {
    const read = readTool(tool);
    const problem = typeof read === 'string' ? read : takenProblem(declared, read);
    if (typeof read !== 'string' && problem === '') declared.set(read.name, read);
    else {
      leftOut.push(`Its tool ${JSON.stringify(tool.name.slice(0, 63))} is left out: ${problem}.`);
    }
  }
  if (tools.length > TOOLS_MAX) leftOut.push(`Only its first ${TOOLS_MAX} tools are offered.`);
  return { version: version.slice(0, 100) || '0.0.0', tools: [...declared.values()], leftOut };
}

function takenProblem(
  declared: ReadonlyMap<string, ToolDeclaration>,
  read: ToolDeclaration,
): string {
  return declared.has(read.name) ? 'another one has its name' : '';
}

/** A declaration, or why it is none. */
function readTool(tool: Tool): ToolDeclaration | string {
  const input = parse(tool.inputSchema);
  const output = tool.outputSchema === '' ? undefined : parse(tool.outputSchema);
  if (!isObject(input)) return 'its schema is no JSON object';
  const problem = schemaProblem(input);
  if (problem !== undefined) return problem;
  const parsed = toolDeclaration.safeParse({
    name: tool.name,
    description: tool.description,
    input,
    effect: tool.effect,
    sinks: tool.sinks,
    idempotent: tool.idempotent,
    ...(tool.reach === '' ? {} : { reach: tool.reach }),
    ...(tool.timeoutMs === 0 ? {} : { timeoutMs: tool.timeoutMs }),
    ...(tool.outputSchema === '' ? {} : { output }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is wrong'}`;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
