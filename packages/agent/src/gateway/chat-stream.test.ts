import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamPart } from '@opencomputer/contracts';
import { ChatStream } from './chat-stream.ts';

const usage = { inputTokens: 1, outputTokens: 1, cachedTokens: 0, cost: 0 };
const start: StreamPart = { type: 'turn-start', turn: 't', conversation: 'c' };
const model = (step: number): StreamPart => ({ type: 'model-start', model: 'm', step });
const say = (delta: string): StreamPart => ({ type: 'text-delta', id: 'a', delta });
const withdraw: StreamPart = { type: 'text-withdraw', id: 'a', reason: 'it failed' };
const end = (text: string): StreamPart => ({
  type: 'turn-end',
  turn: 't',
  status: 'done',
  text,
  usage,
});

/** The text that a client puts together from the stream of these parts. */
function shown(...parts: StreamPart[]): string {
  const stream = new ChatStream({ turn: 't', model: 'm', at: 0 }, false);
  const events = parts.map((part) => stream.take(part)).join('');
  assert.ok(events.endsWith('data: [DONE]\n\n'));
  return events
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => {
      const { choices } = JSON.parse(event.slice('data: '.length)) as {
        choices: { delta: { content?: string } }[];
      };
      return choices[0]?.delta.content ?? '';
    })
    .join('');
}

test('streamed text is not sent again at the end', () => {
  assert.equal(shown(start, model(1), say('Hello'), say(' you'), end('Hello you')), 'Hello you');
});

test('a reply that was not streamed is sent at the end', () => {
  assert.equal(shown(start, end('Done.')), 'Done.');
});

test('what the reply adds to the streamed text is sent at the end', () => {
  const note = '\n\n(cut at the limit)';
  assert.equal(shown(start, model(1), say('Hello'), end(`Hello${note}`)), `Hello${note}`);
});

test('text of two steps is parted, and only the last is compared to the reply', () => {
  const parts = [model(1), say('Let me look.'), model(2), say('It is 5.')];
  assert.equal(shown(start, ...parts, end('It is 5.')), 'Let me look.\n\nIt is 5.');
});

test('withdrawn text is said to be withdrawn, and the new answer follows', () => {
  const parts = [model(1), say('Half an ans'), withdraw, model(1), say('Whole.')];
  const note = '[The text above is withdrawn: it failed]';
  assert.equal(shown(start, ...parts, end('Whole.')), `Half an ans\n\n${note}\n\nWhole.`);
  assert.equal(shown(start, model(1), withdraw, say('Whole.'), end('Whole.')), 'Whole.');
});

test('a reply that differs from the streamed text is sent whole', () => {
  assert.equal(shown(start, model(1), say('A'), end('B')), 'A\n\nB');
  assert.equal(shown(start, model(1), say('A'), end('')), 'A');
});
