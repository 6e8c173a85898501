import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command, ToolDeclaration } from '@opencomputer/contracts';
import { toolDeclaration } from '@opencomputer/contracts';
import { resumption } from './resumption.ts';

const tool = (name: string, rest: Partial<ToolDeclaration>) => ({
  plugin: 'p',
  tier: 'official' as const,
  declaration: toolDeclaration.parse({
    name,
    description: 'A test.',
    input: {},
    effect: 'write',
    ...rest,
  }),
});
const tools = [
  tool('look', { effect: 'read' }),
  tool('keyed', { idempotent: true }),
  tool('once', { effect: 'send' }),
];
const callOf = (name: string): Command => ({
  type: 'tool-call',
  call: { callId: `call of ${name}`, tool: name, arguments: {} },
  idempotencyKey: `t/${name}`,
});

test('what reads or has a key is done again, under the same key', () => {
  const pending = [callOf('look'), callOf('keyed')];
  assert.deepEqual(resumption(pending, tools, 5), { commands: pending, inputs: [] });
});

test('what has no key is not done again, nor what is no longer installed: its outcome is unknown', () => {
  const { commands, inputs } = resumption([callOf('once'), callOf('gone')], tools, 5);
  assert.deepEqual(commands, []);
  assert.deepEqual(
    inputs.map((input) => input.type === 'tool-finish' && [input.callId, input.outcome.status]),
    [
      ['call of once', 'unknown'],
      ['call of gone', 'unknown'],
    ],
  );
});

test('a question that nobody can hear again counts as not answered; a model is asked again', () => {
  const { call } = callOf('once') as Extract<Command, { type: 'tool-call' }>;
  const question: Command = { type: 'approval-ask', call, reason: 'x', expiresAt: 9 };
  const model: Command = { type: 'model-call', step: 1, messages: [] };
  assert.deepEqual(resumption([question, model], tools, 5), {
    commands: [model],
    inputs: [{ type: 'timer-fire', at: 5, timer: 'approval' }],
  });
});
