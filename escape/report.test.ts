import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothingSeen } from './looks.ts';
import { readOptions } from './options.ts';
import { countsOf, documentOf, headOf, isExplained, lineOf } from './report.ts';
import type { Result } from './report.ts';
import { table } from './table.ts';
import type { Outcome } from './trial.ts';

const [probe] = table;
if (probe === undefined) throw new Error('the table is empty');

function outcome(succeeded: boolean, report: string): Outcome {
  const ground = { token: 't', canary: 'c', folder: '/', facts: {} };
  const seen = { ground, output: '', report, hits: [], processes: [], peak: nothingSeen };
  return { succeeded, seen };
}

const missing = 'No such file or directory';
const held: Result = { probe, outside: outcome(true, ''), inside: outcome(false, missing) };
const through: Result = { probe, outside: outcome(true, ''), inside: outcome(true, '') };
const broken: Result = { probe, outside: outcome(false, 'why'), inside: outcome(false, 'other') };

test('what got through, what failed outside and what failed for another reason are counted', () => {
  const counts = countsOf([held, through, broken, { probe, leftOut: 'needs root' }]);
  assert.deepEqual(counts, {
    total: 4,
    classes: 1,
    outsideSucceeded: 2,
    outsideFailed: 1,
    insideSucceeded: 1,
    unexplained: 1,
    leftOut: 1,
    seconds: 0,
  });
  assert.equal(isExplained(held), true);
  assert.equal(isExplained(broken), false);
});

test('a line says how it went; what was not as expected is shown with what was seen', () => {
  assert.match(lineOf(held), /^private-key +works +fails +files of the person, ATT&CK T1552/);
  assert.equal(lineOf(held).includes('\n'), false);
  assert.match(lineOf(through), /works +WORKS/);
  assert.match(lineOf(broken), /FAILS +FAILS\?[^]*outside, expected the secret[^]*why/);
  assert.match(lineOf({ probe, leftOut: 'needs root' }), /left out: needs root/);
});

test('the head says how to repeat it', () => {
  assert.match(headOf(readOptions([], 9)), /--seed 9/);
});

test('the document has a row for each program, as plain data', () => {
  const document = JSON.stringify(documentOf(9, [held, through, { probe, leftOut: 'no' }]));
  const { seed, probes } = JSON.parse(document) as { seed: number; probes: { inside: unknown }[] };
  assert.equal(seed, 9);
  assert.deepEqual(
    probes.map(({ inside }) => inside),
    [false, true, null],
  );
});
