// Owns the first step of a turn: from a message to what it means and what is to be done about it.
// Refuses clocks, models and tools: it proposes a plan, and the turn takes it from there.

import type { Expectation, InboundMessage, IntentResult, Plan } from '@opencomputer/contracts';
import type { InstalledIntent } from '@opencomputer/contracts/internal';
import type { ParseDates } from './intents/mention.ts';
import { parseIntent } from './intents/parser.ts';
import type { IntentParser } from './intents/parser.ts';
import { planFollowUp } from './resolver/followup.ts';
import { resolvePlan } from './resolver/resolver.ts';
import type { Priors } from './resolver/candidates.ts';

/** What a message is understood with. */
export interface UnderstandInput {
  readonly message: InboundMessage;
  readonly expectation: Expectation | undefined;
  readonly parser: IntentParser;
  readonly parseDates: ParseDates;
  readonly intents: readonly InstalledIntent[];
  readonly modelConnected: boolean;
  /** What worked before, for an intent. */
  readonly priorsOf: (intent: string) => Promise<Priors>;
}

/** What a message means, and the plan for it. */
export interface Understood {
  readonly parsed: IntentResult;
  readonly plan: Plan;
}

/** Understands a message; the answer to a question of the agent's is understood as such. */
export async function understand(input: UnderstandInput): Promise<Understood> {
  const { message, expectation, parser, parseDates, intents, modelConnected } = input;
  const { text, at: now, timeZone } = message;
  const asked = expectation && { expectation };
  const parsed = parseIntent(parser, { text, now, timeZone, parseDates, ...asked });
  const competing = intents.filter(({ declaration }) => declaration.name === parsed.intent);
  const priors = competing.length > 1 ? await input.priorsOf(parsed.intent ?? '') : {};
  const callId = `call_${message.id.slice(-8)}_0_0`;
  const resolving = { text, parsed, intents, priors, modelConnected, callId };
  const followUp = expectation && planFollowUp(expectation, resolving);
  return { parsed, plan: followUp ?? resolvePlan(resolving) };
}

/** A message that the fast path may not touch: to the model, or an answer when there is none. */
export function leaveToModel(modelConnected: boolean, reason: string): Understood {
  const parsed: IntentResult = {
    kind: 'unknown',
    confidence: 0,
    slots: {},
    missing: [],
    alternatives: [],
    reason,
  };
  const resolving = { text: '', parsed, intents: [], priors: {}, modelConnected, callId: '' };
  return { parsed, plan: resolvePlan(resolving) };
}

/** A command that the person typed, as the plan that runs it as it stands. */
export function typedCommand(messageId: string, command: string, tool: string): Understood {
  const call = { callId: `call_${messageId.slice(-8)}_0_0`, tool, arguments: { command } };
  const { parsed } = leaveToModel(true, 'a command was typed');
  return { parsed, plan: { type: 'tool', call, intent: 'command', candidates: [] } };
}
