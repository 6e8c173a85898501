import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Message } from '@opencomputer/contracts';
import {
  addTurn,
  assembleMessages,
  charactersOf,
  earlierLinesMax,
  emptyConversation,
  foldConversation,
  resultCharactersMax,
  windowLimits,
} from './conversation.ts';
import type { WindowLimits } from './conversation.ts';
import type { FinishedTurn } from '@opencomputer/contracts/internal';

function turn(id: string, text: string, calls = 0): FinishedTurn {
  const messages: Message[] = [{ role: 'user', text }];
  for (let index = 0; index < calls; index += 1) {
    const callId = `${id}-${index}`;
    const call = { callId, tool: 'x', arguments: {} };
    messages.push({ role: 'assistant', parts: [{ type: 'tool-call', call }] });
    messages.push({ role: 'tool', callId, tool: 'x', outcome: { status: 'done', text } });
  }
  messages.push({ role: 'assistant', parts: [{ type: 'text', text: `re: ${text}` }] });
  return {
    turn: id,
    at: 0,
    status: 'done',
    messages,
    reply: `re: ${text}`,
    usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 },
  };
}

const bound = (charactersMax: number): WindowLimits => ({
  talkCharactersMax: charactersMax,
  workCharactersMax: charactersMax,
});
const nothing = { at: 0, messages: [] };

const turns = fc
  .array(fc.tuple(fc.string({ minLength: 1, maxLength: 300 }), fc.nat(3)), { maxLength: 40 })
  .map((list) => list.map(([text, calls], index) => turn(`t${index}`, text, calls)));

test('a call and its result are never parted, however small the window is', () => {
  fc.assert(
    fc.property(turns, fc.integer({ min: 10, max: 3_000 }), (list, charactersMax) => {
      const view = foldConversation(list, new Set(), bound(charactersMax));
      const sent = assembleMessages(view, nothing);
      const calls = new Set(
        sent.flatMap((message) =>
          message.role === 'assistant'
            ? message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.call.callId] : []))
            : [],
        ),
      );
      const results = sent.flatMap((message) => (message.role === 'tool' ? [message.callId] : []));
      assert.deepEqual([...calls], results);
    }),
  );
});

test('the window holds the newest turns and counts the others', () => {
  fc.assert(
    fc.property(turns, fc.integer({ min: 10, max: 3_000 }), (list, charactersMax) => {
      const view = foldConversation(list, new Set(), bound(charactersMax));
      assert.equal(view.window.length + view.compacted, list.length);
      assert.deepEqual(view.window, list.slice(view.compacted));
      assert.equal(view.characters, charactersOf(view.window.flatMap((one) => one.messages)));
      assert.ok(view.window.length <= 1 || view.characters <= charactersMax);
    }),
  );
});

test('what was compacted comes back when the turns after it are undone', () => {
  const list = Array.from({ length: 10 }, (_, index) => turn(`t${index}`, 'x'.repeat(100)));
  const whole = foldConversation(list, new Set(), bound(1_000));
  assert.ok(whole.compacted > 0);
  const undone = new Set(list.slice(3).map((one) => one.turn));
  assert.equal(foldConversation(list, undone, bound(1_000)).compacted, 0);
  assert.deepEqual(foldConversation(list, undone, bound(1_000)).window, list.slice(0, 3));
});

test('the beginning of what is sent stays the same while the window only grows', () => {
  let view = emptyConversation;
  let before: readonly Message[] = [];
  let moved = 0;
  for (let index = 0; index < 100; index += 1) {
    view = addTurn(view, turn(`t${index}`, `message ${index}`), bound(2_000));
    const sent = assembleMessages(view, nothing);
    const stable = before.every((message, at) => {
      return JSON.stringify(message) === JSON.stringify(sent[at]);
    });
    if (!stable) moved += 1;
    before = sent;
  }
  assert.ok(moved > 0 && moved <= 8, `${moved} moves in 100 turns`);
});

test('what was said before the window is kept in a few short lines', () => {
  const list = Array.from({ length: 50 }, (_, index) =>
    turn(`t${index}`, `${index} ${'y'.repeat(500)}`),
  );
  const view = foldConversation(list, new Set(), bound(2_000));
  assert.equal(view.earlier.length, earlierLinesMax);
  assert.ok(view.earlier.every((line) => line.length <= 160));
  const first = assembleMessages(view, nothing)[0];
  assert.ok(first?.role === 'user' && first.text.includes('earlier messages are not shown'));
});

test('a long result is sent with its middle cut out and kept whole in the log', () => {
  const long = 'z'.repeat(resultCharactersMax * 3);
  const view = addTurn(emptyConversation, turn('t', long, 1), bound(1_000_000));
  const sent = assembleMessages(view, nothing).find(({ role }) => role === 'tool');
  assert.ok(sent?.role === 'tool');
  assert.ok(sent.outcome.text.length <= resultCharactersMax);
  const kept = view.window[0]?.messages.find(({ role }) => role === 'tool');
  assert.equal(kept?.role === 'tool' && kept.outcome.text, long);
});

test('the expectation of the last turn is carried, and only of the last', () => {
  const expectation = { type: 'confirm' as const, intent: 'note.create', slots: {} };
  const asked = addTurn(emptyConversation, { ...turn('a', 'x'), expectation }, bound(1_000));
  assert.deepEqual(asked.expectation, expectation);
  assert.equal(addTurn(asked, turn('b', 'y'), bound(1_000)).expectation, undefined);
});

test('each turn carries its own time, which does not change later', () => {
  const stamp = (at: number): string => `at ${at}`;
  const one = { ...turn('a', 'hello'), at: 5 };
  const view = addTurn(emptyConversation, one, bound(1_000));
  const current = { at: 9, messages: [{ role: 'user' as const, text: 'again' }] };
  const sent = assembleMessages(view, current, stamp);
  assert.deepEqual(
    sent.flatMap((message) => (message.role === 'user' ? [message.text] : [])),
    ['hello\n\n[at 5]', 'again\n\n[at 9]'],
  );
});

test('more is sent while tools are at work than in talk', () => {
  const limits = { talkCharactersMax: 500, workCharactersMax: 5_000 };
  const text = 'x'.repeat(100);
  const talk = Array.from({ length: 10 }, (_, index) => turn(`t${index}`, text));
  const work = Array.from({ length: 10 }, (_, index) => turn(`t${index}`, text, 1));
  assert.ok(foldConversation(talk, new Set(), limits).compacted > 0);
  assert.equal(foldConversation(work, new Set(), limits).compacted, 0);
});

test('a small model gets half of its window for what went before, a large one a bound', () => {
  assert.equal(windowLimits(8_000).workCharactersMax, 4_000 * 3.6);
  assert.equal(windowLimits(200_000).talkCharactersMax, 8_000 * 3.6);
  assert.equal(windowLimits(200_000).workCharactersMax, 32_000 * 3.6);
});
