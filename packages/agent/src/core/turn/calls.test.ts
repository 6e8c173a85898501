import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallState, ToolCall } from '@opencomputer/contracts';
import { countRepeats, finishCall, resultMessages, settle } from './calls.ts';

const call = (callId: string, tool = 'a'): ToolCall => ({ callId, tool, arguments: { x: 1 } });

test('repeats count by tool and arguments, not by call id', () => {
  const counts = countRepeats({}, [call('1'), call('2'), call('3', 'b')]);
  assert.deepEqual(counts, { 'a {"x":1}': 2, 'b {"x":1}': 1 });
});

test('a finished call keeps its first outcome', () => {
  const running: CallState = { call: call('1'), status: 'running' };
  const once = finishCall([running], '1', { status: 'done', text: 'first' });
  const twice = finishCall(once, '1', { status: 'done', text: 'second' });
  assert.deepEqual(twice[0]?.outcome, { status: 'done', text: 'first' });
});

test('settling tells what may have happened from what did not', () => {
  const settled = settle(
    [
      { call: call('1'), status: 'running' },
      { call: call('2'), status: 'asked' },
    ],
    'Stopped.',
  );
  assert.deepEqual(
    settled.map(({ outcome }) => outcome?.status),
    ['unknown', 'refused'],
  );
});

test('results keep the order in which the calls were asked for', () => {
  const calls: CallState[] = ['1', '2'].map((id) => ({ call: call(id), status: 'running' }));
  const done = finishCall(finishCall(calls, '2', { status: 'done', text: 'b' }), '1', {
    status: 'done',
    text: 'a',
  });
  assert.deepEqual(
    resultMessages(done).map((message) => (message.role === 'tool' ? message.callId : '')),
    ['1', '2'],
  );
});
