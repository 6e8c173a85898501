import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { manifest as manifestSchema } from '@opencomputer/contracts';
import type { Json, JsonObject } from '@opencomputer/contracts';
import { programConformance } from './program.ts';
import type { ProgramUnderTest } from './program-subject.ts';

const kit = join(import.meta.dirname, '../../../plugin/src/index.ts');
const directory = mkdtempSync(join(tmpdir(), 'program-'));
after(() => rmSync(directory, { recursive: true }));
writeFileSync(join(directory, 'kept'), '');

/** A plugin of two tools on the kit; `before` runs first, `greet` is the body of the handler. */
function subject(
  parts: { before?: string; greet?: string; rest?: JsonObject } = {},
): ProgramUnderTest {
  const body = parts.greet ?? `return { status: 'done', text: 'Hello, ' + name.trim() };`;
  const script = `
    const { serve, tool } = await import(${JSON.stringify(kit)});
    ${parts.before ?? ''}
    await serve([
      tool('greet', async ({ name }, context) => { ${body} }),
      tool('none', async () => ({ status: 'refused', text: 'no' })),
    ]);`;
  const input = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
  const tool = { description: 'A tool.', effect: 'read', reach: 'own', input, timeoutMs: 5_000 };
  const manifest = manifestSchema.parse({
    name: 'tried',
    version: '1.0.0',
    framework_version: '*',
    description: 'Is tried.',
    runtime: 'node',
    resources: { outputBytesMax: 1_000 },
    provides: {
      tools: [
        { ...tool, name: 'greet', idempotent: true },
        { ...tool, name: 'none' },
      ],
    },
    ...parts.rest,
  });
  return {
    manifest,
    directory,
    start: async (scratch) => ({
      command: process.execPath,
      arguments: ['--input-type=module', '-e', script],
      directory: scratch,
      environment: {},
    }),
    samples: [
      { tool: 'greet', arguments: { name: 'Ada' } },
      { tool: 'none', arguments: { name: 'x' }, status: 'refused' },
    ],
  };
}

/** What is wrong by one case. */
async function failures(tried: ProgramUnderTest, which: RegExp): Promise<string[]> {
  const failed: string[] = [];
  const cases = programConformance(tried).filter(({ name }) => which.test(name));
  assert.ok(cases.length > 0);
  for (const { name, run } of cases) {
    await run().catch((error: unknown) => failed.push(`${name}: ${String(error)}`));
  }
  return failed;
}

for (const { name, run } of programConformance(subject())) test(`on the kit: ${name}`, run);

test('another set of tools, and text on standard output, are found', async () => {
  const tools = subject().manifest.provides.tools.slice(0, 1);
  const other = subject({ rest: { provides: { tools: tools as unknown as Json[] } } });
  assert.equal((await failures(other, /lists the tools/)).length, 1);
  const printing = subject({ before: `console.log('ready');` });
  assert.match((await failures(printing, /2025-11-25/)).join(), /holds messages only/);
});

test('a tool that takes anything, answers too much or differently each time is found', async () => {
  const taking = subject({ greet: `return { status: 'done', text: '' + name };` });
  assert.match((await failures(taking, /wrong arguments/)).join(), /greet takes \{\}/);
  const long = subject({ greet: `return { status: 'done', text: name.padEnd(5_000) };` });
  assert.match((await failures(long, /Ada.* is done/)).join(), /bytes; at most 1000/);
  const changing = subject({ greet: `return { status: 'done', text: name + Math.random() };` });
  assert.equal((await failures(changing, /effect once/)).length, 1);
});

test('a process that dies of what it is sent, or outlives its input, is found', async () => {
  const dying = subject({ greet: `process.exit(9);` });
  assert.match((await failures(dying, /wrong arguments/)).join(), /closed its output/);
  const outliving = `process.exit = () => {}; setInterval(() => {}, 1_000);`;
  const [problem] = await failures(subject({ before: outliving }), /ends within a second/);
  assert.match(problem ?? '', /goes on without its input/);
});

test('a run that changes its own folder is found', async () => {
  const file = JSON.stringify(join(directory, 'kept'));
  const before = `(await import('node:fs')).appendFileSync(${file}, 'x');`;
  const [problem] = await failures(subject({ before }), /2025-11-25/);
  assert.match(problem ?? '', /changes its own folder/);
});

test('a runtime that is no program of this machine has no cases', () => {
  assert.deepEqual(programConformance(subject({ rest: { runtime: 'none', provides: {} } })), []);
});
