import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamPart } from '@opencomputer/contracts';
import { conversationId, failure, noUsage, streamed, turnId } from './fixtures/fake-service.ts';
import { capture } from './fixtures/surroundings.ts';
import { finalView, jsonView, linesView, noticeView, streamingView } from './turn-view.ts';

const end = (text: string): StreamPart => ({
  type: 'turn-end',
  turn: turnId,
  status: 'done',
  text,
  usage: noUsage,
});
const start: StreamPart = { type: 'turn-start', turn: turnId, conversation: conversationId };
const toolStart: StreamPart = {
  type: 'tool-start',
  plugin: 'calendar',
  call: { callId: 'c1', tool: 'calendar_list', arguments: { day: '2026-01-05' } },
};
const toolEnd: StreamPart = {
  type: 'tool-end',
  callId: 'c1',
  outcome: { status: 'done', text: 'nothing' },
  durationMs: 340,
};

test('streamed text is written once and ends its line', () => {
  const output = capture();
  const view = streamingView(output);
  for (const part of [start, ...streamed('Hello there.'), end('Hello there.')]) view.show(part);
  assert.equal(output.text(), 'Hello there.\n');
});

test('a sequence split over deltas does not reach the terminal', () => {
  const output = capture();
  const view = streamingView(output);
  const text = 'a\u001b[31mb\u001b]0;title\u0007c';
  for (const part of [...streamed(text, 't', 1), end(text)]) view.show(part);
  assert.equal(output.text(), 'abc\n');
});

test('text that was not streamed is written at the end', () => {
  const output = capture();
  streamingView(output).show(end('All at once.'));
  assert.equal(output.text(), 'All at once.\n');
});

test('text that was lost on the way is made up for', () => {
  const output = capture();
  const view = streamingView(output);
  view.show({ type: 'text-delta', id: 't', delta: 'The ginning' });
  view.show(end('The beginning and the end.'));
  assert.equal(output.text(), 'The ginning\nThe beginning and the end.\n');
});

test('what a reply has beyond the stream goes on where the stream ended', () => {
  const output = capture();
  const view = streamingView(output);
  view.show({ type: 'text-delta', id: 't', delta: 'The beginning' });
  view.show(end('The beginning\n\n(The answer was cut.)'));
  assert.equal(output.text(), 'The beginning\n\n(The answer was cut.)\n');
});

test('text of an earlier step stays, and the reply is not written twice', () => {
  const output = capture();
  const view = streamingView(output);
  const parts = [start, ...streamed('Let me look.', 'a'), ...streamed('Nothing.', 'b')];
  for (const part of [...parts, end('Nothing.')]) view.show(part);
  assert.equal(output.text(), 'Let me look.\nNothing.\n');
});

test('what the agent repeats under the id of the turn is written once', () => {
  const output = capture();
  const view = streamingView(output);
  for (const part of [start, ...streamed('Done.', turnId), end('Done.')]) view.show(part);
  assert.equal(output.text(), 'Done.\n');
});

const failedEnd: Extract<StreamPart, { type: 'turn-end' }> = {
  type: 'turn-end',
  turn: turnId,
  status: 'failed',
  text: 'gpt is rate limited. Wait.',
  usage: noUsage,
  error: failure('MODEL_RATE_LIMITED', { model: 'gpt' }).toData(),
};

test('the text of an error is not an answer: what was answered stays, and nothing is added', () => {
  for (const view of [streamingView, finalView]) {
    const output = capture();
    const shown = view(output);
    for (const part of [start, ...streamed(failedEnd.text, turnId), failedEnd]) shown.show(part);
    assert.equal(output.text(), '');
  }
  const output = capture();
  const view = streamingView(output);
  view.show(start);
  view.show({ type: 'text-delta', id: 'a', delta: 'It was in' });
  assert.equal(view.isLineOpen(), true);
  view.show(failedEnd);
  assert.equal(output.text(), 'It was in\n');
});

test('a turn that breaks off leaves no line open', () => {
  const output = capture();
  const view = streamingView(output);
  view.show({ type: 'text-delta', id: 'a', delta: 'It was in' });
  view.end?.();
  view.end?.();
  assert.equal(output.text(), 'It was in\n');
});

test('each text goes through a filter of its own, which may hold back', () => {
  const output = capture();
  const filter = (): { write(piece: string): string; end(): string } => {
    let held = '';
    return {
      write: (piece) => {
        const shown = held;
        held = piece.toUpperCase();
        return shown;
      },
      end: () => {
        const shown = held;
        held = '';
        return shown;
      },
    };
  };
  const view = streamingView(output, filter);
  const parts = [start, ...streamed('one', 'a', 1), ...streamed('two', 'b', 1), end('two')];
  for (const part of parts) view.show(part);
  assert.equal(output.text(), 'ONE\nTWO\n');
});

test('text that is taken back is marked and replaced', () => {
  const output = capture();
  const view = streamingView(output);
  view.show({ type: 'text-delta', id: 'a', delta: 'Wrong' });
  view.show({ type: 'text-withdraw', id: 'a', reason: 'the model broke off' });
  for (const part of [...streamed('Right.', 'b'), end('Right.')]) view.show(part);
  assert.equal(output.text(), 'Wrong\n[withdrawn: the model broke off]\nRight.\n');
});

test('a pipe gets the final text only', () => {
  const output = capture();
  const view = finalView(output);
  view.show({ type: 'text-delta', id: 'a', delta: 'Wrong' });
  view.show(end('Right.\u001b[2J'));
  assert.equal(output.text(), 'Right.\n');
});

test('the JSON result holds the text, the tools and what they cost', () => {
  const output = capture();
  const view = jsonView(output);
  for (const part of [start, toolStart, toolEnd, end('Free.\u009b2J')]) view.show(part);
  assert.doesNotMatch(output.text(), /\u009b/);
  assert.deepEqual(JSON.parse(output.text()), {
    conversation: conversationId,
    turn: turnId,
    status: 'done',
    text: 'Free.\u009b2J',
    usage: noUsage,
    tools: [
      {
        tool: 'calendar_list',
        plugin: 'calendar',
        arguments: { day: '2026-01-05' },
        status: 'done',
        durationMs: 340,
      },
    ],
  });
});

test('each part is one line of JSON', () => {
  const output = capture();
  const view = linesView(output);
  for (const part of [start, end('a\nb')]) view.show(part);
  const lines = output.text().trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    [start, end('a\nb')],
  );
});

test('what is said only once is not lost where there is no terminal', () => {
  const notice: StreamPart = { type: 'notice', text: 'Reminder: call\u001b[31m Bob' };
  const error = capture();
  for (const part of [start, notice, end('Hello.')]) noticeView(error).show(part);
  assert.equal(error.text(), 'agent: Reminder: call Bob\n');
  const output = capture();
  const view = jsonView(output);
  for (const part of [start, notice, end('Hello.')]) view.show(part);
  const { notices } = JSON.parse(output.text()) as { notices: string[] };
  assert.equal(notices.length, 1);
});
