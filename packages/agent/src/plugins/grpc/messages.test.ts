import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { toolDeclaration, toolEffect, toolReach } from '@opencomputer/contracts';
import type { ToolOutcome } from '@opencomputer/contracts';
import { readDescription, readOutcome, writeCall } from './messages.ts';
import {
  DescribeResponseSchema,
  OutcomeSchema,
  TimerSchema,
  ToolSchema,
} from './plugin-messages.ts';

test('every outcome of the contract can be said', () => {
  const timers = [{ id: 'a', at: 5, text: 'Tea', lateMsMax: 0 }, { id: 'gone' }];
  const tea = { id: 'a', atMs: 5, text: 'Tea', lateMsMax: 0 };
  const written = [tea, { id: 'gone' }].map((timer) => create(TimerSchema, timer));
  const cases: readonly (readonly [object, ToolOutcome])[] = [
    [
      { status: 'done', text: 'a' },
      { status: 'done', text: 'a' },
    ],
    [
      { status: 'done', data: 'null' },
      { status: 'done', text: '', data: null },
    ],
    [
      { status: 'done', timers: written },
      { status: 'done', text: '', timers },
    ],
    [
      { status: 'refused', text: 'no', data: '1' },
      { status: 'refused', text: 'no' },
    ],
    [
      { status: 'unknown', text: '?' },
      { status: 'unknown', text: '?' },
    ],
    [{ status: 'failed' }, { status: 'failed', text: '', code: 'TOOL_FAILED' }],
  ];
  for (const [message, outcome] of cases) {
    assert.deepEqual(readOutcome(create(OutcomeSchema, message)), outcome);
  }
  for (const wrong of [{}, { status: 'fine' }, { status: 'done', data: '{' }]) {
    assert.equal(readOutcome(create(OutcomeSchema, wrong)), undefined);
  }
});

test('a declaration keeps all that the contract has, and its words', () => {
  const tool = {
    name: 'send_mail',
    description: 'Send a mail.',
    inputSchema: '{"type":"object"}',
    sinks: ['to'],
    idempotent: true,
    outputSchema: '{"type":"string"}',
    timeoutMs: 5_000,
  };
  for (const effect of toolEffect.options) {
    for (const reach of toolReach.options) {
      const tools = [create(ToolSchema, { ...tool, effect, reach })];
      const read = readDescription(create(DescribeResponseSchema, { tools }));
      const { inputSchema: _, outputSchema: __, ...rest } = tool;
      const schemas = { input: { type: 'object' }, output: { type: 'string' } };
      const expected = toolDeclaration.parse({ ...rest, ...schemas, effect, reach });
      assert.deepEqual(read.tools, [expected]);
    }
  }
});

test('a tool that no manifest could have is left out, and said', () => {
  const tool = { name: 'a', description: 'A.', inputSchema: '{"type":"object"}', effect: 'read' };
  const wrong = [
    { ...tool, effect: 'harmless' },
    { ...tool, name: 'A' },
    { ...tool, inputSchema: '[]' },
    { ...tool, inputSchema: `{"a":"${'x'.repeat(100_001)}"}` },
    { ...tool, outputSchema: '{' },
    { ...tool, timeoutMs: 1 },
    tool,
    tool,
  ].map((each) => create(ToolSchema, each));
  const read = readDescription(create(DescribeResponseSchema, { version: '', tools: wrong }));
  assert.equal(read.version, '0.0.0');
  assert.deepEqual(
    read.tools.map(({ name, reach }) => [name, reach]),
    [['a', 'outside']],
  );
  assert.equal(read.leftOut.length, 7);
  assert.equal(read.leftOut[6], 'Its tool "a" is left out: another one has its name.');
});

test('a call carries its circumstances, but not what opens the storage', () => {
  const { signal } = new AbortController();
  const storage = { directory: '/d', key: 'secret' };
  const circumstances = { idempotencyKey: 'k', now: 5, timeZone: 'UTC', folders: ['/f'], storage };
  const onService = (): Promise<never> => Promise.reject(new Error('no services'));
  const call = { tool: 't', input: { a: [1] }, circumstances, signal, onService };
  const { $typeName: _, ...written } = writeCall(call);
  assert.deepEqual(written, {
    tool: 't',
    arguments: '{"a":[1]}',
    idempotencyKey: 'k',
    nowMs: 5,
    timeZone: 'UTC',
    folders: ['/f'],
  });
});
