import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssistantPart, Message, ToolOutcome } from '@opencomputer/contracts';
import type { ModelRequest } from '@opencomputer/contracts/internal';
import { outcomeText, toCallOptions } from './prompt.ts';
import type { PromptStyle } from './prompt.ts';

const style: PromptStyle = { origin: 'p/m', replaysReasoning: false };

function options(messages: readonly Message[], rest: Partial<ModelRequest & PromptStyle> = {}) {
  const request: ModelRequest = {
    system: 'Be helpful.',
    messages,
    tools: rest.tools ?? [],
    outputTokensMax: 10,
    trace: { turn: 't', step: 1 },
  };
  return toCallOptions(request, { ...style, ...rest });
}

const user = (text: string): Message => ({ role: 'user', text });
const says = (...parts: AssistantPart[]): Message => ({ role: 'assistant', parts });
const call = (callId: string, rest: object = {}): AssistantPart => ({
  type: 'tool-call',
  call: { callId, tool: 'add', arguments: { a: 1 } },
  ...rest,
});
const result = (callId: string, outcome: ToolOutcome = { status: 'done', text: '2' }): Message => ({
  role: 'tool',
  callId,
  tool: 'add',
  outcome,
});

/** Roles with the ids that they hold. */
function shape(messages: readonly Message[]): string[] {
  return options(messages).prompt.map((message) => {
    if (typeof message.content === 'string') return message.role;
    const ids = message.content.map((part) => ('toolCallId' in part ? part.toolCallId : part.type));
    return `${message.role} ${ids.join(' ')}`;
  });
}

test('a call and its results stay together, in the order of the calls', () => {
  assert.deepEqual(
    shape([user('x'), says(call('a'), call('b')), result('b'), user('wait'), result('a')]),
    ['system', 'user text', 'assistant a b', 'tool a b', 'user text'],
  );
});

test('a call without a result gets one that says so', () => {
  const { prompt } = options([user('x'), says(call('a')), user('y')]);
  assert.match(JSON.stringify(prompt[3]), /was not recorded/);
  assert.equal(prompt[3]?.role, 'tool');
});

test('a result without its call is told as text', () => {
  assert.deepEqual(shape([user('x'), result('a')]), ['system', 'user text', 'user text']);
});

test('ids that a server uses again in a later step belong to that step', () => {
  const { prompt } = options([
    user('x'),
    says(call('a')),
    result('a', { status: 'done', text: 'first' }),
    says(call('a')),
    result('a', { status: 'done', text: 'second' }),
  ]);
  assert.match(JSON.stringify(prompt[3]), /first/);
  assert.match(JSON.stringify(prompt[5]), /second/);
});

test('what was refused, failed or is unknown is flagged in words and as an error', () => {
  assert.equal(outcomeText({ status: 'refused', text: 'no' }), 'Refused: no');
  assert.equal(outcomeText({ status: 'failed', text: 'x', code: 'C' }), 'Failed (C): x');
  assert.match(outcomeText({ status: 'unknown', text: 'x' }), /^Unknown whether/);
  const { prompt } = options([
    user('x'),
    says(call('a')),
    result('a', { status: 'refused', text: 'no' }),
  ]);
  assert.match(JSON.stringify(prompt[3]), /"type":"error-text","value":"Refused: no"/);
});

test('tools are offered by name, whatever the order in which they come', () => {
  const tool = (name: string) => ({ name, description: name, input: { type: 'object' } });
  const names = (order: readonly string[]) =>
    options([user('x')], { tools: order.map(tool) }).tools?.map((offered) => offered.name);
  assert.deepEqual(names(['c', 'a', 'b']), ['a', 'b', 'c']);
});

test('the same input gives the same bytes', () => {
  const messages = [user('x'), says(call('a')), result('a')];
  const again = JSON.parse(JSON.stringify(messages)) as Message[];
  assert.equal(JSON.stringify(options(messages)), JSON.stringify(options(again)));
});

test('reasoning goes back to the model that made it, and to no other', () => {
  const reasoning = (model: string): AssistantPart => ({
    type: 'reasoning',
    text: 'why',
    metadata: { anthropic: { signature: 's' }, engine: { model } },
  });
  const own = options([user('x'), says(reasoning('p/m'), call('a')), result('a'), user('y')]);
  assert.match(JSON.stringify(own.prompt), /"signature":"s"/);
  assert.doesNotMatch(JSON.stringify(own.prompt), /engine/);
  const other = options([user('x'), says(reasoning('p/other'), call('a')), result('a')]);
  assert.doesNotMatch(JSON.stringify(other.prompt), /signature/);
});

test('unsigned reasoning is sent back within the running turn only, and only where it helps', () => {
  const part: AssistantPart = {
    type: 'reasoning',
    text: 'why',
    metadata: { engine: { model: 'p/m' } },
  };
  const turn = [user('x'), says(part, call('a')), result('a')];
  const sent = (messages: Message[], replaysReasoning: boolean) =>
    JSON.stringify(options(messages, { replaysReasoning })).includes('why');
  assert.equal(sent(turn, true), true);
  assert.equal(sent(turn, false), false);
  assert.equal(sent([...turn, user('y')], true), false);
});

test('metadata of text and calls goes back unchanged', () => {
  const metadata = { google: { thoughtSignature: 't' } };
  const { prompt } = options([user('x'), says(call('a', { metadata })), result('a')]);
  assert.match(JSON.stringify(prompt[2]), /"providerOptions":{"google":{"thoughtSignature":"t"}}/);
});

test('the cache is marked behind the system prompt and at the end', () => {
  const cacheMark = { anthropic: { cacheControl: { type: 'ephemeral' } } };
  const { prompt } = options([user('x'), says({ type: 'text', text: 'y' }), user('z')], {
    cacheMark,
  });
  const marked = prompt.map((message) => message.providerOptions !== undefined);
  assert.deepEqual(marked, [true, false, false, true]);
});
