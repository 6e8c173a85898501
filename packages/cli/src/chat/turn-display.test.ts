import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Text } from '@earendil-works/pi-tui';
import type { StreamPart, ToolOutcome } from '@opencomputer/contracts';
import { failure, noUsage, streamed, turnId } from '../fixtures/fake-service.ts';
import { manualClock } from '../fixtures/surroundings.ts';
import type { ManualClock } from '../fixtures/surroundings.ts';
import { styleFor } from '../style.ts';
import { Screen } from './screen.ts';
import { TurnDisplay } from './turn-display.ts';

const empty = new Text('', 0, 0);

const display = (isRaw = false): { shown: TurnDisplay; clock: ManualClock; text: () => string } => {
  const clock = manualClock();
  const screen = new Screen({ live: empty, editor: empty, footer: empty }, () => 50);
  const shown = new TurnDisplay({ screen, style: styleFor(false), clock, isRaw });
  const text = (): string =>
    [...screen.render(60), '--', ...shown.render(60)].map((line) => line.trimEnd()).join('\n');
  return { shown, clock, text };
};

const end = (text: string, more: object = {}): StreamPart => ({
  type: 'turn-end',
  turn: turnId,
  status: 'done',
  text,
  usage: noUsage,
  ...more,
});
const start = (callId: string, tool: string): StreamPart => ({
  type: 'tool-start',
  plugin: 'p',
  call: { callId, tool, arguments: { path: '/tmp/x' } },
});
const ended = (callId: string, outcome: ToolOutcome): StreamPart => ({
  type: 'tool-end',
  callId,
  outcome,
  durationMs: 1_200,
});

test('a running tool shows how long it takes, and becomes an entry when it ends', () => {
  const { shown, clock, text } = display();
  shown.show(start('a', 'files_read'));
  clock.advance(2_500);
  assert.equal(text(), '--\n  … files_read · 2.5 s · path: /tmp/x');
  assert.equal(shown.activity, 'working');
  shown.show(ended('a', { status: 'done', text: 'ok' }));
  assert.equal(text(), '  ✓ files_read · 1.2 s · path: /tmp/x\n--');
});

test('a tool that failed says why', () => {
  const { shown, text } = display();
  shown.show(start('a', 'files_read'));
  shown.show(ended('a', { status: 'refused', text: 'there is no\nsuch file' }));
  assert.equal(text(), '  ✗ files_read · 1.2 s · refused: there is no such file\n--');
});

test('a tool without arguments is its name and its time', () => {
  const { shown, text } = display();
  const call = { callId: 'a', tool: 'tasks_list', arguments: {} };
  shown.show({ type: 'tool-start', plugin: 'tasks', call });
  assert.equal(text(), '--\n  … tasks_list · 0.0 s');
  shown.show(ended('a', { status: 'done', text: 'ok' }));
  assert.equal(text(), '  ✓ tasks_list · 1.2 s\n--');
});

test('many tools at once do not fill the screen', () => {
  const { shown, text } = display();
  for (let index = 0; index < 20; index += 1) shown.show(start(`${index}`, 'web_fetch'));
  assert.equal(text().split('\n').length, 8);
  assert.match(text(), /… and 14 more$/);
});

test('streamed text is shown once, before and after a tool', () => {
  const { shown, text } = display();
  for (const part of streamed('Looking.', 'a')) shown.show(part);
  shown.show(start('c', 'files_read'));
  shown.show(ended('c', { status: 'done', text: 'ok' }));
  for (const part of streamed('Found it.', 'b')) shown.show(part);
  shown.show(end('Found it.'));
  assert.equal(text(), '\n  Looking.\n  ✓ files_read · 1.2 s · path: /tmp/x\n\n  Found it.\n--');
});

test('text that is taken back disappears', () => {
  const { shown, text } = display();
  for (const part of streamed(`Wrong. ${'More of it.\n\n'.repeat(100)}`, 'a', 40)) shown.show(part);
  shown.show({ type: 'text-withdraw', id: 'a', reason: 'another model answers' });
  for (const part of streamed('Right.', 'b')) shown.show(part);
  shown.show(end('Right.'));
  assert.equal(text(), '  · started again: another model answers\n\n  Right.\n--');
});

test('what was not streamed is shown at the end', () => {
  const { shown, text } = display();
  shown.show(end('**All** at once.'));
  assert.equal(text(), '\n  All at once.\n--');
});

test('the output of a typed command is shown as it is', () => {
  const { shown, text } = display(true);
  shown.show(end('**not bold**\n# no title\n'));
  assert.equal(text(), '\n  **not bold**\n  # no title\n--');
});

test('an error shows its code, and an interruption is none', () => {
  const failed = display();
  failed.shown.show(
    end('', { status: 'failed', error: failure('MODEL_RATE_LIMITED', { model: 'm' }).toData() }),
  );
  assert.match(failed.text(), /m is rate limited\.[^]*\[MODEL_RATE_LIMITED\]/);
  const cancelled = display();
  const error = failure('TURN_CANCELLED', { reason: 'r' }).toData();
  cancelled.shown.show(end('', { status: 'cancelled', error }));
  assert.equal(cancelled.text(), '  Interrupted.\n--');
});

