import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamPart } from '@opencomputer/contracts';
import { TextRelay } from './text-relay.ts';

function relayed(): {
  readonly relay: TextRelay;
  readonly text: () => string;
  parts: StreamPart[];
} {
  const parts: StreamPart[] = [];
  const relay = new TextRelay('t', (part) => parts.push(part));
  const text = (): string =>
    parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('');
  return { relay, text, parts };
}

test('a streamed reply is shown once, and only its rest at the end', () => {
  const { relay, text } = relayed();
  relay.begin();
  relay.relay({ type: 'text-delta', id: 'x', delta: 'Hel' }, 1);
  relay.relay({ type: 'text-delta', id: 'x', delta: 'lo' }, 1);
  relay.finish('Hello (cut)');
  assert.equal(text(), 'Hello (cut)');
});

test('text that was taken back is shown anew, and nothing is taken back twice', () => {
  const { relay, parts } = relayed();
  relay.relay({ type: 'text-delta', id: 'x', delta: 'Wrong' }, 1);
  relay.relay({ type: 'text-withdraw', id: 'x', reason: 'other model' }, 1);
  relay.relay({ type: 'text-withdraw', id: 'x', reason: 'other model' }, 1);
  relay.relay({ type: 'text-delta', id: 'x', delta: 'Right' }, 1);
  relay.finish('Right');
  assert.deepEqual(
    parts.map(({ type }) => type),
    ['text-start', 'text-delta', 'text-withdraw', 'text-start', 'text-delta'],
  );
});

test('a reply that was never streamed is shown whole', () => {
  const { relay, parts } = relayed();
  relay.finish('Done.');
  assert.deepEqual(
    parts.map(({ type }) => type),
    ['text-start', 'text-delta', 'text-end'],
  );
});
