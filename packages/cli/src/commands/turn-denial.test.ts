import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '@opencomputer/contracts';
import { fakeService, turnId } from '../fixtures/fake-service.ts';
import { wasRefusedUnattended } from './turn-denial.ts';

const check = (name: string, data: Json): Promise<boolean> => {
  const why = [{ at: 0, name, text: '', data }];
  return wasRefusedUnattended(fakeService({ queries: { why } }), turnId);
};
const decided = (decision: string, rule: string): Json => ({
  decisions: [
    { callId: 'a', decision: 'allow', rule: 'own-read', reason: '' },
    { callId: 'b', decision, rule, reason: '' },
  ],
});

test('a call that nobody was there to allow is found among the decisions', async () => {
  assert.equal(await check('policy-decide', decided('deny', 'unattended')), true);
});

test('an allowed call and one refused by another rule are none', async () => {
  assert.equal(await check('policy-decide', decided('allow', 'granted-tool')), false);
  assert.equal(await check('policy-decide', decided('deny', 'unknown-tool')), false);
});

test('a record of another shape is none', async () => {
  assert.equal(await check('policy-decide', { decisions: 'deny' }), false);
  assert.equal(await check('policy-decide', ['deny']), false);
  assert.equal(await check('turn-start', decided('deny', 'unattended')), false);
});
