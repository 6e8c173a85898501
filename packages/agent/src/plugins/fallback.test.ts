import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toolDeclaration } from '@opencomputer/contracts';
import type { ToolDeclaration, ToolOutcome } from '@opencomputer/contracts';
import type { InstalledTool } from '@opencomputer/contracts/internal';
import { answerOfAnother } from './fallback.ts';
import type { FailedCall } from './fallback.ts';
import type { ServiceCallOptions } from './services.ts';

const declare = (name: string): ToolDeclaration =>
  toolDeclaration.parse({ name, description: 'Reads the weather.', input: {}, effect: 'read' });
const other: InstalledTool = {
  plugin: 'spare',
  tier: 'third-party',
  declaration: declare('spare_read'),
};
const outcome: ToolOutcome = { status: 'failed', text: 'no', code: 'TOOL_FAILED' };

function failed(answer: ToolOutcome, chain?: readonly string[]) {
  const asked: { plugin: string; tool: string; options: ServiceCallOptions }[] = [];
  const options = {
    person: 'ada',
    idempotencyKey: 'turn/1',
    now: 0,
    timeZone: 'UTC',
    folders: [],
    signal: new AbortController().signal,
    ...(chain && { chain }),
  };
  const call: FailedCall = {
    asking: 'weather',
    failed: declare('weather_read'),
    outcome,
    input: { place: 'Oslo' },
    options,
    run: (plugin, tool, { options: given }) => {
      asked.push({ plugin, tool, options: given });
      return Promise.resolve(answer);
    },
  };
  return { call, asked };
}

test('the fallback answers with a key of its own, and the outcome says who answered', async () => {
  const { call, asked } = failed({ status: 'done', text: 'rain' });
  assert.deepEqual(await answerOfAnother(other, call), {
    status: 'done',
    text: 'rain\n(weather_read failed; spare_read answered.)',
  });
  const [first] = asked;
  assert.deepEqual([first?.plugin, first?.tool], ['spare', 'spare_read']);
  assert.deepEqual(
    [first?.options.idempotencyKey, first?.options.chain],
    ['turn/1/fallback', ['weather']],
  );
});

test('a fallback that fails too leaves the first failure', async () => {
  const { call } = failed({ status: 'failed', text: 'neither', code: 'TOOL_FAILED' });
  assert.equal(await answerOfAnother(other, call), outcome);
});

test('a missing fallback, and one that waits already, is not asked', async () => {
  const missing = failed({ status: 'done', text: 'rain' });
  assert.equal(await answerOfAnother(undefined, missing.call), outcome);
  const circle = failed({ status: 'done', text: 'rain' }, ['spare']);
  assert.equal(await answerOfAnother(other, circle.call), outcome);
  assert.equal(await answerOfAnother({ ...other, plugin: 'weather' }, missing.call), outcome);
  assert.deepEqual([...missing.asked, ...circle.asked], []);
});
