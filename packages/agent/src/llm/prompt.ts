// Owns the way from our messages to the prompt of the provider interface: the same input always
// gives the same bytes. Refuses to separate a call from its result, whatever the history holds.

import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import type { AssistantPart, JsonObject, Message, ToolOutcome } from '@opencomputer/contracts';
import type { ModelRequest, OfferedTool } from '@opencomputer/contracts/internal';

/** How a backend wants its prompt. */
export interface PromptStyle {
  /** `provider/model`: reasoning of another model is not sent, since it is bound to its model. */
  readonly origin: string;
  /** Reasoning without a signature is sent back within the running turn (chat wire). */
  readonly replaysReasoning: boolean;
  /** Marks a place up to which the provider may cache. */
  readonly cacheMark?: SharedV4ProviderOptions;
}

/** The key under which the engine notes in a part's metadata which model made it. */
export const originKey = 'engine';

const LOST_RESULT = 'Failed: the result of this call was not recorded.';

/** Prompt and tools for one call; the order of tools is by name, whoever offers them. */
export function toCallOptions(
  request: ModelRequest,
  style: PromptStyle,
): Pick<LanguageModelV4CallOptions, 'prompt' | 'tools'> {
  const prompt = toPrompt(request, style);
  if (request.tools.length === 0) return { prompt };
  return { prompt, tools: sortTools(request.tools).map(toFunctionTool) };
}

/** Tools by name: a plugin that loads later must not move the others. */
export function sortTools(tools: readonly OfferedTool[]): OfferedTool[] {
  return tools.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function toFunctionTool({ name, description, input }: OfferedTool): LanguageModelV4FunctionTool {
  return { type: 'function', name, description, inputSchema: input };
}

function toPrompt(
  { system, messages }: ModelRequest,
  style: PromptStyle,
): LanguageModelV4Message[] {
  const prompt: LanguageModelV4Message[] = [];
  if (system !== '') prompt.push({ role: 'system', content: system });
  const turnStart = messages.findLastIndex((message) => message.role === 'user');
  for (const [index, message] of messages.entries()) {
    if (message.role === 'user') {
      prompt.push({ role: 'user', content: [{ type: 'text', text: message.text }] });
    } else if (message.role === 'assistant') {
      addAssistant(prompt, message.parts, { style, current: index > turnStart });
      addResults(prompt, messages, index);
    } else if (!hasCall(messages, index)) {
      const text = `Result of an earlier call of ${message.tool}: ${outcomeText(message.outcome)}`;
      prompt.push({ role: 'user', content: [{ type: 'text', text }] });
    }
  }
  markCache(prompt, style);
  return prompt;
}

function addAssistant(
  prompt: LanguageModelV4Message[],
  parts: readonly AssistantPart[],
  { style, current }: { style: PromptStyle; current: boolean },
): void {
  const content: Extract<LanguageModelV4Message, { role: 'assistant' }>['content'] = [];
  for (const part of parts) {
    const providerOptions = toProviderOptions(part.metadata);
    if (part.type === 'reasoning') {
      if (!keepsReasoning(part.metadata, style, current)) continue;
      content.push({ type: 'reasoning', text: part.text, ...providerOptions });
    } else if (part.type === 'text') {
      if (part.text !== '') content.push({ type: 'text', text: part.text, ...providerOptions });
    } else {
      const { callId: toolCallId, tool: toolName, arguments: input } = part.call;
      content.push({ type: 'tool-call', toolCallId, toolName, input, ...providerOptions });
    }
  }
  if (content.length > 0) prompt.push({ role: 'assistant', content });
}

function keepsReasoning(
  metadata: JsonObject | undefined,
  style: PromptStyle,
  current: boolean,
): boolean {
  const note = metadata?.[originKey] as { model?: string } | undefined;
  if (note?.model !== style.origin) return false;
  const signed = Object.keys(metadata ?? {}).length > 1;
  return signed || (style.replaysReasoning && current);
}

function toProviderOptions(metadata: JsonObject | undefined): {
  providerOptions?: SharedV4ProviderOptions;
} {
  if (!metadata) return {};
  const { [originKey]: _note, ...options } = metadata;
  return Object.keys(options).length > 0
    ? { providerOptions: options as SharedV4ProviderOptions }
    : {};
}

/** Adds the results of the calls of message `index`, in the order of the calls, right behind it. */
function addResults(
  prompt: LanguageModelV4Message[],
  messages: readonly Message[],
  index: number,
): void {
  const calls = callsOf(messages[index]);
  if (calls.length === 0) return;
  const outcomes = new Map<string, ToolOutcome>();
  for (let at = index + 1; at < messages.length; at += 1) {
    const message = messages[at];
    if (message?.role === 'assistant') break;
    if (message?.role === 'tool') outcomes.set(message.callId, message.outcome);
  }
  const content = calls.map((call): LanguageModelV4ToolResultPart => {
    const outcome = outcomes.get(call.callId);
    const type = outcome?.status === 'done' ? 'text' : 'error-text';
    const value = outcome ? outcomeText(outcome) : LOST_RESULT;
    const output = { type, value } as const;
    return { type: 'tool-result', toolCallId: call.callId, toolName: call.tool, output };
  });
  prompt.push({ role: 'tool', content });
}

/** True when the nearest assistant message before the result at `index` made its call. */
function hasCall(messages: readonly Message[], index: number): boolean {
  const result = messages[index];
  if (result?.role !== 'tool') return false;
  for (let at = index - 1; at >= 0; at -= 1) {
    if (messages[at]?.role !== 'assistant') continue;
    return callsOf(messages[at]).some((call) => call.callId === result.callId);
  }
  return false;
}

function callsOf(message: Message | undefined): { callId: string; tool: string }[] {
  if (message?.role !== 'assistant') return [];
  return message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.call] : []));
}

/** What the model reads: the text as it is when it is done, flagged otherwise. */
export function outcomeText(outcome: ToolOutcome): string {
  switch (outcome.status) {
    case 'done':
      return outcome.text === '' ? '(no output)' : outcome.text;
    case 'refused':
      return `Refused: ${outcome.text}`;
    case 'failed':
      return `Failed (${outcome.code}): ${outcome.text}`;
    case 'unknown':
      return `Unknown whether it took effect: ${outcome.text}`;
  }
}

/** One mark behind system and tools, which never change, and one at the end for the next step. */
function markCache(prompt: LanguageModelV4Message[], { cacheMark }: PromptStyle): void {
  if (!cacheMark) return;
  const first = prompt[0];
  if (first?.role === 'system') first.providerOptions = cacheMark;
  const last = prompt.at(-1);
  if (last && last !== first) last.providerOptions = cacheMark;
}
