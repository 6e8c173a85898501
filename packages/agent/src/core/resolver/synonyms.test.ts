import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conceptsOf } from './synonyms.ts';
import { stemOf } from './terms.ts';

test('words of one meaning share a group, others do not', () => {
  const shared = (one: string, other: string): boolean =>
    (conceptsOf.get(stemOf(one)) ?? []).some((group) =>
      conceptsOf.get(stemOf(other))?.includes(group),
    );
  assert.ok(shared('delete', 'removing'));
  assert.ok(shared('picture', 'images'));
  assert.ok(!shared('delete', 'weather'));
});

test('each group has at least two stems, or it would say nothing', () => {
  const sizes = Map.groupBy([...conceptsOf.values()].flat(), (group) => group);
  for (const [group, members] of sizes) assert.ok(members.length > 1, group);
});
