// Owns the words about a call that may have taken effect, and what the person can decide about it.
// Refuses to decide: it is done again only when the person says so.

import type { Expectation, Json, ToolCall } from '@opencomputer/contracts';

/** An argument is repeated up to this many characters. */
const valueCharactersMax = 200;

type Unknown = readonly { readonly call: ToolCall; readonly at: number }[];

/** What is known of the calls, and how to decide, in one paragraph. */
export function unknownWords(unknown: Unknown, timeZone: string): string {
  const lines = unknown.map(({ call, at }) => {
    const values = Object.entries(call.arguments).map(
      ([name, value]) => `${name}: ${short(value)}`,
    );
    const what = values.length > 0 ? ` with ${values.join(', ')}` : '';
    return `It is not known whether ${call.tool} took effect. It was started ${instant(at, timeZone)}${what}.`;
  });
  const how =
    unknown.length === 1
      ? 'Check, then say "do it again" or "leave it".'
      : 'Check, then decide about each with `agent pending`.';
  return [...lines, how].join(' ');
}

/** What the person may say next about a call. */
export function decisionAbout(turn: string, call: ToolCall): Expectation {
  const outcome = `${turn}/${call.callId}`;
  return { type: 'retry', intent: '', slots: {}, call, outcome };
}

function short(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > valueCharactersMax ? `${text.slice(0, valueCharactersMax)}…` : text;
}

/** Day and time as the person's clock showed them (ISO 8601, 24 hours). */
function instant(at: number, timeZone: string): string {
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(at);
  return `on ${text.replace(' ', ' at ')}`;
}
