import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  machine,
  runEnclosed,
  runPlainly,
  settingsFor,
  specificationOf,
  temporaryFolder,
} from './fixtures/enclosed.ts';
import { processSandbox } from './process-limits.ts';

const folder = temporaryFolder();
const count = specificationOf('/bin/sh', '-c', 'ulimit -n; ulimit -c');

test('a process gets the limits that one process can have, and keeps its program and folder', async () => {
  const sandbox = processSandbox(settingsFor(folder));
  const { output } = await runEnclosed(sandbox, count);
  const expected = machine.programs.prlimit === undefined ? await runPlainly(count) : '128\n0';
  assert.equal(output, typeof expected === 'string' ? expected : expected.output);
  assert.equal(sandbox.tier, 'reduced');
});

test('where nothing holds a limit, it says so', async () => {
  const sandbox = processSandbox(settingsFor(folder, { ...machine, programs: {} }));
  assert.deepEqual([...new Set(sandbox.describe().map(({ heldBy }) => heldBy))], ['nothing']);
  const { output } = await runEnclosed(sandbox, specificationOf('/bin/echo', 'runs'));
  assert.equal(output, 'runs');
});
