import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { toolDeclaration } from '@opencomputer/contracts';
import { failure, interrupted, readResult } from './outcome.ts';

const source = { tool: 'one', own: true, bytesMax: 1_000 };
const result = (text: string, rest: JsonObject = {}): JsonObject => ({
  content: [{ type: 'text', text }],
  ...rest,
});
const meta = (outcome: JsonObject): JsonObject => ({ _meta: { 'opencomputer/outcome': outcome } });

test('the status of a plugin of ours counts; of a third party only whether it is an error', () => {
  const unknown = result('x', { ...meta({ status: 'unknown' }), isError: true });
  assert.equal(readResult(unknown, source).status, 'unknown');
  assert.equal(readResult(unknown, { ...source, own: false }).status, 'refused');
  const lying = result('x', meta({ status: 'done', timers: [{ id: 'a', at: 1 }] }));
  assert.deepEqual(readResult(lying, { ...source, own: false }), { status: 'done', text: 'x' });
  assert.deepEqual(readResult(result('x', meta({ status: 'failed', code: 'C' })), source), {
    status: 'failed',
    text: 'x',
    code: 'C',
  });
});

test('timers of a wrong shape are left out', () => {
  const timers = [{ id: 'a', at: 1, text: 'now' }, { at: 2 }, 'x', { id: 'b', at: 'soon' }];
  const outcome = readResult(result('x', meta({ status: 'done', timers })), source);
  assert.deepEqual(outcome.status === 'done' && outcome.timers, [
    { id: 'a', at: 1, text: 'now' },
    { id: 'b' },
  ]);
});

test('content that is not text is named', () => {
  const content = [
    { type: 'text', text: 'a' },
    { type: 'image', mimeType: 'image/png', data: 'AAAA' },
    { type: 'resource', resource: { uri: 'file:///a', text: 'inside' } },
    { type: 'resource', resource: { uri: 'file:///b' } },
    { type: 'resource_link', uri: 'file:///c' },
    'junk',
  ];
  assert.equal(
    readResult({ content }, { ...source, own: false }).text,
    'a\n[image image/png, 3 bytes]\ninside\n[resource file:///b]\n[link file:///c]\n',
  );
});

test('text and data together may have so many bytes, not one more', () => {
  const fits = result('é'.repeat(495), { structuredContent: { a: 1 } });
  assert.equal(readResult(fits, { ...source, bytesMax: 997 }).status, 'done');
  const over = readResult(fits, { ...source, bytesMax: 996 });
  assert.equal(over.status === 'failed' && over.code, 'TOOL_OUTPUT_TOO_LARGE');
});

test('data without text is also what is read', () => {
  const outcome = readResult({ structuredContent: { a: 1 } }, source);
  assert.deepEqual(outcome, { status: 'done', text: '{"a":1}', data: { a: 1 } });
});

test('an interrupted write is unknown unless it can be repeated', () => {
  const declare = (effect: string, idempotent: boolean): Parameters<typeof interrupted>[0] =>
    toolDeclaration.parse({ name: 'one', description: 'x', input: {}, effect, idempotent });
  const why = ['TOOL_TIMEOUT', { tool: 'one', seconds: 5 }] as const;
  const failed = failure(...why);
  assert.deepEqual(interrupted(declare('read', false), ...why), failed);
  assert.deepEqual(interrupted(declare('write', true), ...why), failed);
  assert.equal(interrupted(declare('write', false), ...why).status, 'unknown');
  assert.equal(interrupted(declare('irreversible', false), ...why).status, 'unknown');
});
