import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseChronoDates } from './chrono-dates.ts';
import { chooseWhen, findDates, resolveDay, resolveInstant, resolveRange } from './dates.ts';
import type { DateContext } from './dates.ts';
import { addDays, instantOf, isoDay, wallTimeAt } from './zone.ts';

const berlin = 'Europe/Berlin';
const zones = [berlin, 'America/New_York', 'Asia/Tokyo'];
// a Wednesday, 12:20 in Berlin
const wednesday = Date.parse('2026-05-06T10:20:00Z');

const context = (now = wednesday, timeZone = berlin): DateContext => ({
  now,
  timeZone,
  parseDates: parseChronoDates,
});

function when(text: string, given: DateContext = context()): string | undefined {
  const chosen = chooseWhen(findDates(text, given));
  return chosen && resolveInstant(chosen.mention, given)?.slice(0, 16);
}

function range(text: string, given: DateContext = context()): string | undefined {
  const chosen = chooseWhen(findDates(text, given));
  const found = chosen && resolveRange(chosen.mention, given);
  return found && `${found.start.slice(0, 16)}/${found.end.slice(0, 16)}`;
}

test('phrases mean the instant that a person means', () => {
  const expected: Record<string, string> = {
    'tomorrow at 9': '2026-05-07T09:00',
    'at 9': '2026-05-06T21:00',
    'at 3': '2026-05-06T15:00',
    'tomorrow at 3': '2026-05-07T15:00',
    'tomorrow at 9 in the evening': '2026-05-07T21:00',
    'next Monday': '2026-05-11T09:00',
    'on Wednesday': '2026-05-13T09:00',
    'on Wednesday at 5pm': '2026-05-06T17:00',
    'Wednesday at 9': '2026-05-13T09:00',
    'in 20 minutes': '2026-05-06T12:40',
    'in an hour and a half': '2026-05-06T13:50',
    'in half an hour': '2026-05-06T12:50',
    tonight: '2026-05-06T20:00',
    'tonight at 1': '2026-05-07T01:00',
    noon: '2026-05-07T12:00',
    'tomorrow at noon': '2026-05-07T12:00',
    midnight: '2026-05-07T00:00',
    'end of the month': '2026-05-31T09:00',
    '14:30': '2026-05-06T14:30',
    '09:30': '2026-05-07T09:30',
    'tomorrow at half past 3': '2026-05-07T15:30',
    'quarter to six': '2026-05-06T17:45',
    'ten past seven tomorrow': '2026-05-07T07:10',
    '5pm': '2026-05-06T17:00',
    '5 p.m.': '2026-05-06T17:00',
    'on the 3rd of May': '2027-05-03T09:00',
    'May 20th at 8am': '2026-05-20T08:00',
    'on the 15th at 8': '2026-05-15T08:00',
    'next month on the 5th': '2026-06-05T09:00',
    'a week from tomorrow': '2026-05-14T09:00',
    'two weeks from friday': '2026-05-22T09:00',
    'the day after tomorrow': '2026-05-08T09:00',
    '2026-12-24 18:00': '2026-12-24T18:00',
    '9 November 10:00': '2026-11-09T10:00',
    'November 9 4:15 pm': '2026-11-09T16:15',
    'tomorrow morning': '2026-05-07T09:00',
    'friday evening': '2026-05-08T19:00',
    'first thing tomorrow': '2026-05-07T08:00',
    'by friday': '2026-05-08T09:00',
    'tmrw 8am': '2026-05-07T08:00',
  };
  for (const [text, instant] of Object.entries(expected)) assert.equal(when(text), instant, text);
});

test('holidays are days, unless they name something else', () => {
  const day = (text: string): string | undefined => {
    const chosen = chooseWhen(findDates(text, context()));
    return chosen && resolveDay(chosen.mention, context());
  };
  assert.equal(day('on christmas eve'), '2026-12-24');
  assert.equal(day("what is on new year's eve?"), '2026-12-31');
  assert.equal(day('until new year'), '2027-01-01');
  assert.equal(day("on valentine's day at 8"), '2027-02-14');
  assert.equal(day('bake for the christmas party'), undefined);
  assert.equal(day('happy new year'), undefined);
});

