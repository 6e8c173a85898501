import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { runHandler } from '@opencomputer/plugin';
import { numberText, tools } from './tools.ts';

async function text(tool: string, input: JsonObject, status = 'done'): Promise<string> {
  const found = await runHandler(tools, { tool: `calculator_${tool}`, input });
  assert.equal(found.status, status, found.text);
  return found.text;
}

test('a sum is answered with the question', async () => {
  assert.equal(await text('compute', { expression: '18% of 240' }), '18% of 240 = 43.2');
  assert.equal(await text('compute', { expression: '1234 * 1000 =' }), '1234 * 1000 = 1,234,000');
  assert.equal(
    await text('compute', { expression: '15% tip on 60' }),
    '15% tip on 60 = 9 (69 in all)',
  );
  assert.match(await text('compute', { expression: 'a = 1' }, 'refused'), /./);
});

test('a conversion names both units', async () => {
  const input = { value: 10, from: 'km', to: 'mi' };
  assert.equal(await text('convert', input), '10 km = 6.21371 miles');
  assert.equal(await text('convert', { from: 'foot', to: 'inches' }), '1 feet = 12 inches');
  await text('convert', { value: 1, from: 'USD', to: 'EUR' }, 'refused');
});

test('numbers are short and not more exact than they are', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0.1 + 0.2, '0.3'],
    [1 / 3, '0.333333333333'],
    [1_234_567.5, '1,234,567.5'],
    [-12_345, '-12,345'],
    [2 ** 64, '1.84467440737e19'],
    [1e-9, '1e-9'],
    [0, '0'],
    [123_456_789_012_345, '123,456,789,012,345'],
  ];
  for (const [value, expected] of cases) assert.equal(numberText(value), expected);
});
