// Owns the first step of a turn: from a message to what it means and what is to be done about it.
// Refuses clocks, models and tools: it proposes a plan, and the turn takes it from there.

import type { Expectation, InboundMessage, IntentResult, Plan } from '@opencomputer/contracts';
import type { InstalledIntent } from '@opencomputer/contracts/internal';
import type { ParseDates } from './intents/mention.ts';
import { parseIntent, refillSlots } from './intents/parser.ts';
import type { IntentParser, ParseInput } from './intents/parser.ts';
import { withoutNames } from './resolver/naming.ts';
import { planAgain, planFollowUp } from './resolver/followup.ts';
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
  const parsing = { text, now, timeZone, parseDates, ...asked };
  const parsed = parseNamed(parser, parsing, intents);
  const competing = intents.filter(({ declaration }) => declaration.name === parsed.intent);
  const priors = competing.length > 1 ? await input.priorsOf(parsed.intent ?? '') : {};
  const callId = `call_${message.id.slice(-8)}_0_0`;
  const resolving = { text, parsed, intents, priors, modelConnected, callId };
  const followUp = expectation && planFollowUp(expectation, resolving);
  return { parsed, plan: followUp ?? resolvePlan(resolving) };
}

/** Reads a message without the words that only say which plugin it is for. */
function parseNamed(
  parser: IntentParser,
  input: ParseInput,
  intents: readonly InstalledIntent[],
): IntentResult {
  const unnamed = withoutNames(input.text, intents);
  const parsed = parseIntent(parser, input);
  if (unnamed === undefined) return parsed;
  const competes = ({ intent }: IntentResult): boolean =>
    intents.filter(({ declaration }) => declaration.name === intent).length > 1;
  const blank = { ...input, text: unnamed.blank };
  // the common wording says best what is meant, the one with gaps what it is about
  const common = parseIntent(parser, { ...input, text: unnamed.common });
  const bare = parseIntent(parser, blank);
  const agreed = common.intent === bare.intent && bare.kind === 'act';
  if (competes(common) && !agreed) return refillSlots(parser, common, blank);
  return competes(bare) ? bare : parsed;
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

/** A call whose outcome is unknown, which the person wants done again. */
export function repeated(messageId: string, again: Parameters<typeof planAgain>[0]): Understood {
  const { parsed } = leaveToModel(true, 'the person wants it done again');
  return { parsed, plan: planAgain(again, `call_${messageId.slice(-8)}_0_0`) };
}

/** A command that the person typed, as the plan that runs it as it stands. */
export function typedCommand(messageId: string, command: string, tool: string): Understood {
  const call = { callId: `call_${messageId.slice(-8)}_0_0`, tool, arguments: { command } };
  const { parsed } = leaveToModel(true, 'a command was typed');
  return { parsed, plan: { type: 'tool', call, intent: 'command', candidates: [] } };
}