test('an evening in a name stays in the name, and still tells the hour', () => {
  const text = 'the parents evening on thursday at 7';
  assert.equal(when(text), '2026-05-07T19:00');
  const chosen = chooseWhen(findDates(text, context()));
  assert.equal(text.slice(...(chosen?.spans[0] ?? [])), 'on thursday at 7');
});

test('bare hours next to a day are times', () => {
  assert.equal(range('sprint review thursday 10 to 11'), '2026-05-07T10:00/2026-05-07T11:00');
  assert.equal(range('9-11 tomorrow'), '2026-05-07T09:00/2026-05-07T11:00');
  assert.equal(when('friday 9'), '2026-05-08T09:00');
  assert.equal(when('friday at 8.30'), '2026-05-08T08:30');
  assert.equal(when('read chapters 10 to 11'), undefined);
});

test('names and plain numbers are no dates', () => {
  for (const text of [
    'call May about 2 invoices',
    'march to the shop',
    'good morning',
    'meet Sun at the shop',
    'the Friday meeting',
    "Monday's notes",
    'buy 12 eggs',
    'convert 5 miles to km',
  ]) {
    assert.equal(when(text), undefined, text);
  }
});

test('a day and a time that stand apart are one instant, and a name between them is not', () => {
  assert.equal(when('remind me tomorrow to call Bob at 9'), '2026-05-07T09:00');
  assert.equal(when('remind me tomorrow to prepare for the Friday meeting'), '2026-05-07T09:00');
});

test('recurrences have a rule and a first instant at the usual hour', () => {
  const expected: Record<string, [string, string]> = {
    'every Friday at 5': ['FREQ=WEEKLY;BYDAY=FR', '2026-05-08T17:00'],
    'every weekday at 7:30': ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', '2026-05-07T07:30'],
    'every other tuesday at 6pm': ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU', '2026-05-12T18:00'],
    'every monday and thursday at 8am': ['FREQ=WEEKLY;BYDAY=MO,TH', '2026-05-07T08:00'],
    'daily at 8am': ['FREQ=DAILY', '2026-05-07T08:00'],
    'every morning': ['FREQ=DAILY', '2026-05-07T09:00'],
    'every month on the 1st': ['FREQ=MONTHLY', '2026-06-01T09:00'],
    'every 2 days at noon': ['FREQ=DAILY;INTERVAL=2', '2026-05-07T12:00'],
  };
  for (const [text, [rule, instant]] of Object.entries(expected)) {
    assert.equal(chooseWhen(findDates(text, context()))?.mention.repeat, rule, text);
    assert.equal(when(text), instant, text);
  }
});

test('ranges end where the next day, week or month begins', () => {
  const expected: Record<string, string> = {
    tomorrow: '2026-05-07T00:00/2026-05-08T00:00',
    'tomorrow afternoon': '2026-05-07T12:00/2026-05-07T18:00',
    'this week': '2026-05-04T00:00/2026-05-11T00:00',
    'next week': '2026-05-11T00:00/2026-05-18T00:00',
    'this weekend': '2026-05-09T00:00/2026-05-11T00:00',
    'next month': '2026-06-01T00:00/2026-07-01T00:00',
    'in May': '2026-05-01T00:00/2026-06-01T00:00',
    'from 2 to 4pm tomorrow': '2026-05-07T14:00/2026-05-07T16:00',
    'between monday and wednesday': '2026-05-11T00:00/2026-05-14T00:00',
    'the next 3 days': '2026-05-06T00:00/2026-05-09T00:00',
    tonight: '2026-05-06T18:00/2026-05-07T00:00',
  };
  for (const [text, span] of Object.entries(expected)) assert.equal(range(text), span, text);
});

