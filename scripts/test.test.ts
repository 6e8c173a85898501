import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { notRunLine, patternsOf, unknownRequirements } from './test.ts';

test('suites that were not run end in one line, each named once with what it needs', () => {
  const notes =
    'b.test.ts needs strace (install it)\na.test.ts needs X (y)\na.test.ts needs X (y)\n';
  assert.equal(
    notRunLine(notes),
    'Not run: a.test.ts needs X (y); b.test.ts needs strace (install it).',
  );
  assert.equal(notRunLine(''), 'Not run: nothing; every suite had what it needs.');
});

test('a name that no suite asks for is refused, so that a typo cannot pass', () => {
  assert.deepEqual(unknownRequirements('postgresql,strase'), ['strase']);
  assert.deepEqual(unknownRequirements(''), []);
  const run = spawnSync(process.execPath, [join(import.meta.dirname, 'test.ts')], {
    env: { ...process.env, OPENCOMPUTER_TEST_REQUIRE: 'strase' },
    encoding: 'utf8',
  });
  assert.equal(run.status, 1);
  assert.match(run.stderr, /"strase"; known are postgresql/);
});

test('a folder stands for the tests in it, and a file for itself', () => {
  assert.deepEqual(patternsOf([import.meta.dirname]), [join(import.meta.dirname, '**/*.test.ts')]);
  assert.deepEqual(patternsOf([import.meta.filename]), [import.meta.filename]);
});
