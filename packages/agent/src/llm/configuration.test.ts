// What the configuration says of models, from its entry to the bytes on the wire.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ModelConfiguration } from '@opencomputer/contracts';
import type { ModelRequest } from '@opencomputer/contracts/internal';
import { createHastyClock, startModelServer } from '@opencomputer/testkit';
import type { ModelServer, ServerScript } from '@opencomputer/testkit';
import { createModelEngine } from './engine.ts';
import type { CallRecord, EngineDependencies } from './engine.ts';

const far = 20_000_000;
const limits = { connectMsMax: far, firstByteMsMax: far, idleMsMax: far, attemptMsMax: far };
const request: ModelRequest = {
  system: 'You are helpful.',
  messages: [{ role: 'user', text: 'hi' }],
  tools: [],
  outputTokensMax: 1_000,
  trace: { turn: 'turn-1', step: 1 },
};
const { signal } = new AbortController();
const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing) await close();
});

async function serve(script: ServerScript): Promise<ModelServer> {
  const server = await startModelServer(script);
  closing.push(() => server.close());
  return server;
}

function make(rest: Pick<EngineDependencies, 'settings' | 'environment'>) {
  const records: CallRecord[] = [];
  const onCall = (record: CallRecord) => records.push(record);
  const clock = createHastyClock();
  const engine = createModelEngine({ clock, random: () => 0.5, limits, onCall, ...rest });
  closing.push(() => engine.stop());
  return { engine, records };
}

const compatible = ({ url }: ModelServer): ModelConfiguration => {
  return { provider: 'openai-compatible', model: 'm', url };
};

test('what the configuration says of a model is what is sent and counted', async () => {
  const server = await serve([{ text: 'x', usage: { input: 1_000, output: 100, cached: 500 } }]);
  const price = { input: 2, output: 10 };
  const entry = { ...compatible(server), key: 'k-1', contextTokens: 40_000, price };
  const { engine, records } = make({
    settings: [
      { ...entry, outputTokensMax: 9_000 },
      { ...entry, model: 'n', wire: 'responses', price: { ...price, cached: 1 } },
    ],
    environment: {},
  });
  assert.equal(engine.models()[0]?.contextTokens, 40_000);
  const chat = await engine.call(request, { signal });
  assert.equal(server.requests[0]?.body['max_tokens'], 9_000);
  assert.equal(server.requests[0]?.headers['authorization'], 'Bearer k-1');
  assert.equal(chat.usage.cost, 0.003);
  assert.equal(records[0]?.priced, true);
  engine.choose('n');
  const responses = await engine.call(request, { signal });
  assert.equal(server.requests[1]?.path, '/v1/responses');
  assert.equal(server.requests[1]?.body['max_output_tokens'], request.outputTokensMax);
  assert.equal(responses.usage.cost, 0.0025);
});

test('a model of the environment answers when the configured one does not', async () => {
  const broken = await serve([{ fault: { type: 'status', status: 401 } }]);
  const found = await serve([{ text: 'from the environment' }]);
  const { engine } = make({
    settings: [compatible(broken)],
    environment: { OPENAI_BASE_URL: found.url, OPENAI_MODEL: 'other' },
  });
  const answer = await engine.call(request, { signal });
  assert.deepEqual([answer.model, broken.requests.length], ['other', 1]);
});
