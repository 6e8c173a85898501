import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestConformance } from './manifest.ts';

const tool = {
  name: 'notes_create',
  description: 'Keep a note.',
  input: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  effect: 'write',
  sinks: ['text'],
};
const intent = {
  name: 'note.create',
  tool: 'notes_create',
  description: 'Note something',
  slots: { words: { type: 'text', argument: 'text' } },
  examples: ['a {words}', 'b {words}', 'c', 'd', 'e'],
};
const service = { name: 'notes', version: '1.0.0', operations: { create: 'notes_create' } };
const least = {
  name: 'notes',
  version: '1.0.0',
  framework_version: '^0.1.0',
  description: 'Keeps notes.',
  runtime: 'node',
};
const whole = { ...least, provides: { tools: [tool], intents: [intent], services: [service] } };

async function failures(written: unknown): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of manifestConformance(written)) {
    await run().catch(() => failed.push(name));
  }
  return failed;
}

/** The failures when one part of a manifest that keeps every rule is replaced. */
function withPart(part: object): Promise<string[]> {
  return failures({ ...whole, provides: { ...whole.provides, ...part } });
}

for (const { name, run } of manifestConformance(whole)) test(name, run);

test('a manifest that the schema refuses fails in every case, an unknown key in one', async () => {
  const cases = manifestConformance(whole);
  assert.equal((await failures({ ...whole, runtime: 'cobol' })).length, cases.length);
  assert.equal((await failures(undefined)).length, cases.length);
  assert.deepEqual(await failures({ ...whole, permission: {} }), [
    'the manifest is valid and has no unknown key',
  ]);
});

test('names that are given twice are found', async () => {
  const failed = ['no two tools and no two intents have the same name'];
  assert.deepEqual(await withPart({ tools: [tool, tool] }), failed);
  assert.deepEqual(await withPart({ intents: [intent, intent] }), failed);
});

test('a tool whose sink or required argument is none is found', async () => {
  const failed = ['a tool takes an object, and what it requires and its sinks are arguments'];
  const { properties } = tool.input;
  const input = { type: 'object', properties, required: ['text', 'title'] };
  assert.deepEqual(await withPart({ tools: [{ ...tool, sinks: ['to'] }] }), failed);
  assert.deepEqual(await withPart({ tools: [{ ...tool, input }] }), failed);
  assert.deepEqual(
    await withPart({ tools: [{ ...tool, input: { ...tool.input, type: 'string' } }] }),
    failed,
  );
});

test('an intent of another tool, or with an argument that its tool has not, is found', async () => {
  const failed = ['an intent hands arguments to a tool of its own'];
  // A tool that is declared nowhere makes the manifest itself invalid, so every case fails.
  const undeclared = await withPart({ intents: [{ ...intent, tool: 'other' }] });
  assert.ok(undeclared.includes(failed[0] ?? ''));
  assert.deepEqual(await withPart({ intents: [{ ...intent, arguments: { kind: 'x' } }] }), failed);
  const slots = { words: { type: 'text' } };
  assert.deepEqual(await withPart({ intents: [{ ...intent, slots }] }), failed);
});

test('an example that is repeated, or names a slot that is not declared, is found', async () => {
  const failed = ['the examples of an intent differ, and their slots are declared'];
  for (const example of ['c', 'f {toString}']) {
    const examples = [...intent.examples, example];
    assert.deepEqual(await withPart({ intents: [{ ...intent, examples }] }), failed);
  }
});

test('an operation that is no tool is found', async () => {
  const services = [{ ...service, operations: { create: 'other' } }];
  const failed = await withPart({ services });
  assert.ok(failed.includes('an operation of a service is a tool of its own'));
});
