import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SlotDeclaration } from '@opencomputer/contracts';
import fc from 'fast-check';
import { parseChronoDates } from './chrono-dates.ts';
import { fillSlots, planSlots } from './slots.ts';
import type { FilledSlots } from './slots.ts';

// a Wednesday, 12:20 in Berlin
const context = {
  now: Date.parse('2026-05-06T10:20:00Z'),
  timeZone: 'Europe/Berlin',
  parseDates: parseChronoDates,
};
const slot = (
  type: SlotDeclaration['type'],
  more: Partial<SlotDeclaration> = {},
): SlotDeclaration => ({
  type,
  required: false,
  after: [],
  ...more,
});
const reminder = planSlots(
  {
    text: slot('text', { required: true }),
    when: slot('datetime', { required: true }),
    repeat: slot('recurrence'),
  },
  [
    'remind me to {text} {when}',
    'remind me {when} about {text}',
    'reminder: {text} {when}',
    "don't let me forget to {text} {when}",
    'set a reminder for {when} to {text}',
  ],
);
const values = ({ slots }: FilledSlots): Record<string, unknown> =>
  Object.fromEntries(Object.entries(slots).map(([name, { value }]) => [name, value]));
const remind = (text: string): FilledSlots => fillSlots(reminder, text, context);

test('the text of a reminder is what is left without lead-in and date, wherever the date stands', () => {
  const expected = { text: 'call Bob', when: '2026-05-07T09:00:00+02:00' };
  for (const text of [
    'remind me tomorrow at 9 to call Bob',
    'Remind me to call Bob tomorrow at 9.',
    'tomorrow at 9, remind me to call Bob',
    'remind me to call Bob at 9 tomorrow, please',
    'hey, could you remind me to call Bob tomorrow at 9?',
    'please set a reminder for tomorrow at 9 to call Bob',
    "don't let me forget to call Bob tomorrow at 9",
    'reminder: call Bob, tomorrow 9am',
    'remind me tomorrow to call Bob at 9',
  ]) {
    const filled = remind(text);
    assert.deepEqual(values(filled), expected, text);
    assert.ok(filled.sure && !filled.embedded, text);
    assert.deepEqual(filled.missing, []);
  }
});

test('the span of a value is where its words stand', () => {
  const text = 'remind me tomorrow at 9 to call Bob';
  const { slots } = remind(text);
  assert.deepEqual(slots['text']?.span, [27, 35]);
  assert.deepEqual(slots['when'], {
    value: '2026-05-07T09:00:00+02:00',
    span: [10, 23],
    text: 'tomorrow at 9',
  });
});

test('numbers and names of months stay in the text', () => {
  assert.equal(
    values(remind('remind me to call May about 2 invoices at 5pm'))['text'],
    'call May about 2 invoices',
  );
  assert.equal(
    values(remind('remind me tomorrow about the Friday meeting'))['text'],
    'the Friday meeting',
  );
});

test('required slots that were not said are missing', () => {
  assert.deepEqual(remind('remind me to call Bob').missing, ['when']);
  assert.deepEqual(remind('remind me at 5pm to').missing.includes('when'), false);
});

test('a recurrence goes to its slot, and is reported when there is none', () => {
  assert.deepEqual(values(remind('remind me every Friday at 5 to send the report')), {
    text: 'send the report',
    when: '2026-05-08T17:00:00+02:00',
    repeat: 'FREQ=WEEKLY;BYDAY=FR',
  });
  const once = planSlots({ when: slot('datetime') }, []);
  assert.ok(fillSlots(once, 'every Friday at 5', context).unusedRepeat);
  assert.ok(!fillSlots(once, 'on Friday at 5', context).unusedRepeat);
});

test('words in front of the request make it something else', () => {
  assert.ok(remind('Bob said remind me to call him at 5pm').embedded);
  assert.ok(remind('then I remind me to call him at 5pm').embedded);
});

test('a message shows whether text or request comes first and last', () => {
  const remember = planSlots({ text: slot('text', { required: true }) }, [
    'remember {text}',
    '{text}, remember that',
  ]);
  const said = fillSlots(remember, 'I parked on level 3, remember that', context);
  assert.deepEqual([said.textFirst, said.requestLast], [true, true]);
  const asked = fillSlots(remember, 'remember I parked on level 3', context);
  assert.deepEqual([asked.textFirst, asked.requestLast], [false, false]);
});

test('"from" and "to" tell two times apart', () => {
  const move = planSlots(
    {
      event: slot('text', { required: true }),
      start: slot('datetime', { required: true, after: ['to'] }),
      from: slot('datetime', { after: ['from'] }),
    },
    ['move {event} to {start}', 'move {event} from {from} to {start}'],
  );
  const filled = fillSlots(move, 'move the dentist from Monday at 10 to Tuesday at 3', context);
  assert.deepEqual(values(filled), {
    event: 'the dentist',
    start: '2026-05-12T15:00:00+02:00',
    from: '2026-05-11T10:00:00+02:00',
  });
});

test('typed slots are found by template and by form', () => {
  const convert = planSlots(
    {
      amount: slot('amount'),
      from: slot('unit'),
      to: slot('unit', { after: ['to', 'in', 'into'] }),
    },
    ['convert {amount} {from} to {to}', 'how many {to} are {amount} {from}'],
  );
  const expected = { amount: 5, from: 'km', to: 'miles' };
  assert.deepEqual(values(fillSlots(convert, 'convert 5 km to miles', context)), expected);
  assert.deepEqual(values(fillSlots(convert, 'how many miles are 5km?', context)), expected);
});

test('the end of a range of time goes to the second slot', () => {
  const create = planSlots(
    { title: slot('text', { required: true }), start: slot('datetime'), end: slot('datetime') },
    ['add {title} {start}'],
  );
  const filled = fillSlots(create, 'add lunch tomorrow from 12 to 1pm', context);
  assert.deepEqual(values(filled), {
    title: 'lunch',
    start: '2026-05-07T12:00:00+02:00',
    end: '2026-05-07T13:00:00+02:00',
  });
});

test('spans are inside the text for anything said, and nothing throws', () => {
  const word = fc.constantFrom(
    'remind',
    'me',
    'to',
    'tomorrow',
    'at',
    '9',
    'Bob',
    '"',
    'every',
    'day',
    '🙂',
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 14 }).map((words) => words.join(' ')),
    fc.string({ unit: 'binary', maxLength: 100 }),
  );
  fc.assert(
    fc.property(text, (words) => {
      for (const { span, text: said } of Object.values(remind(words).slots)) {
        assert.ok(span[0] >= 0 && span[0] <= span[1] && span[1] <= words.length);
        assert.equal(said, words.slice(span[0], span[1]));
      }
    }),
    { numRuns: 150 },
  );
});

test('code is what stands behind its language, and the language is no part of it', () => {
  const plan = planSlots({ code: slot('code', { required: true }), language: slot('language') }, [
    'run {code}',
    'run {language} {code}',
    'run this {language}: {code}',
  ]);
  for (const [text, code] of [
    ['run this python: print(1)', 'print(1)'],
    ['python: print(3)', 'print(3)'],
    ['run python print(1 + 1)', 'print(1 + 1)'],
    ['run print("a: b")', 'print("a: b")'],
  ] as const) {
    assert.equal(fillSlots(plan, text, context).slots['code']?.value, code, text);
  }
});
