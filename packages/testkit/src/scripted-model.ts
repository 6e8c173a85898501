/**
 * Owns a language model in this process (AI SDK provider interface V4) that says what its script
 * says, with deltas and faults. Refuses to judge: it records every call, and the test asserts.
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import { completeAnswer } from './scripted-answer.ts';
import type { CompleteAnswer, ScriptedAnswer } from './scripted-answer.ts';

/** One turn of the script: an answer, perhaps with a fault. */
export interface ScriptedTurn extends ScriptedAnswer {
  /** Rejects the call with this error. With `failAfterDeltas` the stream breaks later. */
  readonly error?: Error;
  /** Streamed only: so many deltas of text arrive before `error`. */
  readonly failAfterDeltas?: number;
  /** The answer begins when this resolves. */
  readonly gate?: Promise<unknown>;
  /** Never answers; ends only by the abort signal. */
  readonly hang?: boolean;
}

/** The script: turns in order, or a function of the call. Beyond its end the model throws. */
export type ModelScript =
  | readonly ScriptedTurn[]
  | ((options: LanguageModelV4CallOptions, call: number) => ScriptedTurn);

/** One recorded call. */
export interface RecordedCall {
  readonly options: LanguageModelV4CallOptions;
  readonly streamed: boolean;
}

/** The model, with what it was asked, in order. */
export interface ScriptedModel extends LanguageModelV4 {
  readonly calls: readonly RecordedCall[];
}

/** Makes a scripted model; `modelId` defaults to `scripted-1`. */
export function createScriptedModel(script: ModelScript, modelId = 'scripted-1'): ScriptedModel {
  const calls: RecordedCall[] = [];
  const begin = async (options: LanguageModelV4CallOptions, streamed: boolean) => {
    const index = calls.length;
    calls.push({ options, streamed });
    const turn = typeof script === 'function' ? script(options, index) : script[index];
    if (!turn) throw new Error(`the script has ${index} turns, and the model was called again`);
    options.abortSignal?.throwIfAborted();
    if (turn.hang) await rejectOnAbort(options.abortSignal);
    if (turn.gate) await Promise.race([turn.gate, rejectOnAbort(options.abortSignal)]);
    if (turn.error && (!streamed || turn.failAfterDeltas === undefined)) throw turn.error;
    return { turn, answer: completeAnswer(turn, index) };
  };
  return {
    specificationVersion: 'v4',
    provider: 'scripted',
    modelId,
    supportedUrls: {},
    calls,
    async doGenerate(options) {
      const { answer } = await begin(options, false);
      return {
        content: toContent(answer),
        finishReason: toFinish(answer),
        usage: toUsage(answer),
        warnings: [],
      };
    },
    async doStream(options) {
      const { turn, answer } = await begin(options, true);
      return { stream: toStream(turn, answer) };
    },
  };
}

function toContent(answer: CompleteAnswer): LanguageModelV4Content[] {
  const content: LanguageModelV4Content[] = [];
  if (answer.reasoning !== '') content.push({ type: 'reasoning', text: answer.reasoning });
  if (answer.deltas.length > 0) content.push({ type: 'text', text: answer.deltas.join('') });
  return [...content, ...toToolCalls(answer)];
}

function toToolCalls(
  answer: CompleteAnswer,
): { type: 'tool-call'; toolCallId: string; toolName: string; input: string }[] {
  return answer.toolCalls.map((call) => ({
    type: 'tool-call',
    toolCallId: call.id,
    toolName: call.name,
    input: call.arguments,
  }));
}

function toFinish(answer: CompleteAnswer): LanguageModelV4FinishReason {
  const unified = answer.finish === 'refusal' ? 'content-filter' : answer.finish;
  return { unified, raw: answer.finish };
}

function toUsage({ usage }: CompleteAnswer): LanguageModelV4Usage {
  return {
    inputTokens: {
      total: usage.input,
      noCache: usage.input - usage.cached,
      cacheRead: usage.cached,
      cacheWrite: 0,
    },
    outputTokens: { total: usage.output, text: usage.output, reasoning: 0 },
  };
}

function toStream(
  turn: ScriptedTurn,
  answer: CompleteAnswer,
): ReadableStream<LanguageModelV4StreamPart> {
  const parts = toStreamParts(turn, answer);
  return new ReadableStream<LanguageModelV4StreamPart>(
    {
      pull(controller) {
        const next = parts.next();
        if (!next.done) controller.enqueue(next.value);
        else if (turn.error) controller.error(turn.error);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

function* toStreamParts(
  turn: ScriptedTurn,
  answer: CompleteAnswer,
): Generator<LanguageModelV4StreamPart> {
  yield { type: 'stream-start', warnings: [] };
  if (answer.reasoning !== '') {
    yield { type: 'reasoning-start', id: 'r' };
    yield { type: 'reasoning-delta', id: 'r', delta: answer.reasoning };
    yield { type: 'reasoning-end', id: 'r' };
  }
  const deltas = answer.deltas.slice(0, turn.error ? turn.failAfterDeltas : undefined);
  if (deltas.length > 0) {
    yield { type: 'text-start', id: 't' };
    for (const delta of deltas) yield { type: 'text-delta', id: 't', delta };
  }
  if (turn.error) return;
  if (deltas.length > 0) yield { type: 'text-end', id: 't' };
  yield* toToolCalls(answer);
  yield { type: 'finish', finishReason: toFinish(answer), usage: toUsage(answer) };
}

function rejectOnAbort(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => {
      reject(new DOMException('This operation was aborted', 'AbortError'));
    };
    if (signal?.aborted) fail();
    else signal?.addEventListener('abort', fail, { once: true });
  });
}
