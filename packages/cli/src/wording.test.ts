import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { argumentsText, counted, duration, intentText, outcomeText } from './wording.ts';
import { shorten, timeText, usageText } from './wording.ts';

test('durations are as exact as they are useful', () => {
  assert.equal(duration(0), '0.0 s');
  assert.equal(duration(340), '0.3 s');
  assert.equal(duration(9_949), '9.9 s');
  assert.equal(duration(9_950), '10 s');
  assert.equal(duration(125_000), '2 min 5 s');
  assert.equal(duration(-5), '0.0 s');
});

test('usage names tokens, and money only where its price is known', () => {
  const usage = { inputTokens: 1_200, outputTokens: 34, cachedTokens: 0, cost: 0 };
  assert.equal(usageText(usage), '1,234 tokens (1,200 in, 34 out)');
  assert.equal(
    usageText({ ...usage, cost: 0.00123 }),
    '1,234 tokens (1,200 in, 34 out), 0.0012 USD',
  );
  assert.equal(usageText({ ...usage, inputTokens: 0, outputTokens: 0 }), 'no model, 0 tokens');
});

test('one of a kind is not many', () => {
  assert.deepEqual([counted(1, 'tool'), counted(2_000, 'tool')], ['1 tool', '2,000 tools']);
});

test('arguments fit a line and cannot move the cursor', () => {
  const call = { callId: 'a', tool: 't', arguments: { path: 'a\n\u001b[2Jb', list: [1, 2] } };
  assert.equal(argumentsText(call, 80), 'path: a b, list: [1, 2]');
  assert.equal(argumentsText(call, 10), 'path: a b…');
});

test('nested arguments are pairs of name and value, and a long one leaves room for the others', () => {
  const text = (values: JsonObject, unitsMax = 120): string =>
    argumentsText({ callId: 'a', tool: 't', arguments: values }, unitsMax);
  assert.equal(
    text({ range: { from: '2026-01-05', to: null }, tags: ['a', 'b'], done: false }),
    'range: {from: 2026-01-05, to: null}, tags: [a, b], done: false',
  );
  assert.equal(
    text({ a: { b: { c: { d: 1 } } }, e: {}, f: [[[]]] }),
    'a: {b: {c: {…}}}, e: {}, f: [[[]]]',
  );
  assert.equal(text({ list: [1, 2, 3, 4, 5, 6, 7] }), 'list: [1, 2, 3, 4, 5, 6, …]');
  const cut = text({ text: 'x'.repeat(1_000_000), path: '/tmp' });
  assert.match(cut, /^text: x+…, path: \/tmp$/);
  assert.ok(cut.length <= 80);
  assert.equal(text({ code: 'y'.repeat(500) }).length, 120);
});

test('shortening never cuts a character in half', () => {
  assert.equal(shorten('short', 5), 'short');
  assert.equal(shorten('a😀b', 3).isWellFormed(), true);
});

test('an outcome that is not done says why in one line', () => {
  assert.equal(outcomeText({ status: 'done', text: 'ok' }), 'done');
  assert.equal(outcomeText({ status: 'refused', text: 'no\nsuch file' }), 'refused: no such file');
});

test('the fast path says that no model was needed', () => {
  const part = {
    type: 'intent-resolve',
    intent: 'reminder.create',
    plugin: 'tasks',
    tool: 'task_add',
    confidence: 0.98,
  } as const;
  assert.equal(intentText(part), 'reminder.create → tasks/task_add (no model, 0 tokens)');
});

test('a time is told in the person’s zone, with its date when it is not today', () => {
  const options = { now: Date.UTC(2026, 0, 2, 12), timeZone: 'Asia/Tokyo', locale: 'en' };
  assert.equal(timeText(Date.UTC(2026, 0, 2, 0, 30), options), '9:30 AM');
  assert.equal(timeText(Date.UTC(2026, 0, 1, 0, 30), options), 'Jan 1, 2026 9:30 AM');
});
