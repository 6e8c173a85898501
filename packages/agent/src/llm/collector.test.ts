import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { ModelDelta } from '@opencomputer/contracts/internal';
import { createCollector } from './collector.ts';

const end: LanguageModelV4StreamPart = {
  type: 'finish',
  finishReason: { unified: 'stop', raw: 'stop' },
  usage: {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 1, text: 1, reasoning: 0 },
  },
};

function collect(parts: readonly LanguageModelV4StreamPart[], charactersMax = 100) {
  const deltas: ModelDelta[] = [];
  const collector = createCollector({
    idPrefix: 's1a2',
    charactersMax,
    onDelta: (delta) => deltas.push(delta),
  });
  for (const part of parts) collector.add(part);
  return { deltas, answer: collector.finish() };
}

test('parts that are mixed keep their order and their texts', () => {
  const { answer, deltas } = collect([
    { type: 'reasoning-start', id: '0', providerMetadata: { p: { a: 1 } } },
    { type: 'text-start', id: '0' },
    { type: 'reasoning-delta', id: '0', delta: 'why' },
    { type: 'text-delta', id: '0', delta: 'so' },
    { type: 'reasoning-end', id: '0', providerMetadata: { p: { signature: 's' } } },
    { type: 'text-end', id: '0' },
    { type: 'text-start', id: '0' },
    { type: 'text-delta', id: '0', delta: 'more' },
    end,
  ]);
  assert.deepEqual(answer.parts, [
    { type: 'reasoning', text: 'why', metadata: { p: { a: 1, signature: 's' } } },
    { type: 'text', text: 'so', metadata: undefined },
    { type: 'text', text: 'more', metadata: undefined },
  ]);
  assert.deepEqual(
    deltas.map((delta) => 'id' in delta && delta.id),
    ['s1a2r0', 's1a2t1', 's1a2t2'],
  );
});

test('a stream that does not say that it ended is broken', () => {
  assert.throws(() => collect([{ type: 'text-delta', id: '0', delta: 'a' }]), {
    code: 'MODEL_ANSWER',
  });
});

test('an error part is thrown as it is', () => {
  const error = new Error('inside');
  assert.throws(() => collect([{ type: 'error', error }]), error);
});

test('deltas of arguments count towards the bound', () => {
  const delta = 'x'.repeat(60);
  const part: LanguageModelV4StreamPart = { type: 'tool-input-delta', id: 'c', delta };
  assert.throws(() => collect([part, part, end]), { code: 'MODEL_TOO_LONG' });
  assert.deepEqual(collect([part, end]).answer.parts, []);
});

test('calls that the provider runs itself are not ours', () => {
  const call = { type: 'tool-call', toolCallId: 'c', toolName: 'search', input: '{}' } as const;
  assert.equal(collect([{ ...call, providerExecuted: true }, end]).answer.parts.length, 0);
  assert.equal(collect([call, end]).answer.parts.length, 1);
});

test('a part without text is kept only for what it carries', () => {
  const { answer } = collect([
    { type: 'text-start', id: '0' },
    { type: 'text-end', id: '0' },
    { type: 'reasoning-start', id: '1', providerMetadata: { p: { redacted: 'x' } } },
    { type: 'reasoning-end', id: '1' },
    end,
  ]);
  assert.deepEqual(answer.parts, [
    { type: 'reasoning', text: '', metadata: { p: { redacted: 'x' } } },
  ]);
});
