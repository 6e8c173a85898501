import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityOf } from './identity.ts';

test('a person stays who they are; root becomes a user of the plugin, the same each time', () => {
  assert.deepEqual(identityOf({ userId: 1000, groupId: 100 }, 'x'), { userId: 1000, groupId: 100 });
  const root = { userId: 0, groupId: 0 };
  const mail = identityOf(root, 'mail');
  assert.deepEqual(identityOf(root, 'mail'), mail);
  assert.notDeepEqual(identityOf(root, 'calendar'), mail);
});

test('no name gives root, nor a user of the machine', () => {
  const names = Array.from(
    { length: 2_000 },
    (_, index) => `${'plugin'.repeat(index % 20)}${index}`,
  );
  for (const name of ['', '😀', ...names]) {
    const { userId, groupId } = identityOf({ userId: 0, groupId: 0 }, name);
    assert.ok(userId >= 61_184 && userId < 65_520, `${name}: ${userId}`);
    assert.equal(groupId, userId);
  }
});
