// Owns asking a person at a terminal whether a call may run: all of it is shown, and silence is a
// no. Refuses to shorten what is approved.

import type { StreamPart } from '@opencomputer/contracts';
import type { TextOutput } from './command-context.ts';
import { sanitiseLine, visibleJson } from './sanitise.ts';
import type { Style } from './style.ts';
import type { TerminalLines } from './terminal-lines.ts';

/** An open question about a call. */
export type ApprovalAsk = Extract<StreamPart, { type: 'approval-ask' }>;

/** What a person decided. */
export type ApprovalAnswer =
  | { readonly approved: true }
  | { readonly approved: false; readonly reason?: string };

/** The lines that show a call before it is decided on; safe to print. */
export function approvalLines(ask: ApprovalAsk, style: Style): string[] {
  const name = style.bold(sanitiseLine(`${ask.plugin}/${ask.call.tool}`));
  const values = Object.entries(ask.call.arguments).flatMap(([key, value]) => {
    const [first = '', ...rest] = visibleText(value).split('\n');
    return [`    ${sanitiseLine(key)}: ${first}`, ...rest.map((line) => `      ${line}`)];
  });
  return [`${style.warn('?')} May ${name} run? ${sanitiseLine(ask.reason)}`, ...values];
}

/** A text as its own lines when nothing in it is invisible, else as JSON with escapes. */
function visibleText(value: unknown): string {
  if (typeof value !== 'string') return visibleJson(value);
  const json = visibleJson(value);
  const isPlain = value.trim() !== '' && !/\\u|\t|\r/.test(json.replaceAll('\\\\', ''));
  return isPlain && !json.includes('\\t') && !json.includes('\\r') ? value : json;
}

/** Reads a typed answer: yes, no (also nothing), or a reason for the no. */
export function parseAnswer(typed: string): ApprovalAnswer {
  const text = sanitiseLine(typed);
  if (/^(y|yes)$/i.test(text)) return { approved: true };
  if (/^(n|no)?$/i.test(text)) return { approved: false };
  return { approved: false, reason: text };
}

/** Asks, and resolves to undefined when the signal ends the question first. */
export async function askApproval(
  ask: ApprovalAsk,
  terminal: {
    readonly lines: TerminalLines;
    readonly output: TextOutput;
    readonly style: Style;
    readonly signal: AbortSignal;
  },
): Promise<ApprovalAnswer | undefined> {
  const { lines, output, style, signal } = terminal;
  output.write(`${approvalLines(ask, style).join('\n')}\n  [y]es, [N]o, or a reason for no: `);
  const typed = await lines.next(signal);
  if (typed === undefined) output.write('\n');
  return typed === undefined ? undefined : parseAnswer(typed);
}
