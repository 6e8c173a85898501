// Owns the one table of models: default names, context windows, prices. Refuses guesses: a price
// that is not published for certain is absent, and its cost counts as unknown.

import type { Usage } from '@opencomputer/contracts';

/** United States dollars per million tokens, list price. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Input that was read from the provider's cache. */
  readonly cached: number;
  /** Input that was written to it; absent: as other input. */
  readonly written?: number;
  /** Above so many input tokens the whole request costs more by these factors. */
  readonly long?: { readonly tokens: number; readonly input: number; readonly output: number };
}

/** What is known of a model; found by its name or by the longest name that it begins with. */
export interface ModelFacts {
  readonly contextTokens: number;
  readonly price?: ModelPrice;
}

/** The model of a provider when none is named. */
export const defaultModels: Readonly<Record<string, string>> = {
  openai: 'gpt-6-sol',
  anthropic: 'claude-sonnet-5-5',
  google: 'gemini-3.8-flash',
};

const gpt6Long = { tokens: 272_000, input: 2, output: 1.5 };
const sonnet4: ModelPrice = { input: 3, cached: 0.3, written: 3.75, output: 15 };
const opus4: ModelPrice = { input: 5, cached: 0.5, written: 6.25, output: 25 };

/** Prices of September 2026 from the price pages of OpenAI, Anthropic and Google. */
const facts: Readonly<Record<string, ModelFacts>> = {
  'gpt-6-sol': {
    contextTokens: 1_050_000,
    price: { input: 2, cached: 0.2, written: 2.5, output: 10, long: gpt6Long },
  },
  'gpt-6-luna': {
    contextTokens: 1_050_000,
    price: { input: 0.1, cached: 0.01, written: 0.125, output: 0.5, long: gpt6Long },
  },
  'gpt-6': { contextTokens: 1_050_000 },
  'gpt-5.6-luna': {
    contextTokens: 1_050_000,
    price: { input: 0.2, cached: 0.02, written: 0.25, output: 1.2, long: gpt6Long },
  },
  'gpt-5.6': { contextTokens: 1_050_000 },
  'gpt-5.2': { contextTokens: 400_000, price: { input: 1.75, cached: 0.175, output: 14 } },
  'gpt-5.2-pro': { contextTokens: 400_000 },
  'gpt-5': { contextTokens: 400_000 },
  'gpt-5-mini': { contextTokens: 400_000, price: { input: 0.25, cached: 0.025, output: 2 } },
  'gpt-4.1': { contextTokens: 1_047_576, price: { input: 2, cached: 0.5, output: 8 } },
  'gpt-4.1-mini': { contextTokens: 1_047_576, price: { input: 0.4, cached: 0.1, output: 1.6 } },
  'gpt-4.1-nano': { contextTokens: 1_047_576, price: { input: 0.1, cached: 0.025, output: 0.4 } },
  'gpt-4o': { contextTokens: 128_000, price: { input: 2.5, cached: 1.25, output: 10 } },
  'gpt-4o-mini': { contextTokens: 128_000, price: { input: 0.15, cached: 0.075, output: 0.6 } },
  'gpt-4o-audio': { contextTokens: 128_000 },
  'gpt-4o-realtime': { contextTokens: 128_000 },
  'gpt-4o-mini-': { contextTokens: 128_000 },
  'claude-': { contextTokens: 200_000 },
  'claude-fable-5': { contextTokens: 1_000_000 },
  'claude-opus-5': { contextTokens: 1_000_000 },
  'claude-opus-5-5': {
    contextTokens: 1_000_000,
    price: { input: 4, cached: 0.4, written: 5, output: 20 },
  },
  'claude-sonnet-5': {
    contextTokens: 1_000_000,
    price: { input: 2, cached: 0.2, written: 2.5, output: 10 },
  },
  'claude-sonnet-5-5': {
    contextTokens: 1_000_000,
    price: { input: 2, cached: 0.2, written: 2.5, output: 10 },
  },
  'claude-sonnet-4-5': { contextTokens: 200_000, price: sonnet4 },
  'claude-sonnet-4-6': { contextTokens: 200_000, price: sonnet4 },
  'claude-opus-4-5': { contextTokens: 200_000, price: opus4 },
  'claude-opus-4-6': { contextTokens: 200_000, price: opus4 },
  'claude-opus-4-7': { contextTokens: 200_000, price: opus4 },
  'claude-haiku-4-5': {
    contextTokens: 200_000,
    price: { input: 1, cached: 0.1, written: 1.25, output: 5 },
  },
  'gemini-': { contextTokens: 1_048_576 },
};

/** The facts of a model, or undefined. A dated name has the facts of the name it begins with. */
export function modelFacts(model: string): ModelFacts | undefined {
  const name = model.slice(model.lastIndexOf('/') + 1);
  let best = '';
  for (const known of Object.keys(facts)) {
    if (known.length > best.length && name.startsWith(known)) best = known;
  }
  const found = facts[best];
  if (!found || best === name || isDated(name.slice(best.length))) return found;
  return { contextTokens: found.contextTokens };
}

function isDated(rest: string): boolean {
  return /^-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/.test(rest);
}

/** What a call cost, in dollars; undefined when the price is unknown. */
export function costOf(
  price: ModelPrice | undefined,
  usage: Omit<Usage, 'cost'>,
  writtenTokens = 0,
): number | undefined {
  if (!price) return undefined;
  const long = price.long && usage.inputTokens > price.long.tokens ? price.long : undefined;
  const plain = Math.max(0, usage.inputTokens - usage.cachedTokens - writtenTokens);
  const input =
    plain * price.input +
    usage.cachedTokens * price.cached +
    writtenTokens * (price.written ?? price.input);
  const output = usage.outputTokens * price.output;
  return (input * (long?.input ?? 1) + output * (long?.output ?? 1)) / 1_000_000;
}
