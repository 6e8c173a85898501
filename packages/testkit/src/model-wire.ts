/**
 * Owns how an answer looks on the three wires that model servers speak, whole and as server-sent
 * events. Refuses faults: those are the server's, on top of what is rendered here.
 */
import type { CompleteAnswer } from './scripted-answer.ts';

/** OpenAI chat completions, OpenAI responses, Anthropic messages. */
export type WireName = 'chat' | 'responses' | 'messages';

/** One wire: where it listens and how it writes. */
export interface ModelWire {
  /** Path after the version, such as `/chat/completions`. */
  readonly path: string;
  /** The body of an answer that is not streamed. */
  whole(answer: CompleteAnswer, model: string): unknown;
  /** The events of a streamed answer, each a complete server-sent event. */
  events(answer: CompleteAnswer, model: string): string[];
  /** One more event with text, for streams that never end. */
  textEvent(text: string): string;
  failure(kind: string, message: string): unknown;
}

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

const CHAT_FINISH = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  refusal: 'content_filter',
} as const;

function chatUsage({ usage }: CompleteAnswer): unknown {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached },
  };
}

const chatChunk = (delta: unknown, finish: string | null = null, model = 'm'): string =>
  data({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });

const chat: ModelWire = {
  path: '/chat/completions',
  whole(answer, model) {
    const text = answer.deltas.join('');
    const refused = answer.finish === 'refusal';
    const message = {
      role: 'assistant',
      content: refused || text === '' ? null : text,
      ...(refused ? { refusal: text } : {}),
      ...(answer.reasoning === '' ? {} : { reasoning_content: answer.reasoning }),
      ...(answer.toolCalls.length === 0
        ? {}
        : {
            tool_calls: answer.toolCalls.map((call) => ({
              id: call.id,
              type: 'function',
              function: { name: call.name, arguments: call.arguments },
            })),
          }),
    };
    return {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model,
      choices: [{ index: 0, message, finish_reason: CHAT_FINISH[answer.finish] }],
      usage: chatUsage(answer),
    };
  },
  events(answer, model) {
    const key = answer.finish === 'refusal' ? 'refusal' : 'content';
    const events = [chatChunk({ role: 'assistant', content: '' }, null, model)];
    if (answer.reasoning !== '') events.push(chatChunk({ reasoning_content: answer.reasoning }));
    for (const delta of answer.deltas) events.push(chatChunk({ [key]: delta }));
    for (const [index, call] of answer.toolCalls.entries()) {
      const { id, name } = call;
      const start = { index, id, type: 'function', function: { name, arguments: '' } };
      events.push(chatChunk({ tool_calls: [start] }));
      for (const piece of halves(call.arguments)) {
        events.push(chatChunk({ tool_calls: [{ index, function: { arguments: piece } }] }));
      }
    }
    events.push(chatChunk({}, CHAT_FINISH[answer.finish]));
    events.push(data({ id: 'chatcmpl-1', model, choices: [], usage: chatUsage(answer) }));
    return [...events, 'data: [DONE]\n\n'];
  },
  textEvent: (text) => chatChunk({ content: text }),
  failure: (kind, message) => ({ error: { message, type: kind, code: kind, param: null } }),
};

function responsesItems(answer: CompleteAnswer): Record<string, unknown>[] {
  const text = answer.deltas.join('');
  const refused = answer.finish === 'refusal';
  const items: Record<string, unknown>[] = [];
  if (answer.reasoning !== '') {
    const summary = [{ type: 'summary_text', text: answer.reasoning }];
    items.push({ type: 'reasoning', id: 'rs_1', summary, encrypted_content: 'sealed' });
  }
  if (text !== '') {
    const part = refused
      ? { type: 'refusal', refusal: text }
      : { type: 'output_text', text, annotations: [] };
    items.push({ type: 'message', id: 'msg_1', role: 'assistant', content: [part] });
  }
  for (const { id, name, arguments: input } of answer.toolCalls) {
    items.push({
      type: 'function_call',
      id: `fc_${id}`,
      call_id: id,
      name,
      arguments: input,
      status: 'completed',
    });
  }
  return items;
}

const responses: ModelWire = {
  path: '/responses',
  whole(answer, model) {
    const incomplete = { length: 'max_output_tokens', refusal: 'content_filter' } as const;
    const reason =
      answer.finish === 'length' || answer.finish === 'refusal' ? incomplete[answer.finish] : null;
    return {
      id: 'resp_1',
      object: 'response',
      created_at: 1,
      model,
      status: reason ? 'incomplete' : 'completed',
      incomplete_details: reason ? { reason } : null,
      output: responsesItems(answer),
      usage: {
        input_tokens: answer.usage.input,
        output_tokens: answer.usage.output,
        input_tokens_details: { cached_tokens: answer.usage.cached },
        output_tokens_details: { reasoning_tokens: 0 },
      },
    };
  },
  events(answer, model) {
    const response = responses.whole(answer, model) as Record<string, unknown>;
    const open = { ...response, status: 'in_progress', output: [] };
    const plain: unknown[] = [{ type: 'response.created', response: open }];
    for (const [index, item] of responsesItems(answer).entries()) {
      const base = { output_index: index, item_id: item['id'] };
      const empty =
        item['type'] === 'message'
          ? { ...item, content: [] }
          : item['type'] === 'function_call'
            ? { ...item, arguments: '' }
            : { ...item, summary: [] };
      plain.push({ type: 'response.output_item.added', output_index: index, item: empty });
      plain.push(...responsesDeltas(answer, item, base));
      plain.push({ type: 'response.output_item.done', output_index: index, item });
    }
    const end = response['status'] === 'completed' ? 'completed' : 'incomplete';
    plain.push({ type: `response.${end}`, response });
    return plain.map((event, index) =>
      data({ sequence_number: index, ...(event as Record<string, unknown>) }),
    );
  },
  textEvent: (text) =>
    data({
      type: 'response.output_text.delta',
      output_index: 0,
      content_index: 0,
      item_id: 'msg_1',
      delta: text,
      logprobs: [],
    }),
  failure: (kind, message) => ({ error: { message, type: kind, code: kind, param: null } }),
};

