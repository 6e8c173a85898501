import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { llamaBackend } from './llama.ts';

const target = { provider: 'llama', model: 'small', baseUrl: 'file:///models/a%20b.gguf' } as const;
const options = { target, model: 'small', fetch: globalThis.fetch };
const call: LanguageModelV4CallOptions = {
  prompt: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  maxOutputTokens: 7,
  tools: [{ type: 'function', name: 'add', description: 'Adds.', inputSchema: { type: 'object' } }],
};

interface Asked {
  maxTokens?: number;
  temperature?: number;
  functions?: object;
  signal?: AbortSignal;
  onResponseChunk: (chunk: { type?: string; text: string }) => void;
}

/** A package of the same shape, whose model says what the test wants. */
function modelPackage(answer: (asked: Asked) => unknown) {
  const seen = { file: '', context: {}, running: 0, runningMost: 0, asked: [] as Asked[] };
  const zero = { usedInputTokens: 0, usedOutputTokens: 0 };
  const tokenMeter = {
    getState: () => zero,
    diff: () => ({ usedInputTokens: 12, usedOutputTokens: 3 }),
  };
  const context = { getSequence: () => ({ tokenMeter }) };
  class LlamaChat {
    async generateResponse(_history: unknown, asked: Asked): Promise<unknown> {
      seen.asked.push(asked);
      seen.running += 1;
      seen.runningMost = Math.max(seen.runningMost, seen.running);
      await new Promise((resolve) => setImmediate(resolve));
      seen.running -= 1;
      return answer(asked);
    }
  }
  const createContext = (settings: object) => {
    seen.context = settings;
    return Promise.resolve(context);
  };
  const loadModel = ({ modelPath }: { modelPath: string }) => {
    seen.file = modelPath;
    return Promise.resolve({ trainContextSize: 2_048, createContext });
  };
  const module = { getLlama: () => Promise.resolve({ loadModel }), LlamaChat };
  return { seen, backend: llamaBackend(() => Promise.resolve(module)) };
}

const speak = ({ onResponseChunk }: Asked) => {
  onResponseChunk({ type: 'segment', text: 'hm' });
  onResponseChunk({ text: 'hel' });
  onResponseChunk({ text: 'lo' });
  return { metadata: { stopReason: 'eogToken' } };
};

test('the file is opened with no more context than it was trained for', async () => {
  const { seen, backend } = modelPackage(speak);
  await backend.open(options);
  assert.equal(seen.file, '/models/a b.gguf');
  assert.equal((seen.context as { contextSize?: number }).contextSize, 2_048);
});

test('text, reasoning, tokens and bounds go through', async () => {
  const { seen, backend } = modelPackage(speak);
  const result = await (await backend.open(options)).doGenerate(call);
  assert.deepEqual(result.content, [
    { type: 'reasoning', text: 'hm' },
    { type: 'text', text: 'hello' },
  ]);
  assert.equal(result.finishReason.unified, 'stop');
  assert.equal(result.usage.inputTokens.total, 12);
  assert.equal(seen.asked[0]?.maxTokens, 7);
  assert.ok((seen.asked[0]?.temperature ?? 0) > 0);
  assert.deepEqual(Object.keys(seen.asked[0]?.functions ?? {}), ['add']);
});

test('a stream says the same, piece by piece', async () => {
  const { backend } = modelPackage(speak);
  const { stream } = await (await backend.open(options)).doStream(call);
  const parts: LanguageModelV4StreamPart[] = [];
  for await (const part of stream) parts.push(part);
  assert.deepEqual(
    parts.map(({ type }) => type),
    ['reasoning-delta', 'text-delta', 'text-delta', 'finish'],
  );
});

test('calls of tools come as JSON', async () => {
  const { backend } = modelPackage(() => ({
    functionCalls: [{ functionName: 'add', params: { a: 1 } }, { functionName: 'now' }],
    metadata: { stopReason: 'functionCalls' },
  }));
  const result = await (await backend.open(options)).doGenerate(call);
  assert.equal(result.finishReason.unified, 'tool-calls');
  assert.deepEqual(result.content, [
    { type: 'tool-call', toolCallId: 'call-0', toolName: 'add', input: '{"a":1}' },
    { type: 'tool-call', toolCallId: 'call-1', toolName: 'now', input: '{}' },
  ]);
});

test('calls wait for each other, and one that fails does not stop the next', async () => {
  let count = 0;
  const { seen, backend } = modelPackage((asked) => {
    count += 1;
    if (count === 1) throw new Error('out of memory');
    return speak(asked);
  });
  const model = await backend.open(options);
  const results = await Promise.allSettled([
    Promise.resolve(model.doGenerate(call)),
    Promise.resolve(model.doGenerate(call)),
    Promise.resolve(model.doGenerate(call)),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'fulfilled', 'fulfilled'],
  );
  assert.equal(seen.runningMost, 1);
});

test('a package that is missing, and a file that is, say what to do', async () => {
  const missing = llamaBackend(() => Promise.reject(new Error('not found')));
  await assert.rejects(missing.open(options), {
    code: 'MODEL_REQUEST',
    message: /node-llama-cpp is not installed; `agent models add FILE\.gguf` installs it/,
  });
  const broken = llamaBackend(() =>
    Promise.resolve({ getLlama: () => Promise.reject(new Error('x')) }),
  );
  await assert.rejects(broken.open(options), { code: 'MODEL_REQUEST', message: /cannot be read/ });
  const unnamed = { ...options, target: { provider: 'llama', model: 'small' } as const };
  await assert.rejects(broken.open(unnamed), { code: 'MODEL_REQUEST', message: /not named/ });
});
