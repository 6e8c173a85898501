import assert from 'node:assert/strict';
import { test } from 'node:test';
import { table } from './table.ts';

/** How often each name stands in a list, the highest first. */
function counted(names: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, other]) => other - one);
}

test('there are at least 60 programs, each with a name of its own', () => {
  assert.ok(table.length >= 60, `${table.length}`);
  assert.deepEqual(counted(table.map(({ id }) => id))[0]?.[1], 1);
});

test('at most three programs are of one class, and at most three stand for the same', () => {
  for (const names of [
    table.map((probe) => probe.class),
    table.map(({ standsFor }) => /^(?:ATT&CK )?\S+/.exec(standsFor)?.[0] ?? ''),
  ]) {
    const [[name, count] = ['', 0]] = counted(names);
    assert.ok(count <= 3, `${name}: ${count}`);
  }
});

test('each stands for something that is published: a CVE, a CWE or a technique of ATT&CK', () => {
  for (const { id, standsFor } of table) {
    const published = /^(?:CVE-\d{4}-\d{4,7}|CWE-\d+|ATT&CK T\d{4}(?:\.\d{3})?) \S/;
    assert.match(standsFor, published, id);
  }
});

test('no failure is explained by whatever is printed, nor by nothing', () => {
  for (const { id, fails } of table) {
    assert.doesNotMatch('', fails, id);
    assert.doesNotMatch('HELD\nheld', fails, id);
  }
});

test('the quick form has programs of many classes', () => {
  const quick = table.filter(({ isQuick }) => isQuick === true);
  assert.ok(new Set(quick.map((probe) => probe.class)).size >= 12);
});
