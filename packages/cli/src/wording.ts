// Owns how durations, amounts, times and tool calls are worded, in every command alike. Refuses
// figures that pretend to be exacter than they are.

import type { StreamPart, ToolCall, ToolOutcome, Usage } from '@opencomputer/contracts';
import { sanitiseLine } from './sanitise.ts';

/** `0.3 s`, `12 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `1,234 tokens, 0.0012 USD`; money is left out where its price is unknown. */
export function usageText(usage: Usage): string {
  const tokens = usage.inputTokens + usage.outputTokens;
  if (tokens === 0) return 'no model, 0 tokens';
  const money = usage.cost > 0 ? `, ${amount(usage.cost)} USD` : '';
  return `${count(tokens)} tokens (${count(usage.inputTokens)} in, ${count(usage.outputTokens)} out)${money}`;
}

/** `1,234`. */
export function count(value: number): string {
  return value.toLocaleString('en');
}

/** `1 tool`, `2 tools`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Dollars with as many places as a small price needs. */
export function amount(dollars: number): string {
  return dollars >= 0.1 ? dollars.toFixed(2) : dollars.toFixed(4);
}

/** Characters of one argument, so that a long one leaves room for the others. */
const ARGUMENT_UNITS_MAX = 60;

/** Members of a list or an object that are shown, and how deep. */
const MEMBERS_MAX = 6;
const DEPTH_MAX = 2;

/** The arguments of a call in a few words, `name: value`, for a line beside its name. */
export function argumentsText(call: ToolCall, unitsMax: number): string {
  const values = Object.entries(call.arguments);
  const each = values.length > 1 ? ARGUMENT_UNITS_MAX : unitsMax;
  const parts = values.map(([name, value]) =>
    // Cut before it is cleaned as well: a value may have a megabyte.
    shorten(sanitiseLine(`${name}: ${plainText(value, 0).slice(0, unitsMax * 4)}`), each),
  );
  return shorten(parts.join(', '), unitsMax);
}

/** A value without the quotes and most of the braces of JSON. */
function plainText(value: unknown, depth: number): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const isList = Array.isArray(value);
  const members: [string, unknown][] = Object.entries(value);
  if (depth >= DEPTH_MAX && members.length > 0) return isList ? '[…]' : '{…}';
  const shown = members.slice(0, MEMBERS_MAX).map(([name, member]) => {
    const text = plainText(member, depth + 1);
    return isList ? text : `${name}: ${text}`;
  });
  if (members.length > MEMBERS_MAX) shown.push('…');
  const text = shown.join(', ');
  return isList ? `[${text}]` : `{${text}}`;
}

/** The first words of a text, with an ellipsis where something is left out. */
export function shorten(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text;
  return `${text.slice(0, Math.max(0, unitsMax - 1)).toWellFormed()}…`;
}

/** `✓ done`, `✗ failed: …` and so on: the mark is read aloud by its word. */
export function outcomeText(outcome: ToolOutcome): string {
  if (outcome.status === 'done') return 'done';
  return `${outcome.status}: ${shorten(sanitiseLine(outcome.text), 200)}`;
}

/** How the fast path is told: what was understood, and that no model was needed. */
export function intentText(part: Extract<StreamPart, { type: 'intent-resolve' }>): string {
  return sanitiseLine(`${part.intent} → ${part.plugin}/${part.tool} (no model, 0 tokens)`);
}

/** A time of day today, else a date with it, in the person's zone and locale. */
export function timeText(
  at: number,
  options: { readonly now: number; readonly timeZone: string; readonly locale: string },
): string {
  const { locale, timeZone, now } = options;
  const day = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium' });
  const time = new Intl.DateTimeFormat(locale, { timeZone, timeStyle: 'short' });
  const isToday = day.format(at) === day.format(now);
  const text = isToday ? time.format(at) : `${day.format(at)} ${time.format(at)}`;
  return text.replaceAll('\u202f', ' ');
}
