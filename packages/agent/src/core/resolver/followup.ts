// Owns what a reply to the agent's own question means beyond a value: no, or one of the choices.
// Refuses to hold a person to the question: anything else is a new message.

import type { Expectation, Plan, ToolCall } from '@opencomputer/contracts';
import { declines } from '../intents/answers.ts';
import { namedIn } from './candidates.ts';
import { planTool } from './resolver.ts';
import type { ResolveInput } from './resolver.ts';

const again =
  /^(?:please )?(?:(?:do|run|try|send|repeat) (?:it|that)(?: once more| again)|(?:try )?again|retry(?: it| that)?|repeat (?:it|that))(?: please)?[.! ]*$/i;

/** The plan for a reply to `expectation`, or nothing when the message is about something else. */
export function planFollowUp(expectation: Expectation, input: ResolveInput): Plan | undefined {
  const text = input.text.trim();
  const { call, outcome = '' } = expectation;
  if (call !== undefined && again.test(text)) return planAgain({ call, outcome }, input.callId);
  if (declines(text) && input.parsed.kind !== 'act') {
    const decides = call !== undefined && { decides: { outcome, how: 'drop' as const } };
    return { type: 'answer', text: 'All right, I left it.', ...decides };
  }
  return expectation.type === 'choose' ? chosen(expectation, input) : undefined;
}

/** The same call once more, as a new one: policy decides about it as about any other. */
export function planAgain(
  { call, outcome }: { readonly call: ToolCall; readonly outcome: string },
  callId: string,
): Plan {
  const decides = { outcome, how: 'retry' as const };
  return { type: 'tool', call: { ...call, callId }, intent: 'again', candidates: [], decides };
}

function chosen(expectation: Expectation, input: ResolveInput): Plan | undefined {
  const among = expectation.candidates ?? [];
  const offered = input.intents.filter(
    ({ plugin, declaration }) =>
      declaration.name === expectation.intent && among.some((one) => one.plugin === plugin),
  );
  const ordinal = /^\s*(?:the\s+)?(?:(first|1st|1)|(second|2nd|2))\b/i.exec(input.text);
  const byPlace = ordinal && among[ordinal[1] ? 0 : 1]?.plugin;
  const exact = offered.find(
    ({ plugin }) => plugin === byPlace || plugin === input.text.trim().toLowerCase(),
  );
  const named = exact ?? offered.find((intent) => namedIn(input.text, intent) !== undefined);
  if (named === undefined) return undefined;
  return planTool(named, { ...expectation, callId: input.callId, candidates: among });
}
