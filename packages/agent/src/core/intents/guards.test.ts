import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asksOfThing, findObjection, isRefusal, isStatement, learnOwnWords } from './guards.ts';
import { readTokens } from './tokens.ts';

const own = learnOwnWords([
  'remind me to {text}',
  "don't let me forget to {text}",
  'can you remind me of {text}',
  'i need a reminder to {text}',
]);
const objection = (text: string): string | undefined =>
  findObjection(readTokens(text), readTokens(text), own);

test('requests have no objection, polite and kindly negated ones included', () => {
  for (const text of [
    'remind me',
    "don't let me forget",
    "please don't forget",
    'could you remind me',
    "why don't you remind me",
    'remind me if you can',
    'hey, can you remind me please',
  ]) {
    assert.equal(objection(text), undefined, text);
  }
});

test('negations, questions, reports, conditions and opposites are objections', () => {
  const expected: Record<string, string> = {
    "don't remind me": 'negated',
    'never remind me': 'negated',
    'no need to remind me': 'negated',
    'how do i set a reminder': 'talk about it',
    'does it remind me': 'a question about it',
    'is there a reminder': 'a question about it',
    'did you remind me': 'about the past',
    'you already set a reminder': 'about the past',
    'Bob said remind me': 'reported',
    'if it rains remind me': 'conditional',
    'cancel the reminder': 'the opposite',
    'do you remember a reminder': 'a question about it',
  };
  for (const [text, kind] of Object.entries(expected)) assert.equal(objection(text), kind, text);
});

test("an intent's own words are no objection to it", () => {
  const cancelling = learnOwnWords([
    'cancel {text}',
    'stop reminding me of {text}',
    'did {text} go',
  ]);
  for (const text of ['cancel the meeting', 'stop reminding me', 'did it go']) {
    assert.equal(findObjection(readTokens(text), readTokens(text), cancelling), undefined, text);
  }
});

test('free text that begins the message still shows a question', () => {
  const tokens = readTokens('which tasks did I mark as done');
  assert.equal(findObjection(tokens.slice(-2), tokens, own), 'a question about it');
});

test('only a command not to is a refusal', () => {
  assert.ok(isRefusal(readTokens("please don't show me that")));
  assert.ok(!isRefusal(readTokens("I don't know what you can do")));
});

test('what the person did or has is a statement, what they need or ask is none', () => {
  for (const text of ['I finished the report', 'we ran out of milk', 'please, I lost it']) {
    assert.ok(isStatement(readTokens(text)), text);
  }
  for (const text of ['I need a reminder', 'can we move it', 'remind me']) {
    assert.ok(!isStatement(readTokens(text)), text);
  }
});

test('a question word at the start is own only with the word behind it', () => {
  const reminding = learnOwnWords(["don't let me forget {text}", 'do remind me to {text}']);
  const said = readTokens('do i have a reminder');
  assert.equal(findObjection(said, said, reminding), 'a question about it');
});

test('what follows free text at the start is no question when an example has it so', () => {
  const done = learnOwnWords(['{text} is done', 'mark {text}']);
  const said = readTokens('the laundry is done');
  assert.equal(findObjection(said.slice(2), said, done), undefined);
  assert.equal(findObjection(said.slice(2), said, own), 'a question about it');
});

test('of many plain examples, words that few of them hold are what they are about', () => {
  const plain = Array.from({ length: 40 }, (_, index) => `remember the number ${index}`);
  const learned = learnOwnWords([...plain, 'remember that Dave hates cake']);
  assert.ok(learned.words.has('remember') && !learned.words.has('hates'));
  assert.ok(learned.all.has('hates'));
});

test('what is asked of a thing is no request, what is asked of somebody may be', () => {
  assert.ok(asksOfThing(readTokens('would a call at 7 fit')));
  assert.ok(asksOfThing(readTokens('hey, could the meeting be later')));
  for (const text of ['could you move it', 'can i have it', 'will', 'a call at 7 would fit']) {
    assert.ok(!asksOfThing(readTokens(text)), text);
  }
});
