// Owns the form in which an author writes a tool: a declaration or its name, and a handler. Refuses
// anything but a pairing: what a tool may do stands in the manifest.

import type { ToolDeclaration, ToolHandler } from '@opencomputer/contracts';

/** A declaration with what an author must say; the rest has the defaults of the manifest. */
export type ToolOutline = Pick<ToolDeclaration, 'name' | 'description' | 'input'> &
  Partial<ToolDeclaration>;

/** A tool with its handler, ready to be served. */
export interface PluginTool {
  readonly name: string;
  /** Absent: read from `manifest.json` beside the program. */
  readonly outline?: ToolOutline;
  readonly handler: ToolHandler;
}

/**
 * Makes a tool. With a name only, its description and schema are those of the manifest.
 * The handler must return a refusal for what it will not do, throw only for defects, and stop on
 * `context.signal`; its arguments were checked against the schema by the host.
 */
export function tool(declaration: string | ToolOutline, handler: ToolHandler): PluginTool {
  if (typeof declaration === 'string') return { name: declaration, handler };
  return { name: declaration.name, outline: declaration, handler };
}
