import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backgroundUtterances } from './background.ts';
import { classify, outOfScope, trainIntents } from './classifier.ts';
import type { LabelledUtterance } from './classifier.ts';
import { seededRandom } from './random.ts';

const objects = ['alarm', 'timer', 'clock', 'bell'];
const songs = ['song', 'album', 'playlist', 'track'];
const verbs = ['set', 'start', 'make me', 'please set', 'can you set'];
const plays = ['play', 'put on', 'start playing', 'please play', 'can you play'];
const examples: LabelledUtterance[] = [
  ...verbs.flatMap((verb) =>
    objects.map((thing) => ({ text: `${verb} an ${thing}`, intent: 'alarm' })),
  ),
  ...plays.flatMap((verb) =>
    songs.map((thing) => ({ text: `${verb} a ${thing}`, intent: 'music' })),
  ),
  ...backgroundUtterances
    .filter((text) => !/play|music|song/.test(text))
    .slice(0, 150)
    .map((text) => ({ text, intent: outOfScope })),
];
const model = trainIntents(examples, { random: seededRandom(1) });

test('new utterances get their intent with high probability', () => {
  assert.equal(classify(model, 'could you set an alarm').intent, 'alarm');
  assert.equal(classify(model, 'play this track').intent, 'music');
  assert.ok((classify(model, 'set an alarm').scores[0]?.score ?? 0) > 0.8);
});

test('what is like no intent is out of scope', () => {
  for (const text of ['who discovered penicillin', 'my knee hurts', '', 'qwxz', '???']) {
    assert.equal(classify(model, text).intent, outOfScope, text);
  }
});

test('probabilities of all labels add up to one, best first', () => {
  const { scores } = classify(model, 'set an alarm', 10);
  assert.equal(scores.length, 3);
  assert.ok(Math.abs(scores.reduce((sum, { score }) => sum + score, 0) - 1) < 1e-6);
  assert.ok(scores.every(({ score }, at) => at === 0 || score <= (scores[at - 1]?.score ?? 0)));
});

test('training is repeatable', () => {
  const again = trainIntents(examples, { random: seededRandom(1) });
  assert.deepEqual(again.linear, model.linear);
  assert.equal(again.threshold, model.threshold);
});

test('a larger allowed loss rejects more', () => {
  const options = { random: seededRandom(1), accuracyLossMax: 0.3 };
  assert.ok(trainIntents(examples, options).threshold > model.threshold);
});

test('no examples and a single intent are no fault', () => {
  const empty = trainIntents([], { random: seededRandom(1) });
  assert.equal(classify(empty, 'anything').intent, outOfScope);
  const one = trainIntents([{ text: 'hello', intent: 'greeting' }], { random: seededRandom(1) });
  assert.equal(classify(one, 'hello').intent, 'greeting');
});

test('any Unicode text is classified without a fault', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      assert.ok(classify(model, text).scores.every(({ score }) => score >= 0 && score <= 1));
    }),
  );
});
