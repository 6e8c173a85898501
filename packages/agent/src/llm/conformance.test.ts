import assert from 'node:assert/strict';
import { test } from 'node:test';
import { providerConformance, startModelServer } from '@opencomputer/testkit';
import { builtInBackend } from './backends.ts';
import type { ModelTarget } from './backend.ts';

/** The wires that the model server speaks, each with the backends that speak it. */
const targets: readonly Pick<ModelTarget, 'provider' | 'wire'>[] = [
  { provider: 'openai-compatible' },
  { provider: 'openai-compatible', wire: 'responses' },
  { provider: 'openai' },
  { provider: 'openai', wire: 'chat' },
  { provider: 'anthropic' },
];

for (const kind of targets) {
  const cases = providerConformance(async (turns, fault) => {
    const server = await startModelServer((_, index) => {
      if (fault === 'silence') return { fault: { type: 'silence' } };
      if (fault === 'overloaded') return { fault: { type: 'status', status: 529 } };
      return turns[index] ?? {};
    });
    const backend = builtInBackend(kind);
    assert.ok(backend);
    const target: ModelTarget = { ...kind, model: 'test-1', baseUrl: server.url, key: 'key' };
    const provider = await backend.open({ target, model: 'test-1', fetch });
    return { provider, requests: () => server.requests.length, close: () => server.close() };
  });
  const wire = kind.wire === undefined ? '' : `, ${kind.wire}`;
  for (const { name, run } of cases) test(`${kind.provider}${wire}: ${name}`, run);
}
