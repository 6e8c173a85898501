import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordedRequest } from '@opencomputer/testkit';
import { askForEffects, entriesOf, markersIn, scriptFor } from './world.ts';

const script = scriptFor('http://world');
const ask = (...messages: readonly object[]): ReturnType<typeof say> => say({ messages });
function say(body: Record<string, unknown>): object {
  assert.equal(typeof script, 'function');
  return typeof script === 'function' ? script({ body } as RecordedRequest, 0) : {};
}
const asked = { role: 'user', content: `${askForEffects} m1x1` };

test('the model asks for both effects, and says of each what it was told', () => {
  assert.partialDeepStrictEqual(ask(asked), {
    toolCalls: [{ name: 'keyed_post' }, { name: 'once_post' }],
  });
  const results = [
    { role: 'tool', content: 'posted m1x1' },
    { role: 'tool', content: 'It may have taken effect.' },
  ];
  assert.deepEqual(ask(asked, ...results), { text: 'Result of m1x1: done, unknown.' });
});

test('anything else is answered with its own marker', () => {
  assert.deepEqual(ask({ role: 'user', content: 'Why? m2x3' }), { text: 'Answer to m2x3.' });
  assert.deepEqual(markersIn('m1x1 and m22x3, not mx'), ['m1x1', 'm22x3']);
});

test('entries are told apart by service and marker', () => {
  const entry = { service: 'once', method: 'POST', path: '/once/post', body: 'm1x1' };
  assert.deepEqual(entriesOf([entry], 'once', 'm1x1'), [entry]);
  assert.deepEqual(entriesOf([entry], 'once', 'm1x2'), []);
  assert.deepEqual(entriesOf([entry], 'keyed', 'm1x1'), []);
});