test('a failure is told once, and so is an interruption', () => {
  const failed = failure('MODEL_RATE_LIMITED', { model: 'm' });
  const cancelled = failure('TURN_CANCELLED', { reason: 'r' });
  for (const [status, error] of [
    ['failed', failed],
    ['cancelled', cancelled],
  ] as const) {
    const { shown, text } = display();
    shown.show({ type: 'turn-start', turn: turnId, conversation: 'c' });
    shown.show({ type: 'text-delta', id: 'a', delta: 'The beginning' });
    const said = status === 'failed' ? failed.message : 'Stopped: r.';
    for (const part of streamed(said, turnId)) shown.show(part);
    shown.show(end(said, { status, error: error.toData() }));
    assert.match(text(), /^\n  The beginning\n(\n  m is rate limited\.[^]*|  Interrupted\.)\n--$/);
    assert.equal(text().split('rate limited').length, status === 'failed' ? 2 : 1);
    assert.doesNotMatch(text(), /Stopped/);
  }
});

test('output that arrives under the id of the turn is raw too', () => {
  const { shown, text } = display(true);
  shown.show({ type: 'turn-start', turn: turnId, conversation: 'c' });
  for (const part of streamed('**not bold**', turnId)) shown.show(part);
  shown.show(end('**not bold**'));
  assert.equal(text(), '\n  **not bold**\n--');
});

test('what a reply has beyond the stream is added to it', () => {
  const { shown, text } = display();
  for (const part of streamed('The beginning', 'a')) shown.show(part);
  shown.show(end('The beginning\n\n(The answer was cut.)'));
  assert.equal(text(), '\n  The beginning\n\n  (The answer was cut.)\n--');
});

test('what was cut short is not repeated', () => {
  const { shown, text } = display();
  shown.show({ type: 'text-delta', id: 'a', delta: 'The beginning' });
  const error = failure('TURN_CANCELLED', { reason: 'r' }).toData();
  shown.show(end('The begin', { status: 'cancelled', error }));
  assert.equal(text(), '\n  The beginning\n  Interrupted.\n--');
});

test('text can settle in the middle, and is still taken back as a whole', () => {
  const { shown, text } = display();
  shown.show({ type: 'text-delta', id: 'a', delta: 'First,' });
  shown.settle();
  shown.show({ type: 'text-delta', id: 'a', delta: 'second.' });
  assert.equal(text(), '\n  First,\n\n--\n  second.');
  shown.show({ type: 'text-withdraw', id: 'a', reason: 'r' });
  assert.equal(text(), '  · started again: r\n--');
});

test('a question shows the whole call and how it was answered', () => {
  const { shown, text } = display();
  shown.show({
    type: 'approval-ask',
    turn: turnId,
    plugin: 'shell',
    call: { callId: 'c', tool: 'shell_run', arguments: { command: 'ls\nrm x' } },
    reason: 'it starts a program',
    expiresAt: 0,
  });
  shown.show({ type: 'approval-end', callId: 'c', approved: false });
  assert.equal(
    text(),
    [
      '  ? May shell/shell_run run? it starts a program',
      '      command: ls',
      '        rm x',
      '  ✗ not allowed',
      '--',
    ].join('\n'),
  );
});

test('what a program printed stands below its call, whether it was asked about or not', () => {
  const printed = {
    status: 'done',
    text: '```\n\u001b[2Ja.txt\n```',
    data: { exitCode: 0 },
  } as const;
  const call = { callId: 'a', tool: 'shell_run', arguments: { path: '/tmp/x' } };
  const asked = { type: 'approval-ask', turn: turnId, plugin: 'shell', reason: 'Why.' } as const;
  const shownFor = (isAsked: boolean): string => {
    const { shown, text } = display();
    if (isAsked) {
      shown.show({ ...asked, call, expiresAt: 0 });
      shown.show({ type: 'approval-end', callId: 'a', approved: true });
    }
    shown.show(start('a', 'shell_run'));
    shown.show(ended('a', printed));
    shown.show(end('There is one file.'));
    return text();
  };
  const output = '  ✓ shell_run · 1.2 s · path: /tmp/x\n  a.txt\n\n  There is one file.\n--';
  assert.equal(shownFor(false), output);
  assert.ok(shownFor(true).endsWith(`✓ allowed\n${output}`), shownFor(true));
});

test('a long output below a call keeps its end, and what the reply repeats is shown once', () => {
  const lines = Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n');
  const outcome = { status: 'done', text: lines, data: { exitCode: 0 } } as const;
  const { shown, text } = display();
  shown.show(start('a', 'shell_run'));
  shown.show(ended('a', outcome));
  assert.match(text(), /… 30 lines before\n {2}line 30\n/);
  const fast = display();
  const intent = {
    type: 'intent-resolve',
    intent: 'code.run',
    plugin: 'p',
    confidence: 1,
  } as const;
  fast.shown.show({ ...intent, tool: 'code_run' });
  fast.shown.show(start('a', 'code_run'));
  fast.shown.show(ended('a', { ...outcome, text: '```\n42\n```' }));
  fast.shown.show(end('```\n42\n```'));
  assert.match(fast.text(), /path: \/tmp\/x\n\n {2}42\n--$/);
});
