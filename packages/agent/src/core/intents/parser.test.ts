import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intentDeclaration } from '@opencomputer/contracts';
import type { IntentResult, ToolEffect } from '@opencomputer/contracts';
import fc from 'fast-check';
import { parseChronoDates } from './chrono-dates.ts';
import { deserialize, serialize } from './model-file.ts';
import { buildParser, parseIntent, refillSlots, trainParser } from './parser.ts';
import type { IntentSource, ParseInput } from './parser.ts';

function source(name: string, effect: ToolEffect, declared: Record<string, unknown>): IntentSource {
  const declaration = intentDeclaration.parse({
    name,
    tool: 'do_it',
    description: name,
    ...declared,
  });
  return { declaration, effect };
}

const sources: IntentSource[] = [
  source('reminder.create', 'write', {
    slots: {
      text: { type: 'text', required: true, ask: 'What?' },
      at: { type: 'datetime', required: true, ask: 'When?' },
    },
    examples: [
      'remind me to {text} {at}',
      'remind me {at} to {text}',
      '{at} remind me to {text}',
      'remind me about {text} {at}',
      'set a reminder to {text} {at}',
      'remind me to {text}',
      'set a reminder for {at} to {text}',
      "don't let me forget to {text} {at}",
      'i need a reminder {at} to {text}',
      'can you remind me {at} about {text}',
      'create a reminder to {text} {at}',
      'reminder {at} {text}',
      'ping me {at} about {text}',
      'please remind me to {text} {at}',
      'remind me that {text} {at}',
      'set a reminder',
    ],
  }),
  source('task.list', 'read', {
    slots: { range: { type: 'date-range' } },
    examples: [
      'what are my reminders',
      'show my reminders',
      'list my tasks',
      'what do i have to do {range}',

      'show me my to do list',
      'what is on my list',
      'which tasks are open',
      'any reminders {range}',
      'read my tasks',
      'what tasks do i have {range}',
      'my reminders please',
      'open tasks',
      'did i set any reminders',
      'do i have any tasks {range}',
      'what should i do {range}',
    ],
  }),
  source('task.remove', 'irreversible', {
    slots: { query: { type: 'text', required: true, ask: 'Which?' } },
    examples: [
      'delete the task {query}',
      'remove {query} from my list',
      'cancel the reminder to {query}',

      'delete my reminder about {query}',
      'cancel my reminder to {query}',
      'drop the task {query}',

      'get rid of the reminder to {query}',
      'take {query} off my list',
      'remove the task {query}',

      'please delete the reminder {query}',
      'cancel the task {query}',
      'delete {query} from my tasks',
    ],
  }),
  source('greeting', 'read', {
    examples: [
      'hello',
      'hi',
      'hi there',
      'hey',
      'good morning',
      'good evening',
      'hello agent',
      'hey you',
    ],
  }),
];
const parser = trainParser(sources);
const parse = (text: string, more: Partial<ParseInput> = {}): IntentResult =>
  parseIntent(parser, {
    text,
    now: Date.parse('2026-05-06T10:20:00Z'),
    timeZone: 'Europe/Berlin',
    parseDates: parseChronoDates,
    ...more,
  });

test('a clear and complete request is acted on', () => {
  const result = parse('remind me tomorrow at 9 to call Bob');
  assert.equal(result.kind, 'act');
  assert.equal(result.intent, 'reminder.create');
  assert.equal(result.slots['text']?.value, 'call Bob');
  assert.equal(result.slots['at']?.value, '2026-05-07T09:00:00+02:00');
  assert.equal(parse('what are my reminders').intent, 'task.list');
  assert.equal(parse('delete the task buy milk').slots['query']?.value, 'buy milk');
});

test('a missing slot is asked for, and the answer completes the request', () => {
  const asked = parse('remind me to call Bob');
  assert.equal(asked.kind, 'ask-slot');
  assert.deepEqual(asked.missing, ['at']);
  const expectation = {
    type: 'slot',
    intent: 'reminder.create',
    slot: 'at',
    slots: { text: { value: 'call Bob', text: 'call Bob' } },
  } as const;
  const done = parse('tomorrow at 9', { expectation });
  assert.equal(done.kind, 'act');
  assert.equal(done.slots['at']?.value, '2026-05-07T09:00:00+02:00');
  assert.equal(done.slots['text']?.value, 'call Bob');
  assert.equal(parse('never mind', { expectation }).kind, 'unknown');
  assert.equal(parse('what are my reminders', { expectation }).intent, 'task.list');
});

