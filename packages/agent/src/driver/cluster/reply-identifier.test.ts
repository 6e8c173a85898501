import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replyIdentifier } from './reply-identifier.ts';

const turn = '01a204bd-f5f2-750e-80f1-9a2638be118d';

test('a turn has one reply identifier: a UUID version 7 of its own instant', () => {
  const id = replyIdentifier(turn);
  assert.equal(replyIdentifier(turn), id);
  assert.match(id, /^01a204bd-f5f2-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(id, turn);
  assert.notEqual(replyIdentifier(`${turn.slice(0, -1)}e`), id);
});
