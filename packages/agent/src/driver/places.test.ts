import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPlaces, waitingMax, waitingPerConversationMax } from './places.ts';
import type { Admit } from './places.ts';

const busy = { code: 'SERVICE_BUSY', retryAfterSeconds: 1 };

function fill(admit: Admit, person: string): (() => void)[] {
  const leave: (() => void)[] = [];
  for (;;) {
    try {
      leave.push(admit({ person, conversation: `${person} ${leave.length}` }));
    } catch {
      return leave;
    }
  }
}

test('places of one conversation are limited and given back', () => {
  const admit = createPlaces();
  const owner = { person: 'ann', conversation: 'a' };
  const leave = Array.from({ length: waitingPerConversationMax }, () => admit(owner));
  assert.throws(() => admit(owner), busy);
  admit({ ...owner, conversation: 'b' });
  leave[0]?.();
  admit(owner);
  assert.throws(() => admit(owner), busy);
});

test('one person cannot take all places, and gets back what they give', () => {
  const admit = createPlaces();
  const noisy = fill(admit, 'noisy');
  assert.ok(noisy.length > waitingMax / 2 && noisy.length < (waitingMax * 3) / 4);
  assert.ok(fill(admit, 'quiet').length >= 100, 'another person is still let in');
  assert.throws(() => admit({ person: 'noisy', conversation: 'more' }), busy);
  for (const leave of noisy) leave();
  assert.ok(fill(admit, 'noisy').length > waitingMax / 3);
});