test('a confirmation acts on what was confirmed, anything else does not', () => {
  const slots = { query: { value: 'buy milk', text: 'buy milk' } };
  const expectation = { type: 'confirm', intent: 'task.remove', slots } as const;
  const yes = parse('yes', { expectation });
  assert.deepEqual([yes.kind, yes.slots['query']?.value], ['act', 'buy milk']);
  assert.equal(parse('no', { expectation }).kind, 'unknown');
  assert.equal(parse('the weather is nice', { expectation }).kind, 'unknown');
  assert.equal(parse('yes').kind, 'unknown');
});

test('nothing is written for what only names a request', () => {
  for (const text of [
    "don't remind me tomorrow at 9 to call Bob",
    'did I set a reminder for tomorrow at 9',
    'how do I set a reminder for tomorrow at 9',
    'Bob said remind me tomorrow at 9 to call him',
    'if it rains tomorrow at 9 remind me to take an umbrella',
    '"remind me tomorrow at 9 to call Bob" is what the ad says',
    'translate "remind me tomorrow at 9 to call Bob" into German',
    'should I delete the task buy milk',
    'why did you delete the task buy milk',
    'I was reminded to call Bob yesterday at 9',
    'what happens if I cancel the reminder to call Bob',
    'who cancelled the reminder to call Bob',
    'never delete the task buy milk',
    'you remind me of my grandmother',
    'I remind me of my father tomorrow at 9',
    'call Bob tomorrow at 9',
    'tomorrow at 9',
    'delete',
  ]) {
    const { kind, intent } = parse(text);
    assert.ok(kind !== 'act' || intent === 'task.list', `${text}: ${kind} ${intent}`);
  }
});

test('a question that names a write is taken for the read that it may mean', () => {
  const { kind, intent } = parse('do I have a reminder for tonight');
  assert.ok(kind !== 'act' || intent === 'task.list', `${kind} ${intent}`);
});

test('a write is asked about when nothing introduced its text, or it begins like something else', () => {
  for (const text of ['reminders tomorrow at 9 Bob call', 'translate reminder tomorrow at 9']) {
    assert.notEqual(parse(text).kind, 'act', text);
  }
});

test('slots can be read from another wording of what was understood', () => {
  const input = {
    now: Date.parse('2026-05-06T10:20:00Z'),
    timeZone: 'Europe/Berlin',
    parseDates: parseChronoDates,
  };
  const parsed = parse('remind me in my reminders at 5pm to leave');
  const text = 'remind me                 at 5pm to leave';
  const filled = refillSlots(parser, parsed, { ...input, text });
  assert.equal(filled.slots['text']?.value, 'leave');
  const without = refillSlots(parser, { ...parsed, kind: 'act' }, { ...input, text: 'remind me' });
  assert.equal(without.kind, 'ask-slot');
});

test('out-of-scope messages are unknown, with a reason', () => {
  for (const text of ['who wrote hamlet', 'write a poem about rain', '', '🙂', 'play some jazz']) {
    const { kind, reason } = parse(text);
    assert.equal(kind, 'unknown', text);
    assert.ok(reason.length > 0);
  }
});

test('a recurrence that no slot takes is confirmed, never acted on as once', () => {
  assert.equal(parse('remind me every Friday at 5 to call Bob').kind, 'confirm');
});

test('a message too long to be a command is never acted on', () => {
  const text = `remind me tomorrow at 9 to call Bob ${'and Anna '.repeat(1_200)}`;
  assert.equal(parse(text).kind, 'unknown');
});

test('a parser over a stored classifier gives the same results', () => {
  const model = deserialize(serialize(parser.model));
  assert.ok(model);
  const again = buildParser(sources, model);
  const input = {
    text: 'set a reminder for 5pm to leave',
    now: 0,
    timeZone: 'UTC',
    parseDates: parseChronoDates,
  };
  assert.deepEqual(parseIntent(again, input), parseIntent(parser, input));
});

test('two plugins with the same intent are one intent with the graver effect', () => {
  const [reminder, ...rest] = sources;
  assert.ok(reminder);
  const both = trainParser([reminder, { ...reminder, effect: 'read' }, ...rest]);
  assert.equal(both.intents.get('reminder.create')?.effect, 'write');
});

test('any text gives a result whose spans hold its words', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (noise) => {
      const text = `remind me to ${noise} at 5pm`;
      for (const { span, text: words } of Object.values(parse(text).slots)) {
        assert.equal(words, text.slice(span[0], span[1]));
      }
    }),
    { numRuns: 60 },
  );
});

test('10 kB of anything takes bounded time', () => {
  const start = process.cpuUsage();
  for (const piece of ['remind me to ', 'at 9 ', '"a" ', '1:', 'every ', '((((', 'ﷺ', 'a.']) {
    parse(piece.repeat(10_000 / piece.length).slice(0, 10_000));
    parse(piece.repeat(10_000 / piece.length).slice(0, 1_999));
  }
  const { user } = process.cpuUsage(start);
  assert.ok(user < 5_000_000, `${user} µs`);
});
