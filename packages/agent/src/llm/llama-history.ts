// Owns the way from the provider interface's prompt to the history of node-llama-cpp, which keeps
// a call and its result in one item. Refuses files: a model in this process reads text.

import type { LanguageModelV4Prompt } from '@ai-sdk/provider';

/** A call with its result, as the model's own history has it. */
interface LlamaCall {
  readonly type: 'functionCall';
  readonly name: string;
  readonly params: unknown;
  result: unknown;
}

/** One item of the history. The last one is the model's, and is continued. */
export type LlamaHistoryItem =
  | { readonly type: 'system' | 'user'; readonly text: string }
  | { readonly type: 'model'; readonly response: (string | LlamaCall)[] };

/** The history of a prompt; results are put into the calls that they belong to. */
export function toHistory(prompt: LanguageModelV4Prompt): LlamaHistoryItem[] {
  const history: LlamaHistoryItem[] = [];
  const calls = new Map<string, LlamaCall>();
  for (const message of prompt) {
    if (message.role === 'system') history.push({ type: 'system', text: message.content });
    else if (message.role === 'user') {
      const texts = message.content.map((part) => (part.type === 'text' ? part.text : ''));
      history.push({ type: 'user', text: texts.join('\n') });
    } else if (message.role === 'assistant') {
      const response = modelItem(history);
      for (const part of message.content) {
        if (part.type === 'text') response.push(part.text);
        if (part.type !== 'tool-call') continue;
        const { toolName: name, toolCallId, input: params } = part;
        const call: LlamaCall = { type: 'functionCall', name, params, result: '' };
        calls.set(toolCallId, call);
        response.push(call);
      }
    } else {
      for (const part of message.content) {
        if (part.type !== 'tool-result') continue;
        const call = calls.get(part.toolCallId);
        if (call) call.result = 'value' in part.output ? part.output.value : '';
      }
    }
  }
  modelItem(history);
  return history;
}

/** The parts of the model's item at the end of the history; begins one when there is none. */
function modelItem(history: LlamaHistoryItem[]): (string | LlamaCall)[] {
  const last = history.at(-1);
  if (last?.type === 'model') return last.response;
  const response: (string | LlamaCall)[] = [];
  history.push({ type: 'model', response });
  return response;
}