test('"tomorrow at 9" is 9 on the wall clock of the next day, on every weekday, in three zones', () => {
  for (const zone of zones) {
    for (let days = 0; days < 7; days += 1) {
      for (const hour of [0, 8, 12]) {
        const day = addDays({ year: 2026, month: 5, day: 4 }, days);
        const now = instantOf({ ...day, hour, minute: 0, second: 0 }, zone);
        assert.equal(when('tomorrow at 9', context(now, zone)), `${isoDay(addDays(day, 1))}T09:00`);
      }
    }
  }
});

test('one minute before midnight, tomorrow begins one minute later', () => {
  for (const zone of zones) {
    const now = instantOf(
      { year: 2026, month: 12, day: 31, hour: 23, minute: 59, second: 0 },
      zone,
    );
    assert.equal(when('tomorrow at 9', context(now, zone)), '2027-01-01T09:00');
    assert.equal(when('at 9', context(now, zone)), '2027-01-01T09:00');
    assert.equal(when('in 2 minutes', context(now, zone)), '2027-01-01T00:01');
  }
});

test('on both days on which the clock changes, times are those of the wall clock', () => {
  const changes: [string, string, string, string][] = [
    [berlin, '2026-03-28T11:00:00Z', '2026-03-29T09:00:00+02:00', '+01:00'],
    [berlin, '2026-10-24T10:00:00Z', '2026-10-25T09:00:00+01:00', '+02:00'],
    ['America/New_York', '2026-03-07T17:00:00Z', '2026-03-08T09:00:00-04:00', '-05:00'],
    ['America/New_York', '2026-10-31T16:00:00Z', '2026-11-01T09:00:00-05:00', '-04:00'],
  ];
  for (const [zone, now, expected] of changes) {
    const given = context(Date.parse(now), zone);
    const chosen = chooseWhen(findDates('tomorrow at 9', given));
    assert.equal(chosen && resolveInstant(chosen.mention, given), expected);
    const later = chooseWhen(findDates('in 24 hours', given));
    const instant = later && resolveInstant(later.mention, given);
    assert.equal(Date.parse(instant ?? ''), Date.parse(now) + 86_400_000);
  }
  // 25 and 23 hours long
  const spring = context(Date.parse('2026-03-29T06:00:00Z'));
  const day = chooseWhen(findDates('today', spring));
  const whole = day && resolveRange(day.mention, spring);
  assert.equal(Date.parse(whole?.end ?? '') - Date.parse(whole?.start ?? ''), 23 * 3_600_000);
});

test('a day slot takes the day of any mention', () => {
  const chosen = chooseWhen(findDates('in 20 hours', context()));
  assert.equal(chosen && resolveDay(chosen.mention, context()), '2026-05-07');
});

test('an instant meant for the future is never past', () => {
  const phrases = [
    'at 9',
    'tonight',
    'noon',
    'on monday',
    'on monday at 8',
    'tomorrow',
    'at half past 4',
  ];
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }),
      fc.constantFrom(...phrases),
      fc.constantFrom(...zones),
      (now, text, zone) => {
        const given = context(now, zone);
        const chosen = chooseWhen(findDates(text, given));
        const instant = chosen && resolveInstant(chosen.mention, given);
        assert.ok(
          Date.parse(instant ?? '') > now - 1000,
          `${text} at ${new Date(now).toISOString()}`,
        );
      },
    ),
    { numRuns: 150 },
  );
});

test('spans are inside the text, and any text is read without a fault', () => {
  const word = fc.constantFrom(
    'tomorrow',
    'at',
    '9',
    'monday',
    'to',
    'the',
    '3rd',
    'in',
    'every',
    '💥',
    'May',
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
    fc.string({ unit: 'binary', maxLength: 100 }),
  );
  fc.assert(
    fc.property(text, (words) => {
      for (const { span } of findDates(words, context())) {
        assert.ok(span[0] >= 0 && span[0] < span[1] && span[1] <= words.length);
      }
    }),
    { numRuns: 150 },
  );
});

test('the wall clock used here is that of the given zone', () => {
  assert.equal(wallTimeAt(wednesday, berlin).hour, 12);
});
