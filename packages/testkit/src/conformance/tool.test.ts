import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toolDeclaration } from '@opencomputer/contracts';
import type { ToolDeclaration, ToolHandler } from '@opencomputer/contracts';
import { toolConformance } from './tool.ts';
import type { ToolUnderTest } from './tool.ts';

const declaration: ToolDeclaration = toolDeclaration.parse({
  name: 'note_add',
  description: 'Adds a note.',
  input: { type: 'object', properties: { text: { type: 'string' } } },
  effect: 'write',
  idempotent: true,
});

const add: ToolHandler = async (_, { storage, idempotencyKey }) => {
  const keys = ((await storage.get('keys')) ?? []) as string[];
  if (!keys.includes(idempotencyKey)) await storage.set('keys', [...keys, idempotencyKey]);
  return { status: 'done', text: 'added' };
};

const subject: ToolUnderTest = { declaration, handler: add, input: { text: 'milk' } };

for (const { name, run } of toolConformance(subject)) test(name, run);

/** Names of the cases that a tool does not pass. */
async function failures(wrong: Partial<ToolUnderTest>): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of toolConformance({ ...subject, ...wrong })) {
    await run().catch(() => failed.push(name.split(': ')[1] ?? ''));
  }
  return failed;
}

const done = { status: 'done', text: 'x' } as const;
const faulty: Record<string, Partial<ToolUnderTest>> = {
  'the declaration is valid, and every sink is an argument': {
    declaration: { ...declaration, sinks: ['recipient'] },
  },
  'the sample call is done, with plain data within the bound': { outputBytesMax: 2 },
  'arguments are not altered': {
    handler: (input) => {
      (input as Record<string, unknown>)['text'] = 'changed';
      return Promise.resolve(done);
    },
  },
  'reading changes nothing': { declaration: { ...declaration, effect: 'read' } },
  'a retry has its effect once': {
    handler: async (_, { storage }) => {
      const count = Number((await storage.get('count')) ?? 0) + 1;
      await storage.set('count', count);
      return { status: 'done', text: 'added' };
    },
  },
};

for (const [name, wrong] of Object.entries(faulty)) {
  test(`a tool that breaks it is found by "${name}"`, async () => {
    assert.deepEqual(await failures(wrong), [name]);
  });
}

test('a tool that does not heed its cancellation is found', async () => {
  const handler: ToolHandler = (_, { signal }) =>
    signal.aborted ? new Promise(() => undefined) : Promise.resolve(done);
  const failed = await failures({ handler });
  assert.deepEqual(failed, ['a cancelled call ends in time and writes nothing']);
});
