import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { manifest as manifestSchema } from '@opencomputer/contracts';
import type { JsonObject, ToolDeclaration, ToolOutcome } from '@opencomputer/contracts';
import { requirement } from '@opencomputer/testkit';
import { systemClock } from '../fixtures/harness.ts';
import { openWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

const kit = join(import.meta.dirname, '../../../../../sdks/python-plugin/src');

interface Trial {
  readonly bench: Workbench;
  readonly events: string[];
  call(input?: JsonObject): Promise<ToolOutcome>;
  readonly declaration: ToolDeclaration;
}

/** A plugin of one file with one tool, `try`. */
async function trial(t: TestContext, file: string, rest: JsonObject): Promise<Trial> {
  const directory = mkdtempSync(join(tmpdir(), 'workbench-'));
  const { entry: name = 'handler.sh' } = rest as { readonly entry?: string };
  writeFileSync(join(directory, name), file);
  chmodSync(join(directory, name), 0o755);
  const input = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
  const tool = { name: 'try', description: 'Try.', effect: 'write', timeoutMs: 20_000, input };
  const manifest = manifestSchema.parse({
    name: 'tried',
    version: '1.0.0',
    framework_version: '*',
    description: 'Is tried.',
    ...rest,
    provides: { tools: [{ ...tool, ...(rest['tool'] as JsonObject | undefined) }] },
  });
  const events: string[] = [];
  const bench = await openWorkbench({
    manifest,
    directory,
    node: process.execPath,
    variables: { PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin` },
    timeZone: 'UTC',
    folders: [],
    clock: systemClock,
    onEvent: (event) => events.push(event.name),
  });
  t.after(async () => {
    await bench.close();
    rmSync(directory, { recursive: true });
  });
  const [declaration] = manifest.provides.tools;
  assert.ok(declaration);
  const { signal } = new AbortController();
  const call: Trial['call'] = async (given = { name: 'Ada' }) =>
    (await bench.call(declaration, given, signal)).outcome;
  return { bench, events, call, declaration };
}

test('a command is run for each call', async (t) => {
  const command = { runtime: 'command', command: ['./handler.sh'] };
  const { call, bench, declaration } = await trial(t, '#!/bin/sh\necho "ran $1"\n', command);
  assert.deepEqual(await call(), { status: 'done', text: 'ran try' });
  assert.equal(await bench.check(declaration, { name: 'Ada' }), undefined);
  assert.match((await bench.check(declaration, {})) ?? '', /name/);
});

test('a call that takes too long ends in its time, and the next one is run', async (t) => {
  const script = '#!/bin/sh\nsleep 60\n';
  const rest = { runtime: 'command', command: ['./handler.sh'], tool: { timeoutMs: 200 } };
  const { call } = await trial(t, script, rest);
  assert.equal((await call()).status, 'unknown');
  assert.equal((await call()).status, 'unknown');
});

test('a program on Node without the kit of its own is told as a failed start', async (t) => {
  const { call, events } = await trial(t, 'process.exit(7)', {
    runtime: 'node',
    entry: 'handler.js',
  });
  const outcome = await call();
  assert.match(outcome.text, /not known whether try took effect/);
  assert.ok(events.includes('plugin-crash'));
});

if (requirement('python') !== undefined) {
  test('a plugin in Python keeps its values for the trial, without a key', async (t) => {
    const file = `
import sys
sys.path.insert(0, ${JSON.stringify(kit)})
from opencomputer_plugin import done, serve, tool

@tool("try")
def attempt(arguments, context):
    value = context.storage.update("names", lambda names: (names or []) + [arguments["name"]])
    return done(", ".join(value))

serve()
`;
    const { call } = await trial(t, file, { runtime: 'python', entry: 'handler.py' });
    assert.deepEqual(await call(), { status: 'done', text: 'Ada' });
    assert.deepEqual(await call({ name: 'Ben' }), { status: 'done', text: 'Ada, Ben' });
  });

  test('an MCP server is a plugin by its command', async (t) => {
    const file = `#!/usr/bin/env python3
import sys
sys.path.insert(0, ${JSON.stringify(kit)})
from opencomputer_plugin import refused, serve, tool

@tool("try")
def attempt(arguments, context):
    return refused("not " + arguments["name"])

serve()
`;
    const { call } = await trial(t, file, { runtime: 'mcp', command: ['./handler.sh'] });
    assert.deepEqual(await call(), { status: 'refused', text: 'not Ada' });
  });
}
