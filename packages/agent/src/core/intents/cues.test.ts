import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learnCues, strongestCue } from './cues.ts';

const cues = learnCues([
  ...['remind me to', 'please remind me of', 'set a reminder to', 'a reminder to'].map((text) => ({
    text,
    intent: 'remind',
  })),
  ...['add to my list', 'put on my list', 'my list', 'add to the list'].map((text) => ({
    text,
    intent: 'list',
  })),
  ...['who is the king', 'tell me a joke', 'what is my name', 'go to bed'].map((text) => ({
    text,
    intent: 'oos',
  })),
]);

test('a word of one intent is its cue, a word of all is none', () => {
  assert.ok(strongestCue(cues, 'remind', ['remind']) > 0);
  assert.ok(strongestCue(cues, 'list', ['list']) > 0);
  assert.equal(strongestCue(cues, 'remind', ['to']), 0);
  assert.equal(strongestCue(cues, 'remind', ['list']), 0);
});

test('two words together can be a cue, and out-of-scope has none', () => {
  assert.ok(strongestCue(cues, 'list', ['add', 'to']) > 0);
  assert.equal(strongestCue(cues, 'oos', ['who', 'is']), 0);
  assert.equal(strongestCue(cues, 'nothing', ['remind']), 0);
});
