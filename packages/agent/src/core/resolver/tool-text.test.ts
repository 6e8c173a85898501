import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstalledTool } from '@opencomputer/contracts/internal';
import { toolFor } from './fixtures/tool.ts';
import { readTool } from './tool-text.ts';

function tool(input: InstalledTool['declaration']['input']): InstalledTool {
  const description = 'Area of a triangle. Wants metres.';
  return toolFor('shapes', { name: 'calcTriangleArea', description, input });
}

test('names count more than descriptions, and parameters are read inside of others', () => {
  const text = readTool(
    tool({
      type: 'object',
      properties: {
        sides: { type: 'object', properties: { baseLength: { type: 'number' } } },
        unit: { type: 'string', description: 'How long', enum: ['inch', 4] },
      },
      required: ['sides'],
    }),
  );
  assert.deepEqual(text.name, ['calc', 'triangl', 'area']);
  assert.ok((text.counts.get('area') ?? 0) > (text.counts.get('metr') ?? 0));
  assert.deepEqual([...text.parameters], ['sid', 'unit', 'bas', 'length']);
  assert.ok(text.counts.has('inch'));
  assert.equal(text.required, 1);
  assert.ok(text.pairs.has('triangl area'));
});

test('a schema of any other shape is no parameter', () => {
  for (const properties of [null, 'none', [], { one: 7 }]) {
    const text = readTool(tool({ properties, required: 'all' }));
    assert.ok(text.parameters.size < 2 && text.required === 0);
  }
});