function responsesDeltas(
  answer: CompleteAnswer,
  item: Record<string, unknown>,
  base: Record<string, unknown>,
): unknown[] {
  if (item['type'] === 'function_call') {
    return halves(String(item['arguments'])).map((delta) => ({
      type: 'response.function_call_arguments.delta',
      ...base,
      delta,
    }));
  }
  if (item['type'] === 'reasoning') {
    const part = { ...base, summary_index: 0 };
    return [
      { type: 'response.reasoning_summary_part.added', ...part },
      { type: 'response.reasoning_summary_text.delta', ...part, delta: answer.reasoning },
      { type: 'response.reasoning_summary_part.done', ...part },
    ];
  }
  const kind = answer.finish === 'refusal' ? 'refusal' : 'output_text';
  return answer.deltas.map((delta) => ({
    type: `response.${kind}.delta`,
    ...base,
    content_index: 0,
    delta,
    ...(kind === 'output_text' ? { logprobs: [] } : {}),
  }));
}

const MESSAGES_FINISH = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  refusal: 'refusal',
} as const;

const messages: ModelWire = {
  path: '/messages',
  whole(answer, model) {
    return {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model,
      content: messagesBlocks(answer).map(({ block, whole }) => ({ ...block, ...whole })),
      stop_reason: MESSAGES_FINISH[answer.finish],
      stop_sequence: null,
      usage: messagesUsage(answer),
    };
  },
  events(answer, model) {
    const event = (value: { type: string; [key: string]: unknown }) =>
      `event: ${value.type}\n${data(value)}`;
    const message = {
      ...(messages.whole(answer, model) as Record<string, unknown>),
      content: [],
      stop_reason: null,
      usage: { ...messagesUsage(answer), output_tokens: 1 },
    };
    const events = [event({ type: 'message_start', message }), event({ type: 'ping' })];
    for (const [index, { block, deltas }] of messagesBlocks(answer).entries()) {
      events.push(event({ type: 'content_block_start', index, content_block: block }));
      for (const delta of deltas) events.push(event({ type: 'content_block_delta', index, delta }));
      events.push(event({ type: 'content_block_stop', index }));
    }
    const delta = { stop_reason: MESSAGES_FINISH[answer.finish], stop_sequence: null };
    const usage = { output_tokens: answer.usage.output };
    events.push(event({ type: 'message_delta', delta, usage }));
    return [...events, event({ type: 'message_stop' })];
  },
  textEvent: (text) =>
    `event: content_block_delta\n${data({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text },
    })}`,
  failure: (kind, message) => ({ type: 'error', error: { type: kind, message } }),
};

function messagesUsage({ usage }: CompleteAnswer): Record<string, number> {
  return {
    input_tokens: usage.input - usage.cached,
    cache_read_input_tokens: usage.cached,
    cache_creation_input_tokens: 0,
    output_tokens: usage.output,
  };
}

/** A content block as it starts, its deltas, and what completes it when it is sent whole. */
interface MessagesBlock {
  readonly block: { type: string; [key: string]: unknown };
  readonly deltas: { type: string; [key: string]: unknown }[];
  readonly whole: Record<string, unknown>;
}

function messagesBlocks(answer: CompleteAnswer): MessagesBlock[] {
  const blocks: MessagesBlock[] = [];
  const { reasoning, deltas } = answer;
  if (reasoning !== '') {
    blocks.push({
      block: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        { type: 'thinking_delta', thinking: reasoning },
        { type: 'signature_delta', signature: 'signed' },
      ],
      whole: { thinking: reasoning, signature: 'signed' },
    });
  }
  if (deltas.length > 0) {
    blocks.push({
      block: { type: 'text', text: '' },
      deltas: deltas.map((text) => ({ type: 'text_delta', text })),
      whole: { text: deltas.join('') },
    });
  }
  for (const { id, name, arguments: input } of answer.toolCalls) {
    blocks.push({
      block: { type: 'tool_use', id, name, input: {} },
      deltas: halves(input).map((part) => ({ type: 'input_json_delta', partial_json: part })),
      whole: { input: parseOrText(input) },
    });
  }
  return blocks;
}

/** This wire sends arguments as JSON, not as text: a broken text stays a text. */
function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function halves(text: string): string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== '');
}

/** The wires by name. */
export const modelWires: Readonly<Record<WireName, ModelWire>> = { chat, responses, messages };
