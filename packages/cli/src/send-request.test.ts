import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRequest } from './send-request.ts';

const options = {
  text: 'hello',
  conversation: undefined,
  timeZone: 'UTC',
  folder: '/srv',
  interactive: false,
  stream: false,
  modelOnly: false,
};

test('each message has an id of its own', () => {
  const [one, two] = [createRequest(options), createRequest(options)];
  assert.notEqual(one.channelMessageId, two.channelMessageId);
  assert.equal(one.person, two.person);
});

test('a new conversation is one that is not named', () => {
  assert.equal('conversation' in createRequest(options), false);
  assert.equal(createRequest({ ...options, conversation: 'c' }).conversation, 'c');
});
