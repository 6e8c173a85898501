import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamPart, TurnInput } from '@opencomputer/contracts';
import { advance, isFinal, pendingCommands, replay } from '../../core/index.ts';
import { TurnParts } from './turn-parts.ts';

const call = { callId: 'c1', tool: 'send', arguments: {} };
const usage = { inputTokens: 1, outputTokens: 1, cachedTokens: 0, cost: 0 };
const record: TurnInput[] = [
  {
    type: 'turn-start',
    at: 1,
    message: {
      id: 't',
      channel: 'test',
      channelMessageId: '1',
      person: 'ann',
      assurance: 'local',
      conversation: 'c',
      text: 'send it',
      at: 1,
      timeZone: 'UTC',
      interactive: true,
    },
    parsed: { kind: 'act', confidence: 0.9, slots: {}, missing: [], alternatives: [], reason: '' },
    plan: { type: 'tool', call, intent: 'send', candidates: [] },
    budget: { steps: 10, tokens: 100, seconds: 60, money: 1 },
  },
  {
    type: 'policy-decide',
    at: 2,
    decisions: [{ callId: 'c1', plugin: 'mail', decision: 'ask', rule: 'ask', reason: 'it sends' }],
  },
  { type: 'approval-give', at: 3, callId: 'c1', approved: true },
  { type: 'tool-finish', at: 9, callId: 'c1', outcome: { status: 'done', text: 'It is sent.' } },
];

test('each input shows what follows from it, and nothing is shown twice', () => {
  const shown: StreamPart[] = [];
  const machine = { advance, isFinal, pendingCommands, replay };
  const parts = new TurnParts({ machine, pluginOf: () => 'mail' }, (part) => shown.push(part));
  const names = (): string[] => shown.splice(0).map(({ type }) => type);
  assert.equal(parts.take(record.slice(0, 1)), false);
  assert.deepEqual(names(), ['intent-resolve']);
  parts.take(record.slice(0, 2));
  parts.take(record.slice(0, 2));
  const [asked] = shown;
  assert.ok(asked?.type === 'approval-ask' && asked.expiresAt > 2);
  assert.deepEqual(names(), ['approval-ask']);
  parts.take(record.slice(0, 3));
  assert.deepEqual(names(), ['approval-end', 'tool-start']);
  assert.equal(parts.take(record), true);
  const [ended] = shown;
  assert.ok(ended?.type === 'tool-end' && ended.durationMs === 6);
  assert.deepEqual(names(), ['tool-end']);
  parts.end('t', { stream: false });
  assert.deepEqual(shown, [
    {
      type: 'turn-end',
      turn: 't',
      status: 'done',
      text: 'It is sent.',
      usage: { ...usage, inputTokens: 0, outputTokens: 0 },
    },
  ]);
  assert.equal(parts.taken, record.length);
});
