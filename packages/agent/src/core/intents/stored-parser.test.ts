import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IntentDeclaration } from '@opencomputer/contracts';
import { intentSources, loadParser } from './stored-parser.ts';
import type { ModelCache } from './stored-parser.ts';

const declare = (name: string, tool: string, verb: string): IntentDeclaration => ({
  name,
  tool,
  description: name,
  examples: ['it', 'the gate', 'a book', 'that thing', 'my bike'].map((what) => `${verb} ${what}`),
  slots: {},
  arguments: {},
  when: 'always',
});
const intents = [declare('b.two', 'b', 'paint'), declare('a.one', 'a', 'lift')];
const digestOf = (text: string): string => String(text.length);

function memoryCache(): ModelCache & { readonly stored: Map<string, Uint8Array> } {
  const stored = new Map<string, Uint8Array>();
  return {
    stored,
    read: async (digest) => stored.get(digest),
    write: async (digest, bytes) => {
      stored.set(digest, bytes);
    },
  };
}

test('an intent without a known tool counts as the gravest effect, and order does not matter', () => {
  const sources = intentSources(intents, []);
  assert.deepEqual(
    sources.map(({ declaration, effect }) => [declaration.name, effect]),
    [
      ['a.one', 'irreversible'],
      ['b.two', 'irreversible'],
    ],
  );
  assert.deepEqual(intentSources(intents.toReversed(), []), sources);
});

test('a classifier is trained once and then read, and a broken one is trained again', async () => {
  const cache = memoryCache();
  const sources = intentSources(intents, []);
  const trained = await loadParser(sources, digestOf, [{ read: async () => undefined }, cache]);
  const [digest, bytes] = [...cache.stored][0] ?? assert.fail('nothing was kept');
  const read = await loadParser(sources, digestOf, [cache]);
  assert.deepEqual(read.model.linear.weights, trained.model.linear.weights);
  cache.stored.set(digest, bytes.subarray(0, bytes.length - 1));
  await loadParser(sources, digestOf, [cache]);
  assert.equal(cache.stored.get(digest)?.length, bytes.length);
});
