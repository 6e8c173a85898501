// Owns the second opinion on what a person wants kept: the text alone, read without the words that ask.
// Refuses to find the intent: it only says when another one that keeps a text is commoner for this one.

import { classify, trainIntents } from './classifier.ts';
import type { IntentModel, LabelledUtterance } from './classifier.ts';
import { seededRandom } from './random.ts';
import { fillSlots } from './slots.ts';
import type { SlotPlan } from './filling.ts';

/** An intent that writes, with its plan and examples. */
export interface KeptBy {
  readonly intent: string;
  readonly plan: SlotPlan;
  readonly examples: readonly string[];
}

/** The intent that such a text is rather for; undefined where that is the given one or not known. */
export type ContentDoubt = (intent: string, text: string) => string | undefined;

/** How likely the other of two must be. Lower than even: to ask costs less than to keep it elsewhere. */
const otherMin = 0.4;
/** With fewer texts of its own an intent is left out. */
const textsMin = 20;
const seed = 7;
const noTimes = { now: 0, timeZone: 'UTC', parseDates: () => [] } as const;

/** The slot of an intent that takes one free text and nothing else. */
function onlyText({ slots }: SlotPlan): string | undefined {
  const [only, ...others] = Object.entries(slots);
  const [name, slot] = only ?? [];
  return others.length === 0 && slot?.type === 'text' && slot.required ? name : undefined;
}

/** The texts in an intent's plain examples; its templates have none of their own. */
function textsOf({ intent, plan, examples }: KeptBy, slot: string): LabelledUtterance[] {
  return examples.flatMap((example) => {
    if (example.includes('{')) return [];
    const { slots, sure } = fillSlots(plan, example, noTimes);
    const value = slots[slot]?.value;
    return sure && typeof value === 'string' ? [{ text: value, intent }] : [];
  });
}

/**
 * Learns what kind of text each intent keeps, for intents that take nothing but one text under the same
 * name: any message that fits one of them fits the others. Trains at the first question, which takes
 * about a tenth of a CPU second for 400 texts.
 */
export function learnContents(writes: readonly KeptBy[]): ContentDoubt {
  let models: ReadonlyMap<string, IntentModel> | undefined;
  return (intent, text) => {
    models ??= trainKinds(writes);
    const model = models.get(intent);
    if (model === undefined) return undefined;
    const { scores } = classify(model, text, model.labels.length);
    const own = scores.find((one) => one.intent === intent)?.score ?? 0;
    const other = scores.find((one) => one.intent !== intent);
    const doubted = other !== undefined && other.score > otherMin * (other.score + own);
    return doubted ? other.intent : undefined;
  };
}

/** A classifier of texts for each intent; those that compete share one. */
function trainKinds(writes: readonly KeptBy[]): ReadonlyMap<string, IntentModel> {
  const byShape = new Map<string, LabelledUtterance[][]>();
  for (const write of writes) {
    const slot = onlyText(write.plan);
    const texts = slot === undefined ? [] : textsOf(write, slot);
    if (slot === undefined || texts.length < textsMin) continue;
    byShape.set(slot, [...(byShape.get(slot) ?? []), texts]);
  }
  const models = new Map<string, IntentModel>();
  for (const competing of byShape.values()) {
    if (competing.length < 2) continue;
    const model = trainIntents(competing.flat(), { random: seededRandom(seed), holdOuts: 1 });
    for (const label of model.labels) models.set(label, model);
  }
  return models;
}
