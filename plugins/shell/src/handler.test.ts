import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { manifest } from '@opencomputer/contracts';
import type { JsonObject } from '@opencomputer/contracts';
import { pluginConformance, toolConformance } from '@opencomputer/testkit';
import { parse } from 'yaml';
import { tools } from './tools.ts';

const folder = new URL('..', import.meta.url);

/** Calls that are done when nothing is kept yet. */
const samples: Readonly<Record<string, JsonObject>> = {
  shell_run: { command: 'echo hello' },
};

async function declared(): Promise<ReturnType<typeof manifest.parse>> {
  const text = await readFile(new URL('manifest.yaml', folder), 'utf8');
  return manifest.parse(parse(text));
}

test('the manifest is valid, and each intent and operation names a tool of its own', async () => {
  const { provides } = await declared();
  const names = new Set(provides.tools.map((tool) => tool.name));
  for (const intent of provides.intents) {
    assert.ok(names.has(intent.tool), intent.name);
    assert.equal(new Set(intent.examples).size, intent.examples.length, intent.name);
    for (const [, slot = ''] of intent.examples.join(' ').matchAll(/\{(\w+)\}/g)) {
      assert.ok(Object.hasOwn(intent.slots, slot), `${intent.name}: {${slot}}`);
    }
  }
  const operations = provides.services.flatMap((service) => Object.values(service.operations));
  for (const operation of operations) assert.ok(names.has(operation), operation);
});

test('the process serves exactly the tools of the manifest and ends with its input', async () => {
  const { entry, provides } = await declared();
  const path = new URL(entry, folder).pathname;
  const child = spawn(process.execPath, [path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const request = (id: number, method: string, params: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
  };
  const clientInfo = { name: 'test', version: '1.0.0' };
  request(1, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  request(2, 'tools/list', {});
  let served: readonly { readonly name: string }[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const message = JSON.parse(line) as { id: number; result: { tools: typeof served } };
    if (message.id !== 2) continue;
    served = message.result.tools;
    child.stdin.end();
  }
  assert.deepEqual(
    served.map((tool) => tool.name).toSorted(),
    provides.tools.map((tool) => tool.name).toSorted(),
  );
  assert.deepEqual(await ended, [0, null]);
});

const { entry: program, provides: provided, resources } = await declared();
const { outputBytesMax } = resources;
for (const { name, handler } of tools) {
  const sample = samples[name];
  const declaration = provided.tools.find((each) => each.name === name);
  if (sample === undefined || declaration === undefined) continue;
  const rules = toolConformance({ declaration, handler, input: sample, outputBytesMax });
  for (const { name: rule, run } of rules) test(rule, run);
}

const [tool = '', input = {}] = Object.entries(samples)[0] ?? [];
const subject = {
  command: process.execPath,
  arguments: [fileURLToPath(new URL(program, folder))],
  tools: provided.tools.map((each) => each.name),
  sample: { tool, input },
};
for (const { name, run } of pluginConformance(subject)) test(name, run);
