import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { runSteps, stepsOf, type Step } from './check.ts';

function step(name: string, code: string, after?: string): Step {
  const command = [process.execPath, '-e', code];
  return after === undefined ? { name, command } : { name, command, after };
}

test('every step runs, and a failure carries what was printed on either stream', async () => {
  const reported: string[] = [];
  const results = await runSteps(
    [
      step('bad', `console.log('one'); console.error('two'); process.exitCode = 3;`),
      step('good', ''),
      step('absent', `process.kill(process.pid, 'SIGKILL')`),
    ],
    (result) => reported.push(result.name),
  );
  assert.deepEqual(reported.toSorted(), ['absent', 'bad', 'good']);
  const failures = results.map((result) => result.failure);
  assert.match(failures[0] ?? '', /^(one\ntwo|two\none)\n\(exit code 3\)$/);
  assert.equal(failures[1], undefined);
  assert.match(failures[2] ?? '', /SIGKILL/);
});

test('a step waits for its predecessor and is not run when that failed', async () => {
  const results = await runSteps(
    [step('types', 'process.exitCode = 1'), step('reference', '', 'types')],
    () => undefined,
  );
  assert.equal(results[1]?.failure, 'not run: types failed');
  const alone = await runSteps([step('reference', '', 'types')], () => undefined);
  assert.equal(alone[0]?.failure, undefined);
});

test('a step that is not known is refused by name', () => {
  const run = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'check.ts'), 'lint', 'tpyes'],
    {
      encoding: 'utf8',
    },
  );
  assert.equal(run.status, 1);
  assert.match(run.stderr, /no check "tpyes"; there are types, (temporal, )?format, lint/);
});

test('an update rewrites pages and formatting, and judges everything else as always', () => {
  const changed = stepsOf(true).filter(
    (each, index) => each.command.join() !== stepsOf(false)[index]?.command.join(),
  );
  assert.deepEqual(
    changed.map((each) => each.name),
    ['format', 'reference'],
  );
});
