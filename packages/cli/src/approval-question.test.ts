import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { approvalLines, askApproval, parseAnswer } from './approval-question.ts';
import type { ApprovalAsk } from './approval-question.ts';
import { capture } from './fixtures/surroundings.ts';
import { styleFor } from './style.ts';
import { readLines } from './terminal-lines.ts';

const ask = (argument: unknown): ApprovalAsk => ({
  type: 'approval-ask',
  turn: 't',
  plugin: 'shell',
  call: { callId: 'c', tool: 'shell_run', arguments: { command: argument as string } },
  reason: 'it starts a program',
  expiresAt: 0,
});
const style = styleFor(false);

test('all of a call is shown, in as many lines as it has', () => {
  const script = Array.from({ length: 60 }, (_, line) => `echo ${line}`).join('\n');
  const lines = approvalLines(ask(script), style);
  assert.equal(lines[0], '? May shell/shell_run run? it starts a program');
  assert.equal(lines.length, 61);
  assert.equal(lines.at(-1), '      echo 59');
});

test('what is invisible is shown as an escape', () => {
  const hidden = approvalLines(ask('ls \u202e; rm\u200b -rf'), style).join('\n');
  assert.match(hidden, /"ls \\u202e; rm\\u200b -rf"/);
  assert.match(approvalLines(ask('a\rb'), style).join('\n'), /"a\\rb"/);
  assert.match(approvalLines(ask('\u001b[2Jx'), style).join('\n'), /\\u001b\[2Jx/);
  assert.match(approvalLines(ask(''), style).join('\n'), /command: ""/);
});

test('only yes is a yes; anything else typed is the reason for the no', () => {
  assert.deepEqual(parseAnswer('y'), { approved: true });
  assert.deepEqual(parseAnswer(' YES '), { approved: true });
  assert.deepEqual(parseAnswer(''), { approved: false });
  assert.deepEqual(parseAnswer('n'), { approved: false });
  assert.deepEqual(parseAnswer('use the trash'), { approved: false, reason: 'use the trash' });
  assert.deepEqual(parseAnswer('yep'), { approved: false, reason: 'yep' });
});

test('the end of the input is a no', async () => {
  const output = capture();
  const signal = new AbortController().signal;
  const lines = readLines(Readable.from([]));
  const answer = await askApproval(ask('ls'), { lines, output, style, signal });
  assert.deepEqual(answer, { approved: false });
  assert.match(output.text(), /\[y\]es, \[N\]o, or a reason for no: $/);
});

test('a question that has expired ends without an answer', async () => {
  const input = new Readable({ read: () => undefined });
  const control = new AbortController();
  const lines = readLines(input);
  const options = { lines, output: capture(), style, signal: control.signal };
  const answer = askApproval(ask('ls'), options);
  control.abort();
  assert.equal(await answer, undefined);
  lines.close();
});
