// Owns reading an OpenAI chat completion request: the words to answer and how the answer is wanted.
// Refuses content other than text and more than one choice; what it does not know it ignores.

import { AgentError } from '@opencomputer/contracts';
import * as z from 'zod';

/** What a chat completion request asks of the agent. */
export interface ChatRequest {
  /** The last message of the user; the agent knows the earlier ones of its conversation. */
  readonly text: string;
  /** Picks the conversation; absent: a new one. */
  readonly user?: string;
  /** Echoed in the answer. */
  readonly model: string;
  readonly stream: boolean;
  /** A last chunk of a streamed answer carries the usage. */
  readonly includeUsage: boolean;
}

const messagesMax = 10_000;
const nameCharactersMax = 256;
const modelDefault = 'opencomputer';

const contentPart = z.looseObject({ type: z.string(), text: z.string().optional() });
const body = z.object({
  model: z.string().min(1).max(nameCharactersMax).nullish(),
  user: z.string().min(1).max(nameCharactersMax).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.literal(1).nullish(),
  messages: z
    .array(
      z.object({
        role: z.string(),
        content: z.union([z.string(), z.array(contentPart)]).nullish(),
      }),
    )
    .max(messagesMax),
});

/** Throws INPUT_INVALID naming the field, or INPUT_EMPTY when no user message has text. */
export function readChatRequest(value: unknown): ChatRequest {
  const result = body.safeParse(value);
  if (!result.success) throw invalid(describe(result.error));
  const { model, user, stream, stream_options: streamOptions, messages } = result.data;
  const text = textOf(messages.findLast(({ role }) => role === 'user')?.content ?? '');
  if (text.trim() === '') throw new AgentError('INPUT_EMPTY');
  return {
    text,
    ...(user ? { user } : {}),
    model: model ?? modelDefault,
    stream: stream ?? false,
    includeUsage: streamOptions?.include_usage ?? false,
  };
}

function textOf(content: string | readonly z.infer<typeof contentPart>[]): string {
  if (typeof content === 'string') return content;
  const other = content.find(({ type, text }) => type !== 'text' || text === undefined);
  if (other !== undefined) {
    throw invalid(`content of type "${other.type.slice(0, 40)}" is not accepted, only text is`);
  }
  return content.map(({ text }) => text).join('\n');
}

/** The first problem, with its path, such as `messages.0.role: expected string`. */
export function describe(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'it does not have the expected shape';
  const path = issue.path.map(String).join('.');
  const problem = issue.message.replace(/^Invalid input: /, '');
  return path === '' ? problem : `${path}: ${problem}`;
}

function invalid(problem: string): AgentError {
  return new AgentError('INPUT_INVALID', { problem });
}
