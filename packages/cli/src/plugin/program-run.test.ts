import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { runToEnd } from './program-run.ts';

const options = (signal: AbortSignal = new AbortController().signal) => ({
  directory: tmpdir(),
  variables: { PATH: '/usr/bin:/bin', SHOWN: 'yes' },
  signal,
});

test('the code and both streams come back, the end of them when they are long', async () => {
  const ended = await runToEnd(['sh', '-c', 'echo $SHOWN; echo no >&2; exit 4'], options());
  assert.equal(ended.code, 4);
  assert.deepEqual(ended.output.split('\n').toSorted(), ['', 'no', 'yes']);
  const long = await runToEnd(['sh', '-c', 'head -c 100000 /dev/zero; echo end'], options());
  assert.ok(long.output.length <= 20_000 && long.output.endsWith('end\n'));
});

test('what cannot be started and what is interrupted have no code', async () => {
  const absent = await runToEnd(['./no-such-program'], options());
  assert.equal(absent.code, null);
  assert.match(absent.output, /ENOENT/);
  const controller = new AbortController();
  const waiting = runToEnd(['sleep', '60'], options(controller.signal));
  controller.abort();
  assert.equal((await waiting).code, null);
});
