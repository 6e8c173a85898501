import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { readLines } from './terminal-lines.ts';

const typed = (): Readable => new Readable({ read: () => undefined });
const never = new AbortController().signal;

test('a line that is asked for arrives, and one that came too early does not', async () => {
  const input = typed();
  const lines = readLines(input);
  input.push('too early\n');
  await once(input, 'data');
  const line = lines.next(never);
  input.push('in time\nand too early again\n');
  assert.equal(await line, 'in time');
  input.push(null);
  assert.equal(await lines.next(never), '');
});

test('the end of the input is an empty line, each time', async () => {
  const lines = readLines(Readable.from([]));
  assert.equal(await lines.next(never), '');
  assert.equal(await lines.next(never), '');
});

test('a signal ends the waiting, before or after it began', async () => {
  const lines = readLines(typed());
  const control = new AbortController();
  const line = lines.next(control.signal);
  control.abort();
  assert.equal(await line, undefined);
  assert.equal(await lines.next(control.signal), undefined);
  lines.close();
});
