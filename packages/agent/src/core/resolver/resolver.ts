// Owns the step from an intent to a plan: straight to a tool, a question back, or the model.
// Refuses to run anything, and to choose where the person should.

import { AgentError } from '@opencomputer/contracts';
import type {
  CandidateScore,
  Expectation,
  IntentResult,
  Json,
  Plan,
} from '@opencomputer/contracts';
import type { InstalledIntent } from '@opencomputer/contracts/internal';
import { rankCandidates, tieDistance } from './candidates.ts';
import type { Priors } from './candidates.ts';

/** What a plan is made from. */
export interface ResolveInput {
  readonly text: string;
  readonly parsed: IntentResult;
  readonly intents: readonly InstalledIntent[];
  readonly priors: Priors;
  readonly modelConnected: boolean;
  /** Unique in the turn; becomes the call's id. */
  readonly callId: string;
}

/** Plain values of slots, with the words that they came from. */
export type FilledSlots = Expectation['slots'];

const noModel = (): Plan => ({ type: 'fail', error: new AgentError('MODEL_MISSING').toData() });

/** The plan for what was understood. */
export function resolvePlan(input: ResolveInput): Plan {
  const { parsed, modelConnected } = input;
  const installed = input.intents.filter(({ declaration }) => declaration.name === parsed.intent);
  const left =
    modelConnected && installed.some(({ declaration }) => declaration.when === 'no-model');
  if (parsed.kind === 'unknown' || parsed.intent === undefined || installed.length === 0 || left) {
    return modelConnected ? { type: 'model' } : noModel();
  }
  const slots = plainSlots(parsed);
  if (parsed.kind === 'act') return planIntent(input, parsed.intent, slots);
  if (modelConnected) return { type: 'model' };
  const declaration = installed[0]?.declaration;
  if (parsed.kind === 'confirm') {
    const what = lowerFirst(declaration?.description ?? parsed.intent);
    const text = `Did you mean: ${what} (yes or no)`;
    return {
      type: 'question',
      text,
      expectation: { type: 'confirm', intent: parsed.intent, slots },
    };
  }
  const slot = parsed.missing[0];
  if (slot === undefined) return planIntent(input, parsed.intent, slots);
  return {
    type: 'question',
    text: declaration?.slots[slot]?.ask ?? `What is the ${slot}?`,
    expectation: { type: 'slot', intent: parsed.intent, slot, slots },
  };
}

/** The plan for an intent whose slots are filled: the best plugin, or a question when two tie. */
export function planIntent(input: ResolveInput, intent: string, slots: FilledSlots): Plan {
  const installed = input.intents.filter(({ declaration }) => declaration.name === intent);
  const ranked = rankCandidates(installed, input.text, input.priors);
  const candidates = ranked.map(({ plugin, tool, score, reason }) => ({
    plugin,
    tool,
    score,
    reason,
  }));
  const [best, second] = ranked;
  if (best === undefined) return noModel();
  if (second !== undefined && best.score - second.score < tieDistance) {
    const tied = candidates.filter(({ score }) => best.score - score < tieDistance);
    return {
      type: 'question',
      text: `Which one: ${tied.map(({ plugin }) => plugin).join(' or ')}?`,
      expectation: { type: 'choose', intent, slots, candidates: tied },
    };
  }
  return planTool(best.intent, { ...input, intent, slots, candidates });
}

/** The plan that calls one plugin's tool for an intent. */
export function planTool(
  { declaration }: InstalledIntent,
  from: {
    readonly callId: string;
    readonly intent: string;
    readonly slots: FilledSlots;
    readonly candidates: readonly CandidateScore[];
  },
): Plan {
  const values: Record<string, Json> = { ...declaration.arguments };
  for (const [name, { value }] of Object.entries(from.slots)) {
    const slot = declaration.slots[name];
    if (slot !== undefined) values[slot.argument ?? name] = value;
  }
  const call = { callId: from.callId, tool: declaration.tool, arguments: values };
  return { type: 'tool', call, intent: from.intent, candidates: from.candidates };
}

/** Slots as plain values with their words. */
export function plainSlots(parsed: IntentResult): FilledSlots {
  return Object.fromEntries(
    Object.entries(parsed.slots).map(([name, { value, text }]) => [name, { value, text }]),
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
