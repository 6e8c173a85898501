import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { createScriptedModel } from './scripted-model.ts';

const prompt: LanguageModelV4CallOptions = {
  prompt: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
};

test('the turns of the script are answered in order, and every call is recorded', async () => {
  const model = createScriptedModel([
    { toolCalls: [{ name: 'add', arguments: { a: 1 } }] },
    { text: 'two', reasoning: 'because' },
  ]);
  const first = await model.doGenerate(prompt);
  assert.deepEqual(first.content, [
    { type: 'tool-call', toolCallId: 'call_0_0', toolName: 'add', input: '{"a":1}' },
  ]);
  assert.equal(first.finishReason.unified, 'tool-calls');
  const second = await model.doGenerate(prompt);
  assert.deepEqual(
    second.content.map((part) => part.type),
    ['reasoning', 'text'],
  );
  assert.equal(model.calls.length, 2);
  await assert.rejects(async () => model.doGenerate(prompt), /the script has 2 turns/);
});

test('a stream gives the deltas one by one and ends with the usage', async () => {
  const model = createScriptedModel(() => ({ text: ['a', 'b'] }));
  const { stream } = await model.doStream(prompt);
  const types: string[] = [];
  for await (const part of stream) types.push(part.type);
  assert.deepEqual(types, [
    'stream-start',
    'text-start',
    'text-delta',
    'text-delta',
    'text-end',
    'finish',
  ]);
});

test('a fault breaks the stream after the deltas that are wanted', async () => {
  const model = createScriptedModel([
    { text: ['a', 'b', 'c'], error: new Error('cut'), failAfterDeltas: 2 },
  ]);
  const { stream } = await model.doStream(prompt);
  const seen: string[] = [];
  await assert.rejects(async () => {
    for await (const part of stream) if (part.type === 'text-delta') seen.push(part.delta);
  }, /cut/);
  assert.deepEqual(seen, ['a', 'b']);
});

test('a call that hangs ends when it is aborted', async () => {
  const model = createScriptedModel([{ hang: true }]);
  const controller = new AbortController();
  const call = model.doGenerate({ ...prompt, abortSignal: controller.signal });
  controller.abort();
  await assert.rejects(async () => call, { name: 'AbortError' });
});
