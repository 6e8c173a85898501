// Owns the form in which a third party's tools are offered: names, effects, bounds. Refuses to trust
// what a server says of itself further than to the stricter side.

import type { JsonObject, ToolDeclaration, ToolEffect } from '@opencomputer/contracts';
import type { ListedTool } from './connection.ts';

const TOOLS_MAX = 200;
const NAME_CHARACTERS_MAX = 63;
const DESCRIPTION_CHARACTERS_MAX = 300;
const TIMEOUT_MS = 60_000;

/** A tool as it is offered, and the server's own name of it. */
export interface ServerTool {
  readonly declaration: ToolDeclaration;
  readonly listedName: string;
}

/** The tools of a server that may be used, in the order of its listing; at most 200. */
export function declareServerTools(
  server: string,
  listed: readonly ListedTool[],
  allow?: readonly string[],
): readonly ServerTool[] {
  const taken = new Set<string>();
  return listed
    .filter((tool) => tool.problem === undefined && isAllowed(tool, allow))
    .slice(0, TOOLS_MAX)
    .map((tool) => {
      const name = freeName(offeredName(server, tool.name), taken);
      taken.add(name);
      return { listedName: tool.name, declaration: declare(name, tool) };
    });
}

/** What is said of the tools of a server that are left out for what they are. */
export function leftOut(listed: readonly ListedTool[], allow?: readonly string[]): string[] {
  return listed.flatMap((tool) =>
    tool.problem !== undefined && isAllowed(tool, allow)
      ? [
          `Its tool ${JSON.stringify(tool.name.slice(0, NAME_CHARACTERS_MAX))} is left out: ${tool.problem}.`,
        ]
      : [],
  );
}

function isAllowed({ name }: ListedTool, allow: readonly string[] | undefined): boolean {
  return allow === undefined || allow.includes(name);
}

function declare(name: string, tool: ListedTool): ToolDeclaration {
  return {
    name,
    description: shortened(tool.description) || tool.name.slice(0, DESCRIPTION_CHARACTERS_MAX),
    input: { ...tool.inputSchema } as ToolDeclaration['input'],
    effect: effectOf(tool.annotations),
    reach: 'outside',
    // Nobody has said through which arguments data leaves: it may be through any.
    sinks: argumentNames(tool.inputSchema),
    idempotent: false,
    timeoutMs: TIMEOUT_MS,
    always: false,
  };
}

/** `server_tool` in the letters that every provider accepts. */
export function offeredName(server: string, tool: string): string {
  const whole = `${server}_${tool}`.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
  const name = whole.replaceAll(/[^a-z0-9_]+/g, '_').replaceAll(/_{2,}/g, '_');
  return name.replace(/^[^a-z]+/, '').slice(0, NAME_CHARACTERS_MAX) || 'tool';
}

export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let count = 2; ; count += 1) {
    const suffix = `_${count}`;
    const candidate = name.slice(0, NAME_CHARACTERS_MAX - suffix.length) + suffix;
    if (!taken.has(candidate)) return candidate;
  }
}

/** Hints of a server (MCP, ToolAnnotations): absent means that it may write. */
function effectOf(annotations: JsonObject): ToolEffect {
  if (annotations['readOnlyHint'] === true) return 'read';
  return annotations['destructiveHint'] === true ? 'irreversible' : 'write';
}

export function shortened(description: string): string {
  const line = description.replaceAll(/\s+/g, ' ').trim();
  if (line.length <= DESCRIPTION_CHARACTERS_MAX) return line;
  return `${line.slice(0, DESCRIPTION_CHARACTERS_MAX - 1)}…`;
}

function argumentNames(schema: JsonObject): string[] {
  const { properties } = schema;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}
