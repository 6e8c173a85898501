import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  readListenRequest,
  readQueryRequest,
  readSendRequest,
  readTurnAction,
} from './requests.ts';

const send = {
  channel: 'terminal',
  channelMessageId: 'm1',
  person: 'owner',
  assurance: 'local',
  text: 'hi',
  timeZone: 'UTC',
  interactive: true,
  stream: true,
};
const invalid = { code: 'INPUT_INVALID' };

test('a message is read with and without what is optional', () => {
  assert.deepEqual(readSendRequest(send), send);
  const options = { folder: '/home', modelOnly: true, command: 'ls', attached: 'from a pipe' };
  const more = { conversation: 'c', ...options };
  assert.deepEqual(readSendRequest({ ...send, ...more }), { ...send, ...more });
});

test('a message without one of its members, or with a wrong one, is refused', () => {
  for (const name of Object.keys(send)) {
    assert.throws(() => readSendRequest({ ...send, [name]: undefined }), invalid, name);
    assert.throws(() => readSendRequest({ ...send, [name]: 5 }), invalid, name);
  }
  assert.throws(() => readSendRequest({ ...send, assurance: 'root' }), invalid);
  assert.throws(() => readSendRequest({ ...send, conversation: null }), invalid);
  assert.throws(() => readSendRequest(null), invalid);
});

test('every action is read, an unknown one refused', () => {
  const actions = [
    { type: 'approve', turn: 't', callId: 'c' },
    { type: 'deny', turn: 't', callId: 'c' },
    { type: 'deny', turn: 't', callId: 'c', reason: 'no' },
    { type: 'cancel', turn: 't', reason: 'enough' },
    { type: 'steer', turn: 't', text: 'rather this' },
  ];
  for (const action of actions) assert.deepEqual(readTurnAction(action), action);
  assert.throws(() => readTurnAction({ type: 'explode', turn: 't' }), invalid);
  assert.throws(() => readTurnAction({ type: 'approve', turn: 't' }), invalid);
});

test('every question is read with its input, an unknown one refused', () => {
  const questions = [
    { name: 'conversations', input: { limit: 10 } },
    { name: 'turns', input: { conversation: 'c' } },
    { name: 'why', input: {} },
    { name: 'why', input: { turn: 't' } },
    { name: 'context', input: { text: 'hi' } },
    { name: 'models', input: {} },
    { name: 'plugins', input: {} },
    { name: 'status', input: {} },
    { name: 'integrity', input: {} },
    { name: 'undo', input: { conversation: 'c' } },
    { name: 'choose', input: { model: 'm' } },
  ];
  for (const question of questions) assert.deepEqual(readQueryRequest(question), question);
  const wrong = [
    { name: 'secrets', input: {} },
    { name: 'toString', input: {} },
    { name: 'conversations', input: { limit: 0 } },
    { name: 'conversations', input: { limit: 1001 } },
    { name: 'models' },
  ];
  for (const question of wrong) assert.throws(() => readQueryRequest(question), invalid);
});

test('listening names a person', () => {
  assert.equal(readListenRequest({ person: 'owner' }), 'owner');
  for (const query of [{}, { person: '' }, { person: ['a', 'b'] }]) {
    assert.throws(() => readListenRequest(query), invalid);
  }
});
