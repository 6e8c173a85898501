import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { createScriptedModel } from '../scripted-model.ts';
import { providerConformance } from './provider.ts';
import type { OpenProvider } from './provider.ts';

const open: OpenProvider = async (turns, fault) => {
  const model = createScriptedModel((_, call) => {
    if (fault === 'silence') return { hang: true };
    if (fault === 'overloaded') return { error: new Error('overloaded') };
    return turns[call] ?? {};
  });
  return { provider: model, requests: () => model.calls.length, close: async () => undefined };
};

for (const { name, run } of providerConformance(open)) test(name, run);

/** A provider with something wrong, and the case that finds it. */
const faulty: Record<string, (right: LanguageModelV4) => Partial<LanguageModelV4>> = {
  'it is of the version that the engine speaks, and has a name': () => ({ modelId: '' }),
  'a text is the same whole and in a stream, and its tokens are counted': (right) => ({
    doGenerate: async (options) => ({ ...(await right.doGenerate(options)), content: [] }),
  }),
  'calls of tools come whole, in order, with arguments as JSON': (right) => ({
    doGenerate: async (options) => {
      const answer = await right.doGenerate(options);
      return { ...answer, content: answer.content.toReversed() };
    },
  }),
  'an answer that ends without text is empty, not a fault': (right) => ({
    doGenerate: async (options) => {
      const answer = await right.doGenerate(options);
      if (answer.content.length === 0) throw new Error('empty');
      return answer;
    },
  }),
  'a failure is told, and not tried again': (right) => ({
    doGenerate: async (options) => {
      try {
        return await right.doGenerate(options);
      } catch {
        return right.doGenerate(options);
      }
    },
  }),
  'a call that is given up ends at once': (right) => ({
    doGenerate: (options) =>
      right.doGenerate({ ...options, abortSignal: new AbortController().signal }),
  }),
};

for (const [name, wrong] of Object.entries(faulty)) {
  test(`a provider that breaks it is found by "${name}"`, async () => {
    const cases = providerConformance(async (...given) => {
      const { provider, ...rest } = await open(...given);
      return { ...rest, provider: { ...provider, ...wrong(provider) } };
    });
    await assert.rejects(cases.find((one) => one.name === name)?.run() ?? Promise.resolve());
  });
}
