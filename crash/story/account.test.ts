import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerEntry } from '@opencomputer/testkit';
import { account } from './account.ts';
import type { Rows } from './fixtures/rows.ts';
import { createStory } from './play.ts';
import type { Story } from './play.ts';

const entry = (service: string, body: string, key?: string): LedgerEntry => ({
  service,
  method: 'POST',
  path: `/${service}`,
  body,
  ...(key !== undefined && { key }),
});

/** A story that went well, and all that it left behind. */
function good(): { story: Story; rows: Rows; entries: LedgerEntry[] } {
  const story = createStory(7);
  const names = ['effects', 'reminder', 'answer'];
  const conversations = ['s7-effects', 's7-reminder', 'api-1'];
  for (const [index, spoken] of story.spoken.entries()) {
    spoken.accepted = true;
    spoken.turns.add(`t${index}`);
    const text = index === 0 ? `Result of ${spoken.marker}: done, done.` : 'Done.';
    spoken.ends.push({ type: 'ended', text, status: 'done' });
  }
  story.heard.push({ text: 'Reminder: call m7x2', reply: 'r9' });
  const row = (conversation: string, id: string): Rows['outbox'][number] => ({
    id,
    channel: 'terminal',
    conversation,
    state: 'delivered',
  });
  return {
    story,
    rows: {
      inbox: names.map((_, index) => ({
        ...row(conversations[index] ?? '', `t${index}`),
        state: 'done',
      })),
      outbox: [...conversations, 's7-reminder'].map((name, index) => row(name, `r${index}`)),
      finishes: ['t0', 't1', 't2'],
      integrity: 'ok',
    },
    entries: [
      entry('keyed', 'm7x1', 'k1'),
      entry('once', 'm7x1'),
      entry('webhook', 'm7x1', 'w1'),
      entry('webhook', 'm7x2', 'w2'),
      entry('webhook', 'm7x2', 'w3'),
      entry('webhook', 'm7x3', 'w4'),
    ],
  };
}

test('a message whose reply was heard later was accepted, whatever its sender was told', () => {
  const { story, rows, entries } = good();
  const [effects] = story.spoken;
  assert.ok(effects);
  effects.accepted = false;
  const [end] = effects.ends.splice(0);
  story.heard.push({ text: end?.text ?? '', turn: 't0', reply: 'r0' });
  assert.deepEqual(account(story, rows, entries).violations, []);
});

test('a story that went well adds up', () => {
  const { story, rows, entries } = good();
  const { violations, ...sums } = account(story, rows, entries);
  assert.deepEqual(violations, []);
  const none = { failed: 0, pending: 0, unknown: 0, shownAgain: 0 };
  assert.deepEqual(sums, { accepted: 3, completed: 3, ...none });
});

test('each thing that can be wrong is found under its own name', () => {
  const cases: [string, (given: ReturnType<typeof good>) => Partial<ReturnType<typeof good>>][] = [
    ['accepted-is-kept', ({ rows }) => ({ rows: { ...rows, inbox: rows.inbox.slice(1) } })],
    [
      'message-once',
      ({ rows }) => {
        const [first] = rows.inbox;
        const twice = first === undefined ? [] : [{ ...first, id: 't9' }];
        const finishes = [...rows.finishes, 't9'];
        return { rows: { ...rows, inbox: [...rows.inbox, ...twice], finishes } };
      },
    ],
    ['one-end', ({ rows }) => ({ rows: { ...rows, finishes: [...rows.finishes, 't0'] } })],
    [
      'one-reply',
      ({ rows }) => ({ rows: { ...rows, outbox: [...rows.outbox, ...rows.outbox.slice(0, 1)] } }),
    ],
    ['key-once', ({ entries }) => ({ entries: [...entries, entry('keyed', 'm7x1', 'k2')] })],
    ['effect-once', ({ entries }) => ({ entries: [...entries, entry('once', 'm7x1')] })],
    ['told-truth', ({ entries }) => ({ entries: entries.filter((one) => one.service !== 'once') })],
    ['one-reply', ({ entries }) => ({ entries: [...entries, entry('webhook', 'm7x3', 'w9')] })],
    ['settles', ({ entries }) => ({ entries: entries.filter((one) => one.key !== 'w4') })],
    ['store-whole', ({ rows }) => ({ rows: { ...rows, integrity: 'page 3 is lost' } })],
    [
      'reminder-once',
      ({ story, entries }) => {
        story.heard.push({ text: 'Reminder: call m7x2', reply: 'r10' });
        return { entries };
      },
    ],
  ];
  for (const [assertion, harm] of cases) {
    const given = good();
    const { story, rows, entries } = { ...given, ...harm(given) };
    const { violations } = account(story, rows, entries);
    const names = [...new Set(violations.map((violation) => violation.assertion))];
    assert.deepEqual(names, [assertion]);
  }
});

test('the same delivery or the same keyed effect again is none, for its key is the same', () => {
  const { story, rows, entries } = good();
  const again = [entry('webhook', 'm7x1', 'w1'), entry('keyed', 'm7x1', 'k1')];
  assert.deepEqual(account(story, rows, [...entries, ...again]).violations, []);
});
