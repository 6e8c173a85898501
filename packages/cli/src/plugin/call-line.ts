// Owns the reading of one line of `agent plugin run`: a tool and its arguments, or a word to the command.
// Refuses to guess arguments: they are one JSON object.

import type { JsonObject, ToolDeclaration } from '@opencomputer/contracts';
import { nearest } from '../nearest.ts';

/** What a line asks for. */
export type CallLine =
  | { readonly type: 'call'; readonly tool: ToolDeclaration; readonly input: JsonObject }
  | { readonly type: 'tools' | 'log' | 'nothing' }
  | { readonly type: 'wrong'; readonly problem: string };

/** Reads a line such as `calendar_greet {"name": "Ada"}`; arguments may be left out. */
export function readCallLine(line: string, tools: readonly ToolDeclaration[]): CallLine {
  const [, name = '', rest = ''] = /^\s*(\S*)\s*([^]*?)\s*$/.exec(line) ?? [];
  if (name === '' || name.startsWith('#')) return { type: 'nothing' };
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) {
    if (['tools', 'help', '?'].includes(name)) return { type: 'tools' };
    if (name === 'log') return { type: 'log' };
    const names = tools.map((each) => each.name);
    const meant = names.find((each) => each.endsWith(`_${name}`)) ?? nearest(name, names);
    const hint = meant === undefined ? '`tools` lists them.' : `Did you mean ${meant}?`;
    return { type: 'wrong', problem: `There is no tool "${name}". ${hint}` };
  }
  const input = rest === '' ? {} : parsed(rest);
  if (input !== undefined) return { type: 'call', tool, input };
  return { type: 'wrong', problem: `The arguments must be one JSON object: ${name} {"…": …}` };
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
