// Owns what a provider's answer becomes: parts in order, one finish reason, one usage. Refuses to
// judge arguments of tools: what is not a JSON object is passed on marked, and the turn says no.

import type { LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider';
import type { AssistantPart, FinishReason, JsonObject, Usage } from '@opencomputer/contracts';
import { costOf } from './catalogue.ts';
import type { ModelPrice } from './catalogue.ts';
import { originKey } from './prompt.ts';

/** The key under which arguments that are not a JSON object are passed on, as they came. */
export const invalidArgumentsKey = '$invalid';

/** A part as providers give it, whole or put together from a stream. */
export type RawPart =
  | { readonly type: 'text'; readonly text: string; readonly metadata?: unknown }
  | { readonly type: 'reasoning'; readonly text: string; readonly metadata?: unknown }
  | {
      readonly type: 'tool-call';
      readonly id: string;
      readonly tool: string;
      readonly input: string;
      readonly metadata?: unknown;
    };

/** A whole answer before it is interpreted. */
export interface RawAnswer {
  readonly parts: readonly RawPart[];
  readonly finish: LanguageModelV4FinishReason;
  readonly usage: LanguageModelV4Usage | undefined;
}

/** What the parts are made with. */
export interface PartOptions {
  /** `provider/model`, noted in reasoning, since that is bound to its model. */
  readonly origin: string;
  /** Ids of calls that the turn already has. */
  readonly taken: ReadonlySet<string>;
}

/**
 * Our parts. A call that came twice, the same in everything, is one call; two calls that only share
 * their id get ids of their own.
 */
export function toParts(raw: readonly RawPart[], options: PartOptions): AssistantPart[] {
  const parts: AssistantPart[] = [];
  const taken = new Set(options.taken);
  const calls = new Set<string>();
  for (const part of raw) {
    if (part.type === 'text') {
      if (part.text !== '') parts.push({ type: 'text', text: part.text, ...metadataOf(part) });
      continue;
    }
    if (part.type === 'reasoning') {
      const note = { [originKey]: { model: options.origin } };
      const metadata = { ...metadataOf(part).metadata, ...note };
      parts.push({ type: 'reasoning', text: part.text, metadata });
      continue;
    }
    const same = JSON.stringify([part.id, part.tool, part.input]);
    if (part.id !== '' && calls.has(same)) continue;
    calls.add(same);
    const call = {
      callId: freeId(part.id, taken),
      tool: part.tool,
      arguments: toArguments(part.input),
    };
    taken.add(call.callId);
    parts.push({ type: 'tool-call', call, ...metadataOf(part) });
  }
  return parts;
}

/** Arguments as an object; anything else becomes `{ "$invalid": "<the text>" }`. */
export function toArguments(input: string): JsonObject {
  if (input.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(input);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return isDeep(value) ? { [invalidArgumentsKey]: 'nested too deep' } : (value as JsonObject);
    }
    if (typeof value === 'string') return { [invalidArgumentsKey]: value };
  } catch {
    return { [invalidArgumentsKey]: input };
  }
  return { [invalidArgumentsKey]: input };
}

/** Deeper arguments are an attack on whoever walks them. */
const depthMax = 64;

/** True when a value is nested deeper than `depthMax`; goes level by level, without recursion. */
function isDeep(value: object): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > depthMax) return true;
    level = level.flatMap((entry): readonly unknown[] =>
      typeof entry === 'object' && entry !== null ? Object.values(entry) : [],
    );
  }
  return false;
}

function freeId(id: string, taken: ReadonlySet<string>): string {
  if (id !== '' && !taken.has(id)) return id;
  const stem = id === '' ? 'call' : id;
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}

function metadataOf({ metadata }: { metadata?: unknown }): { metadata?: JsonObject } {
  if (typeof metadata !== 'object' || metadata === null) return {};
  // Through JSON, so that a package's classes and undefined members never reach the record.
  const plain = JSON.parse(JSON.stringify(metadata)) as JsonObject;
  return Object.keys(plain).length > 0 ? { metadata: plain } : {};
}

/** One finish reason; undefined when the answer is broken off or failed. */
export function toFinish(
  { unified }: LanguageModelV4FinishReason,
  parts: readonly AssistantPart[],
): FinishReason | undefined {
  switch (unified) {
    case 'length':
      return 'length';
    case 'content-filter':
      return 'refusal';
    case 'error':
    case 'interrupted':
      return undefined;
    case 'stop':
    case 'tool-calls':
      return parts.some((part) => part.type === 'tool-call') ? 'tool-calls' : 'stop';
    case 'other':
      return 'other';
  }
}

/** True when there is nothing that a person or a tool could use. */
export function isEmpty(parts: readonly AssistantPart[], finish: FinishReason): boolean {
  if (finish === 'length' || finish === 'refusal') return false;
  return !parts.some(
    (part) => part.type === 'tool-call' || (part.type === 'text' && part.text.trim() !== ''),
  );
}

/** Tokens for a provider that reports none. */
export interface UsageEstimate {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Usage with its cost; `priced` is false when the price is unknown, and the cost is then 0. */
export function toUsage(
  usage: LanguageModelV4Usage | undefined,
  price: ModelPrice | undefined,
  estimate: UsageEstimate,
): { usage: Usage; priced: boolean } {
  const inputTokens = count(usage?.inputTokens.total) ?? estimate.inputTokens;
  const outputTokens = count(usage?.outputTokens.total) ?? estimate.outputTokens;
  const cachedTokens = Math.min(inputTokens, count(usage?.inputTokens.cacheRead) ?? 0);
  const counted = { inputTokens, outputTokens, cachedTokens };
  const cost = costOf(price, counted, count(usage?.inputTokens.cacheWrite));
  return { usage: { ...counted, cost: cost ?? 0 }, priced: cost !== undefined };
}

function count(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) && value >= 0
    ? Math.round(value)
    : undefined;
}
