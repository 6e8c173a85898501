import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ToolHandler } from '@opencomputer/contracts';
import { nodePluginConformance } from './node-plugin.ts';
import type { NodePluginUnderTest } from './node-plugin.ts';

const echo: ToolHandler = ({ text }) =>
  Promise.resolve({ status: 'done', text: JSON.stringify(text ?? null) });
const names = ['echo', 'context', 'refuse', 'throw', 'list', 'timer', 'add', 'wait', 'service'];
const properties = { text: { type: 'string' } };
const written = {
  name: 'echo',
  version: '1.0.0',
  framework_version: '^0.1.0',
  description: 'The fixture of the author kit.',
  runtime: 'node',
  entry: 'echo.ts',
  provides: {
    tools: names.map((name) => ({
      name,
      description: 'One of the tools of the fixture.',
      effect: 'read',
      idempotent: true,
      input: { type: 'object', properties },
    })),
  },
};
const subject: NodePluginUnderTest = {
  folder: join(import.meta.dirname, '../../../plugin/src/fixtures'),
  manifest: written,
  tools: [{ name: 'echo', handler: echo }],
  samples: { echo: { text: 'hello' } },
};

for (const { name, run } of nodePluginConformance(subject)) test(name, run);

const namesOf = (part: Partial<NodePluginUnderTest>): readonly string[] =>
  nodePluginConformance({ ...subject, ...part }).map(({ name }) => name);

test('a manifest that is not valid has the cases of a manifest only, which fail', async () => {
  const cases = nodePluginConformance({ ...subject, manifest: { ...written, name: 'Echo' } });
  assert.ok(cases.length < namesOf({}).length);
  for (const { run } of cases) await assert.rejects(run());
});

test('a plugin without samples, and a sample of a tool that is not there, are said at once', () => {
  assert.throws(() => namesOf({ samples: {} }), /at least one sample/);
  assert.throws(() => namesOf({ samples: { nothing: {} } }), /"nothing", which is no tool/);
  assert.throws(() => namesOf({ tools: [] }), /"echo", which is no tool/);
});

test('a tool that is declared idempotent is asked again after a crash', () => {
  const retry = 'a retry after a crash is answered the same';
  assert.ok(namesOf({}).includes(retry));
  const served = { tool: 'echo', input: {}, idempotent: false };
  assert.ok(!namesOf({ served }).includes(retry));
});
