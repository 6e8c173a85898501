import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from '../options.ts';
import { canTrace } from './tracer.ts';
import { sweep } from './sweep.ts';

test('killed at points of each system call, the built program loses nothing and does nothing twice', async (context) => {
  const lines: string[] = [];
  const print = (line: string): void => {
    lines.push(line);
  };
  // A machine that others use too is slow to start anything: the bar of time is for the command.
  const endsAt = performance.now() + 75_000;
  await sweep(readOptions(['--only', 'sweep'], 20_260_101), { endsAt, print });
  const text = lines.join('\n');
  for (const line of lines) context.diagnostic(line);
  assert.match(text, /^violations 0$/m);
  assert.match(text, /broken 0/);
  if (!canTrace()) assert.match(text, /only kills at times of chance/);
});
