/**
 * Owns the description of what a scripted model says, shared by the model in process and the model
 * server. Refuses wire formats: each wire renders the same answer in its own way.
 */

/** One call of a tool as a model would ask for it. */
export interface ScriptedToolCall {
  /** Absent: one is made from the position. */
  readonly id?: string;
  readonly name: string;
  /** An object is written as JSON; a string is sent as it is, so it may be broken on purpose. */
  readonly arguments: string | Readonly<Record<string, unknown>>;
}

/** What a model answers once. All members are optional: an empty object is an empty answer. */
export interface ScriptedAnswer {
  /** A list is streamed as these deltas; a text is split into words. */
  readonly text?: string | readonly string[];
  readonly reasoning?: string;
  readonly toolCalls?: readonly ScriptedToolCall[];
  /** Absent: `tool-calls` when there is a call, otherwise `stop`. */
  readonly finish?: ScriptedFinish;
  /** Absent: 100 in, 20 out, 0 cached. */
  readonly usage?: ScriptedUsage;
}

export type ScriptedFinish = 'stop' | 'length' | 'tool-calls' | 'refusal';

/** Tokens; `cached` is the part of `input` that was read from the cache. */
export interface ScriptedUsage {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
}

/** A scripted answer with every default filled in. */
export interface CompleteAnswer {
  readonly deltas: readonly string[];
  readonly reasoning: string;
  readonly toolCalls: readonly { id: string; name: string; arguments: string }[];
  readonly finish: ScriptedFinish;
  readonly usage: ScriptedUsage;
}

/** Fills the defaults; `request` (counted from 0) makes the ids of calls differ between answers. */
export function completeAnswer(answer: ScriptedAnswer, request: number): CompleteAnswer {
  const toolCalls = (answer.toolCalls ?? []).map((call, index) => ({
    id: call.id ?? `call_${request}_${index}`,
    name: call.name,
    arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
  }));
  return {
    deltas: toDeltas(answer.text),
    reasoning: answer.reasoning ?? '',
    toolCalls,
    finish: answer.finish ?? (toolCalls.length > 0 ? 'tool-calls' : 'stop'),
    usage: answer.usage ?? { input: 100, output: 20, cached: 0 },
  };
}

function toDeltas(text: string | readonly string[] | undefined): readonly string[] {
  if (text === undefined || text === '') return [];
  return typeof text === 'string' ? (text.match(/\s*\S+\s*$|\s*\S+|\s+/g) ?? []) : text;
}
