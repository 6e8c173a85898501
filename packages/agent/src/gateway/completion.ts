// Owns the OpenAI wire of an answer: one completion, chunks as server-sent events, errors. Refuses
// to know where the words come from.

import { errorTable } from '@opencomputer/contracts';
import type { ErrorData, Usage } from '@opencomputer/contracts';

/** What every piece of one answer carries. */
export interface CompletionHead {
  readonly turn: string;
  readonly model: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** The pieces of a streamed answer, each a whole server-sent event. */
export interface CompletionChunks {
  readonly start: string;
  delta(text: string): string;
  finish(usage: Usage): string;
}

/** Ends every stream. */
const done = 'data: [DONE]\n\n';

/** A comment that clients skip; it keeps a quiet connection from being taken for a dead one. */
export const keepAliveEvent = ': keep-alive\n\n';

/** A whole answer as the body of a plain response. */
export function completion(head: CompletionHead, text: string, usage: Usage): string {
  return JSON.stringify({
    ...fields(head, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: usageOf(usage),
  });
}

/** Chunks of one answer. The envelope is serialised once; a delta costs one JSON string. */
export function completionChunks(head: CompletionHead, includeUsage: boolean): CompletionChunks {
  const envelope = JSON.stringify(fields(head, 'chat.completion.chunk')).slice(0, -1);
  const usageNull = includeUsage ? ',"usage":null' : '';
  const chunk = (delta: string, finish: string): string =>
    `data: ${envelope},"choices":[{"index":0,"delta":${delta},"logprobs":null,` +
    `"finish_reason":${finish}}]${usageNull}}\n\n`;
  return {
    start: chunk('{"role":"assistant","content":""}', 'null'),
    delta: (text) => chunk(`{"content":${stringOf(text)}}`, 'null'),
    finish: (usage) => {
      const total = includeUsage
        ? `data: ${envelope},"choices":[],"usage":${JSON.stringify(usageOf(usage))}}\n\n`
        : '';
      return `${chunk('{}', '"stop"')}${total}${done}`;
    },
  };
}

/** An error as the body of a response, in the shape that OpenAI clients read. */
export function failureBody(data: ErrorData): string {
  const { code, message, remedy } = data;
  return JSON.stringify({
    error: { message: `${message} ${remedy}`, type: failureType(data), param: null, code },
  });
}

/** An error after a stream has begun: clients raise it when they read it. */
export function failureEvent(data: ErrorData): string {
  return `data: ${failureBody(data)}\n\n${done}`;
}

/** Some clients cut lines at these three as well, which JSON leaves as they are. */
function stringOf(text: string): string {
  return JSON.stringify(text).replaceAll(/[\u0085\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function failureType({ code }: ErrorData): string {
  const { status } = errorTable[code];
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}

function fields({ turn, model, at }: CompletionHead, object: string): Record<string, unknown> {
  return { id: `chatcmpl-${turn}`, object, created: Math.floor(at / 1000), model };
}

function usageOf({ inputTokens, outputTokens, cachedTokens }: Usage): Record<string, unknown> {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
}
