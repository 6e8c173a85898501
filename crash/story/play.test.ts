import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStory, isSettled, remindersOf, repliesTo, wasSetAside } from './play.ts';

test('a story is settled when each message has its reply and the reminder was said', () => {
  const story = createStory(3);
  const [effects, reminder, answer] = story.spoken;
  assert.ok(effects && reminder && answer);
  const end = { type: 'ended', text: 'Done.', status: 'done' } as const;
  for (const spoken of [effects, reminder, answer]) spoken.ends.push(end);
  assert.equal(isSettled(story), false);
  story.heard.push({ text: `Reminder: call ${reminder.marker}`, reply: 'r1' });
  assert.equal(isSettled(story), true);
  assert.equal(remindersOf(reminder, story.heard).length, 1);
});

test('a late reply is known by its turn, and a message that was set aside by its words', () => {
  const story = createStory(4);
  const [effects, reminder] = story.spoken;
  assert.ok(effects && reminder);
  effects.turns.add('t1');
  story.heard.push({ text: 'The whole answer', turn: 't1', reply: 'r1' });
  story.heard.push({ text: `"${reminder.text}", so this message was set aside`, reply: 'r2' });
  assert.equal(repliesTo(effects, story.heard).length, 1);
  assert.equal(wasSetAside(effects, story.heard), false);
  assert.equal(wasSetAside(reminder, story.heard), true);
  assert.equal(remindersOf(reminder, story.heard).length, 0);
});
