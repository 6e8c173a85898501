import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelWires } from './model-wire.ts';
import { completeAnswer } from './scripted-answer.ts';

const answer = completeAnswer(
  { text: ['Grüße', ' an dich'], reasoning: 'why', toolCalls: [{ name: 'add', arguments: {} }] },
  0,
);

for (const [name, wire] of Object.entries(modelWires)) {
  test(`${name}: every event is a complete server-sent event with JSON`, () => {
    for (const event of wire.events(answer, 'm-1')) {
      assert.ok(event.endsWith('\n\n'), event);
      const line = event.split('\n').find((candidate) => candidate.startsWith('data: ')) ?? '';
      if (line !== 'data: [DONE]') assert.equal(typeof JSON.parse(line.slice(6)), 'object');
    }
  });

  test(`${name}: whole and streamed say the same`, () => {
    const whole = JSON.stringify(wire.whole(answer, 'm-1'));
    const events = wire.events(answer, 'm-1').join('');
    for (const word of ['Grüße', 'an dich', 'why', 'add', 'call_0_0']) {
      assert.ok(whole.includes(word), `${word} is missing in the whole answer`);
      assert.ok(events.includes(word), `${word} is missing in the events`);
    }
  });
}
