import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicyRequest } from '@opencomputer/contracts';
import { createGate } from './gate.ts';
import { decide } from './policy.ts';

const request: PolicyRequest = {
  call: { callId: 'c', tool: 'notes_find', arguments: { query: { words: ['x'] } } },
  plugin: 'notes',
  tier: 'official',
  effect: 'read',
  reach: 'own',
  origins: {},
  interactive: false,
  grants: [],
};

test('a permit is made only for an allowed call, and works once', () => {
  const gate = createGate(decide);
  const { permit } = gate.decide(request);
  assert.ok(permit);
  assert.ok(gate.redeem(permit));
  assert.ok(!gate.redeem(permit));
  assert.equal(gate.decide({ ...request, effect: 'send' }).permit, undefined);
});

test('a permit says for which plugin it is, decided or approved', () => {
  const gate = createGate(decide);
  assert.equal(gate.decide(request).permit?.plugin, 'notes');
  assert.equal(gate.approve('other', request.call).plugin, 'other');
  assert.ok(Object.isFrozen(gate.approve('other', request.call)));
});

test('a copy of a permit and a permit of another gate are worth nothing', () => {
  const gate = createGate(decide);
  const { permit } = gate.decide(request);
  assert.ok(permit);
  assert.ok(!gate.redeem({ ...permit }));
  assert.ok(!createGate(decide).redeem(permit));
});

test('what was decided on cannot be altered before it runs', () => {
  const gate = createGate(decide);
  const words = ['x'];
  const call = { callId: 'c', tool: 'notes_find', arguments: { query: { words } } };
  const { permit } = gate.decide({ ...request, call });
  words.push('y');
  assert.deepEqual(permit?.call.arguments, { query: { words: ['x'] } });
  assert.ok(Object.isFrozen(permit?.call.arguments['query']));
});
