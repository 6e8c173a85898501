import assert from 'node:assert/strict';
import { test } from 'node:test';
import { work } from './fixtures/agent.ts';
import { standIn } from './fixtures/options.ts';
import { run } from './startup.ts';

const seconds = (milliseconds: number): number => milliseconds / 1000;

test('each start is charged with the work it does', async () => {
  const metrics = await run([...standIn('thrifty'), '--runs', '2']);
  assert.deepEqual(Object.keys(metrics), [
    'startup.ready_cpu_s',
    'startup.ready_wall_s',
    'startup.first_reply_cpu_s',
    'startup.version_cpu_s',
    'startup.oneshot_cpu_s',
  ]);
  const of = (name: string): number => metrics[`startup.${name}`] ?? Number.NaN;
  assert.ok(of('ready_cpu_s') >= seconds(work.ready));
  assert.ok(of('ready_wall_s') >= seconds(work.ready));
  assert.ok(of('first_reply_cpu_s') >= of('ready_cpu_s') + seconds(work.turn));
  assert.ok(of('oneshot_cpu_s') >= of('version_cpu_s') + seconds(work.question) / 2);
  assert.ok(of('version_cpu_s') > 0 && of('version_cpu_s') < of('ready_cpu_s'));
});

test('without the program nothing is measured', async () => {
  assert.deepEqual(await run(standIn('none')), {});
});
