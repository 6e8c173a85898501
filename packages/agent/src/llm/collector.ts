// Owns putting the parts of a stream together, and telling about them as they arrive. Refuses more
// characters than its bound, and an answer that ends without saying that it has ended.

import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { AgentError } from '@opencomputer/contracts';
import type { ModelDelta } from '@opencomputer/contracts/internal';
import type { RawAnswer, RawPart } from './answer.ts';

/** Takes stream parts one by one. */
export interface Collector {
  /** Throws `MODEL_TOO_LONG` at the bound, and the error of an `error` part. */
  add(part: LanguageModelV4StreamPart): void;
  /** The whole answer; throws `MODEL_ANSWER` when the stream ended early. */
  finish(): RawAnswer;
}

/** How the parts are told. */
export interface CollectorOptions {
  /** Ids of deltas begin with it, so that two attempts never share an id. */
  readonly idPrefix: string;
  readonly charactersMax: number;
  readonly onDelta: (delta: ModelDelta) => void;
}

type Kind = 'text' | 'reasoning';
type RawCall = Extract<RawPart, { type: 'tool-call' }>;
type CallPart = Extract<LanguageModelV4StreamPart, { type: 'tool-call' }>;

interface GrowingPart {
  readonly type: Kind;
  text: string;
  metadata: unknown;
}

/** A call in our form; the arguments stay the text that they are. */
export function toRawCall(part: CallPart): RawCall {
  const { toolCallId: id, toolName: tool, input, providerMetadata: metadata } = part;
  return { type: 'tool-call', id, tool, input, metadata };
}

/** The error for an answer that is too long, whatever it is made of. */
export function tooLong(charactersMax: number): AgentError {
  return new AgentError('MODEL_TOO_LONG', { bytesMax: charactersMax });
}

/** A collector that has seen nothing. */
export function createCollector(options: CollectorOptions): Collector {
  const parts: (GrowingPart | RawCall)[] = [];
  const growing = new Map<string, GrowingPart>();
  let characters = 0;
  let end: Pick<RawAnswer, 'finish' | 'usage'> | undefined;
  const count = (length: number): void => {
    characters += length;
    if (characters > options.charactersMax) throw tooLong(options.charactersMax);
  };
  const partOf = (type: Kind, id: string): GrowingPart => {
    const known = growing.get(`${type} ${id}`);
    if (known) return known;
    const part: GrowingPart = { type, text: '', metadata: undefined };
    growing.set(`${type} ${id}`, part);
    parts.push(part);
    return part;
  };
  const grow = (type: Kind, value: { id: string; delta: string; providerMetadata?: object }) => {
    const part = partOf(type, value.id);
    part.metadata = merge(part.metadata, value.providerMetadata);
    if (value.delta === '') return;
    count(value.delta.length);
    part.text += value.delta;
    const id = `${options.idPrefix}${type === 'text' ? 't' : 'r'}${parts.indexOf(part)}`;
    options.onDelta({ type: `${type}-delta`, id, delta: value.delta });
  };
  const note = (type: Kind, value: { id: string; providerMetadata?: object }): void => {
    const part = partOf(type, value.id);
    part.metadata = merge(part.metadata, value.providerMetadata);
  };
  const close = (type: Kind, value: { id: string; providerMetadata?: object }): void => {
    note(type, value);
    growing.delete(`${type} ${value.id}`);
  };
  const handlers: Handlers = {
    'text-start': (value) => note('text', value),
    'text-delta': (value) => grow('text', value),
    'text-end': (value) => close('text', value),
    'reasoning-start': (value) => note('reasoning', value),
    'reasoning-delta': (value) => grow('reasoning', value),
    'reasoning-end': (value) => close('reasoning', value),
    'tool-input-delta': (value) => count(value.delta.length),
    'tool-call': (value) => {
      if (!value.providerExecuted) parts.push(toRawCall(value));
    },
    error: ({ error }) => {
      throw error;
    },
    finish: (value) => (end = { finish: value.finishReason, usage: value.usage }),
  };
  return {
    // Sources, files and provider tools have no place in our contract and have no handler.
    add: (value) => (handlers[value.type] as ((part: typeof value) => void) | undefined)?.(value),
    finish: () => {
      if (!end) throw new AgentError('MODEL_ANSWER', { problem: 'it ended early' });
      return { parts: parts.filter(isWorthKeeping), ...end };
    },
  };
}

type Handlers = {
  [Type in LanguageModelV4StreamPart['type']]?: (
    value: Extract<LanguageModelV4StreamPart, { type: Type }>,
  ) => void;
};

function isWorthKeeping(part: GrowingPart | RawCall): boolean {
  return part.type === 'tool-call' || part.text !== '' || part.metadata !== undefined;
}

/** Ids come with the start of a part, signatures with its end: joined by namespace. */
function merge(before: unknown, after: object | undefined): unknown {
  if (!after) return before;
  const joined: Record<string, object> = { ...(before as Record<string, object> | undefined) };
  for (const [name, facts] of Object.entries(after) as [string, object][]) {
    joined[name] = { ...joined[name], ...facts };
  }
  return joined;
}
