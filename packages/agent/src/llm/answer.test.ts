import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invalidArgumentsKey, isEmpty, toArguments, toFinish, toParts, toUsage } from './answer.ts';
import type { RawPart } from './answer.ts';

const options = { origin: 'p/m', taken: new Set<string>() };
const call = (id: string, tool: string, input: string): RawPart => ({
  type: 'tool-call',
  id,
  tool,
  input,
});

test('arguments that are an object are parsed, anything else is passed on marked', () => {
  assert.deepEqual(toArguments('{"a":1}'), { a: 1 });
  assert.deepEqual(toArguments('  '), {});
  for (const input of ['{"a":', '[1]', '7', 'null', 'hello', '{"a":1}{"a":1}']) {
    assert.deepEqual(toArguments(input), { [invalidArgumentsKey]: input });
  }
  assert.deepEqual(toArguments('"{\\"a\\":"'), { [invalidArgumentsKey]: '{"a":' });
});

test('arguments named like a prototype change no prototype', () => {
  const parsed = toArguments('{"__proto__":{"polluted":true}}');
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  assert.equal(Object.getPrototypeOf(parsed), Object.prototype);
});

test('the same call twice is one call', () => {
  const parts = toParts([call('a', 'add', '{}'), call('a', 'add', '{}')], options);
  assert.equal(parts.length, 1);
});

test('two calls that share an id get ids of their own, also against the conversation', () => {
  const parts = toParts(
    [call('a', 'add', '{}'), call('a', 'add', '{"b":1}'), call('', 'add', '{"c":1}')],
    { origin: 'p/m', taken: new Set(['a', 'a-2']) },
  );
  const ids = parts.map((part) => (part.type === 'tool-call' ? part.call.callId : ''));
  assert.deepEqual(ids, ['a-3', 'a-4', 'call-2']);
});

test('two calls without an id are two calls', () => {
  const parts = toParts([call('', 'add', '{}'), call('', 'add', '{}')], options);
  assert.equal(parts.length, 2);
});

test('reasoning notes the model that made it, and keeps its signature', () => {
  const metadata = { anthropic: { signature: 's', more: undefined } };
  assert.deepEqual(toParts([{ type: 'reasoning', text: 'why', metadata }], options), [
    {
      type: 'reasoning',
      text: 'why',
      metadata: { anthropic: { signature: 's' }, engine: { model: 'p/m' } },
    },
  ]);
});

test('finish reasons are made one vocabulary, and follow from what is there', () => {
  const finish = (unified: 'stop' | 'tool-calls' | 'content-filter' | 'interrupted' | 'error') =>
    toFinish({ unified, raw: undefined }, []);
  assert.equal(finish('stop'), 'stop');
  assert.equal(finish('tool-calls'), 'stop');
  assert.equal(finish('content-filter'), 'refusal');
  assert.equal(finish('interrupted'), undefined);
  assert.equal(finish('error'), undefined);
  const parts = toParts([call('a', 'add', '{}')], options);
  assert.equal(toFinish({ unified: 'stop', raw: undefined }, parts), 'tool-calls');
});

test('white space and reasoning alone are an empty answer, a refusal is not', () => {
  const blank = toParts(
    [
      { type: 'text', text: ' \n' },
      { type: 'reasoning', text: 'hm' },
    ],
    options,
  );
  assert.equal(isEmpty(blank, 'stop'), true);
  assert.equal(isEmpty([], 'refusal'), false);
  assert.equal(isEmpty([], 'length'), false);
  assert.equal(isEmpty([{ type: 'text', text: 'x' }], 'stop'), false);
});

test('usage is normalised, bounded, and estimated when the provider says nothing', () => {
  const estimate = { inputTokens: 7, outputTokens: 3 };
  const price = { input: 1, cached: 0.1, output: 2 };
  const given = {
    inputTokens: { total: 1_000_000, noCache: 0, cacheRead: 2_000_000, cacheWrite: undefined },
    outputTokens: { total: Number.NaN, text: undefined, reasoning: undefined },
  };
  assert.deepEqual(toUsage(given, price, estimate), {
    usage: { inputTokens: 1_000_000, outputTokens: 3, cachedTokens: 1_000_000, cost: 0.100_006 },
    priced: true,
  });
  assert.deepEqual(toUsage(undefined, undefined, estimate), {
    usage: { inputTokens: 7, outputTokens: 3, cachedTokens: 0, cost: 0 },
    priced: false,
  });
});

test('arguments that are nested very deep are refused, whatever their size', () => {
  const deep = (count: number): string => `${'{"a":'.repeat(count)}1${'}'.repeat(count)}`;
  assert.ok(!(invalidArgumentsKey in toArguments(deep(50))));
  assert.ok(invalidArgumentsKey in toArguments(deep(20_000)));
});
