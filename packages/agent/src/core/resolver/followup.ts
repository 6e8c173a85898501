// Owns what a reply to the agent's own question means: yes, no, one of the choices, or the missing
// value. Refuses to hold a person to the question: anything else is a new message.

import type { Expectation, IntentResult, Plan } from '@opencomputer/contracts';
import type { InstalledIntent } from '@opencomputer/contracts/internal';
import { namedIn } from './candidates.ts';
import { planIntent, planTool, plainSlots } from './resolver.ts';
import type { ResolveInput } from './resolver.ts';

const yes = /^(?:y|yes|yep|yeah|yup|sure|ok|okay|please|do it|go ahead|correct|right|exactly)\b/i;
const no = /^(?:n|no|nope|nah|cancel|stop|never ?mind|don'?t|forget it|wrong)\b/i;
/** A reply longer than this is a new message, whatever it begins with. */
const replyWordsMax = 6;

/**
 * The plan for a reply to `expectation`, or nothing when the message is about something else.
 * `answer` is the parse of the message as a value for the slot that was asked for.
 */
export function planFollowUp(
  expectation: Expectation,
  input: ResolveInput,
  answer: IntentResult | undefined,
): Plan | undefined {
  const { intent, slots } = expectation;
  const text = input.text.trim();
  const short = text.split(/\s+/).length <= replyWordsMax;
  if (short && no.test(text)) return { type: 'answer', text: 'All right, I left it.' };
  switch (expectation.type) {
    case 'confirm':
      return short && yes.test(text) ? planIntent(input, intent, slots) : undefined;
    case 'choose':
      return chosen(expectation, input);
    case 'slot': {
      if (isAnother(input.parsed, intent)) return undefined;
      const filled = { ...slots, ...(answer && plainSlots(answer)) };
      const missing = requiredOf(input.intents, intent).find((name) => !(name in filled));
      if (missing === undefined) return planIntent(input, intent, filled);
      if (missing === expectation.slot) return undefined;
      const declared = input.intents.find(({ declaration }) => declaration.name === intent);
      const ask = declared?.declaration.slots[missing]?.ask ?? `What is the ${missing}?`;
      const next: Expectation = { type: 'slot', intent, slot: missing, slots: filled };
      return { type: 'question', text: ask, expectation: next };
    }
  }
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

function isAnother(parsed: IntentResult, intent: string): boolean {
  return (parsed.kind === 'act' || parsed.kind === 'ask-slot') && parsed.intent !== intent;
}

function requiredOf(intents: readonly InstalledIntent[], intent: string): readonly string[] {
  const declared = intents.find(({ declaration }) => declaration.name === intent);
  return Object.entries(declared?.declaration.slots ?? {})
    .filter(([, slot]) => slot.required)
    .map(([name]) => name);
}
