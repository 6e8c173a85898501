import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { InboundMessage } from '@opencomputer/contracts';
import type { InstalledIntent } from '@opencomputer/contracts/internal';
import { trainParser } from './intents/parser.ts';
import type { IntentParser } from './intents/parser.ts';
import { leaveToModel, typedCommand, understand } from './understand.ts';

const declaration = {
  name: 'note.create',
  tool: 'notes_create',
  description: 'Write down a note',
  examples: [
    'take a note that {text}',
    'note: {text}',
    'write down {text}',
    'jot down {text}',
    'make a note that {text}',
    'new note {text}',
    'note that {text}',
    'note this down: {text}',
  ],
  slots: { text: { type: 'text' as const, required: true, ask: 'What?', after: [] } },
  arguments: {},
  when: 'always' as const,
};
const intents: readonly InstalledIntent[] = [{ plugin: 'notes', aliases: [], declaration }];
let parser: IntentParser;
before(() => {
  parser = trainParser([{ declaration, effect: 'write' }]);
});

const message = (text: string): InboundMessage => ({
  id: '01a203cf-d6e9-7697-841b-82bcc8b99435',
  channel: 'terminal',
  channelMessageId: 'm',
  person: 'owner',
  assurance: 'local',
  conversation: 'c',
  text,
  at: Date.UTC(2026, 10, 22),
  timeZone: 'UTC',
  interactive: true,
});

test('a clear command is planned with the words of the person', async () => {
  const { plan } = await understand({
    message: message('take a note that the gate is green'),
    expectation: undefined,
    parser,
    parseDates: () => [],
    intents,
    modelConnected: false,
    priorsOf: async () => ({}),
  });
  assert.ok(plan.type === 'tool');
  assert.equal(plan.call.tool, 'notes_create');
  assert.equal(plan.call.arguments['text'], 'the gate is green');
  assert.match(plan.call.callId, /^call_[0-9a-f]{8}_0_0$/);
});

test('a typed command is run as it stands, by its own tool', () => {
  const { plan } = typedCommand('12345678', 'ls | wc -l', 'shell_run');
  assert.ok(plan.type === 'tool');
  assert.deepEqual(plan.call.arguments, { command: 'ls | wc -l' });
});

test('what the fast path may not touch goes to the model, or fails when there is none', () => {
  assert.deepEqual(leaveToModel(true, 'off').plan, { type: 'model' });
  assert.equal(leaveToModel(false, 'off').plan.type, 'fail');
});

test('of two plugins the named one is called, and its name is no part of what is kept', async () => {
  const named: InstalledIntent = { plugin: 'acme', aliases: ['work notes', 'acme'], declaration };
  const acme = { ...named, declaration: { ...declaration, tool: 'acme_create' } };
  const understood = await understand({
    message: message('take a note in my work notes that the gate is green'),
    expectation: undefined,
    parser,
    parseDates: () => [],
    intents: [...intents, acme],
    modelConnected: false,
    priorsOf: async () => ({}),
  });
  const { plan, parsed } = understood;
  assert.ok(plan.type === 'tool');
  assert.equal(plan.call.tool, 'acme_create');
  assert.equal(plan.call.arguments['text'], 'the gate is green');
  assert.equal(parsed.slots['text']?.text, 'the gate is green');
});
