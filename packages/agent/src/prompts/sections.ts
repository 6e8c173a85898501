// Owns the ledger of a request: what each part of it weighs, for `agent context`. Refuses to change
// or hide anything: the sections are the request.

import type { Message } from '@opencomputer/contracts';
import type { ContextSection, ModelRequest } from '@opencomputer/contracts/internal';

/** The sections of a request, in the order in which they are sent. */
export function sectionsOf(
  request: ModelRequest,
  tokensOf: (characters: number) => number,
): readonly ContextSection[] {
  const section = (name: string, text: string): ContextSection => {
    return { name, text, characters: text.length, tokens: tokensOf(text.length) };
  };
  const tools = request.tools.map((tool) => section(`tool ${tool.name}`, JSON.stringify(tool)));
  const past = request.messages.slice(0, -1);
  const current = request.messages.slice(-1);
  return [
    section('system prompt', request.system),
    ...tools,
    ...(past.length > 0 ? [section(`conversation (${past.length})`, inWords(past))] : []),
    ...(current.length > 0 ? [section('message', inWords(current))] : []),
  ];
}

function inWords(messages: readonly Message[]): string {
  return messages.map(wordsOf).join('\n');
}

function wordsOf(message: Message): string {
  if (message.role === 'user') return `user: ${message.text}`;
  if (message.role === 'tool') return `${message.tool}: ${message.outcome.text}`;
  const parts = message.parts.map((part) =>
    part.type === 'tool-call'
      ? `${part.call.tool}(${JSON.stringify(part.call.arguments)})`
      : part.text,
  );
  return `assistant: ${parts.join(' ')}`;
}
