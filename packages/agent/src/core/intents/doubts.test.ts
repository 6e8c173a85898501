import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IntentScore, SlotDeclaration } from '@opencomputer/contracts';
import { learnCues } from './cues.ts';
import { readDoubt, writeDoubt } from './doubts.ts';
import type { IntentParser, Weighed } from './learned.ts';
import { fillSlots, planSlots } from './slots.ts';

const query: SlotDeclaration = { type: 'text', required: true, ask: '', after: [] };
const examples: Record<string, readonly string[]> = {
  move: ['move {query} up', 'move my {query} up', 'shift {query} up', 'please move {query} up'],
  tasks: ['add {query} as a task', 'new task {query}', 'a task for {query}', 'task: {query}'],
  pen: ['pen down {text}', 'please pen down {text}', 'the {text} goes in pen'],
  show: ['show my list', 'show me my list', 'show the list', 'show list'],
};
const slotsOf = (intent: string): Record<string, SlotDeclaration> =>
  intent === 'show' ? {} : intent === 'pen' ? { text: query } : { query };
const parser: IntentParser = {
  model: {} as IntentParser['model'],
  intents: new Map(
    Object.entries(examples).map(([intent, of]) => [
      intent,
      {
        effect: intent === 'show' ? 'read' : 'write',
        plan: planSlots(slotsOf(intent), of),
      },
    ]),
  ),
  cues: learnCues(
    Object.entries(examples).flatMap(([intent, of]) =>
      of.map((text) => ({ text: text.replace(/\{\w+\}/, ' '), intent })),
    ),
  ),
  contents: (_, text) => (text.includes('fact') ? 'memory' : undefined),
};
const input = { now: 0, timeZone: 'UTC', parseDates: () => [] };

function doubtOf(intent: string, text: string, beside: readonly IntentScore[] = []) {
  const known = parser.intents.get(intent);
  assert.ok(known);
  const filled = fillSlots(known.plan, text, input);
  const scores = [{ intent, score: 0.9 }, ...beside];
  const sure = { score: 0.9, ratio: 9, inScope: true, clear: true, knownWords: 1 };
  const weighed: Weighed = { intent, ...sure, scores };
  const doubt = known.effect === 'read' ? readDoubt : writeDoubt;
  return doubt(parser, weighed, { filled, text });
}

test('a clear write has no doubt', () => {
  assert.equal(doubtOf('move', 'move lunch up'), undefined);
  assert.equal(doubtOf('move', 'can you move lunch up'), undefined);
});

test('a write beside another likely one is doubted, beside a read only when that is likelier', () => {
  assert.match(doubtOf('move', 'move lunch up', [{ intent: 'tasks', score: 0.05 }]) ?? '', /tasks/);
  assert.equal(doubtOf('move', 'move lunch up', [{ intent: 'show', score: 0.05 }]), undefined);
  assert.match(doubtOf('move', 'move lunch up', [{ intent: 'show', score: 0.2 }]) ?? '', /show/);
});

test('a thing of another kind, a question, or a text for another intent is doubted', () => {
  assert.match(doubtOf('move', 'move task 2 up') ?? '', /task/);
  assert.equal(doubtOf('move', 'can move lunch up'), 'it may only be asked');
  assert.equal(doubtOf('tasks', 'new task the film, who is in it'), 'it ends with a question');
  assert.match(doubtOf('tasks', 'new task this fact') ?? '', /memory/);
});

test('a read that names a file it cannot take is doubted', () => {
  assert.equal(doubtOf('show', 'show my list'), undefined);
  assert.equal(doubtOf('show', 'show my list from home.txt'), 'it names a file');
});

test('a write that says more than any pattern of it, or names nothing, is doubted', () => {
  assert.match(doubtOf('tasks', 'new login task lunch') ?? '', /login/);
  assert.equal(doubtOf('move', 'move my task up'), 'it does not say which');
});

test('what begins by naming a thing that exists is not made anew at once', () => {
  assert.equal(doubtOf('pen', 'pen down the code'), undefined);
  assert.equal(doubtOf('pen', 'the recipe goes in pen'), 'it names what exists');
});
