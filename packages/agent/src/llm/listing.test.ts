import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createHastyClock, startModelServer } from '@opencomputer/testkit';
import { findLocalTargets, listModels } from './listing.ts';

const clock = createHastyClock(1);
const options = { fetch: globalThis.fetch, clock, limitMs: 5_000 };
const target = (baseUrl: string) => ({ provider: 'openai-compatible', baseUrl }) as const;

test('models that can chat come first, with the window that the server tells', async () => {
  const server = await startModelServer(
    [],
    [
      { id: 'nomic-embed-text' },
      { id: 'qwen', max_model_len: 32_768 },
      { id: 'gguf', meta: { ['n_ctx']: 4_096 } },
      { id: '' },
      {},
    ],
  );
  assert.deepEqual(await listModels(target(server.url), options), [
    { model: 'qwen', contextTokens: 32_768 },
    { model: 'gguf', contextTokens: 4_096 },
    { model: 'nomic-embed-text' },
  ]);
  await server.close();
});

test('a server without a list says to name a model', async () => {
  const server = await startModelServer([]);
  const wrong = target(`${server.origin}/v2`);
  await assert.rejects(listModels(wrong, options), { code: 'MODEL_REQUEST' });
  await server.close();
});

test('a server that does not answer is waited for no longer than the limit', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/v1`;
  const limited = { ...options, limitMs: 20 };
  await assert.rejects(listModels(target(url), limited), { code: 'MODEL_TIMEOUT' });
  assert.deepEqual(await findLocalTargets([url], limited), []);
  silent.closeAllConnections();
  silent.close();
});

test('local servers are found in the order of their addresses, the others are passed over', async () => {
  const first = await startModelServer([], [{ id: 'one' }]);
  const second = await startModelServer([], [{ id: 'two' }]);
  const empty = await startModelServer([], []);
  const gone = await startModelServer([]);
  await gone.close();
  const addresses = [gone.url, second.url, empty.url, first.url];
  const found = await findLocalTargets(addresses, options);
  assert.deepEqual(found, [
    { ...target(second.url), model: 'two' },
    { ...target(first.url), model: 'one' },
  ]);
  await Promise.all([first.close(), second.close(), empty.close()]);
});
