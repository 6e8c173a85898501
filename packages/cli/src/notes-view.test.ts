import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamPart } from '@opencomputer/contracts';
import { conversationId, noUsage, turnId } from './fixtures/fake-service.ts';
import { capture, manualClock } from './fixtures/surroundings.ts';
import type { CapturedOutput, ManualClock } from './fixtures/surroundings.ts';
import { notesView } from './notes-view.ts';
import { createProgress } from './progress.ts';
import { styleFor } from './style.ts';
import type { TurnView } from './turn-view.ts';

const end: StreamPart = {
  type: 'turn-end',
  turn: turnId,
  status: 'done',
  text: '',
  usage: noUsage,
};
const start: StreamPart = { type: 'turn-start', turn: turnId, conversation: conversationId };
const call = { callId: 'c1', tool: 'calendar_list', arguments: { day: '2026-01-05' } };
const toolStart: StreamPart = { type: 'tool-start', plugin: 'calendar', call };
const toolEnd: StreamPart = {
  type: 'tool-end',
  callId: 'c1',
  outcome: { status: 'done', text: 'nothing' },
  durationMs: 340,
};

interface Bench {
  readonly output: CapturedOutput;
  readonly clock: ManualClock;
  readonly view: TurnView;
  ended(): number;
}

const bench = (): Bench => {
  const output = capture();
  const clock = manualClock();
  const progress = createProgress({ output, clock, isVisible: true, columns: 80 });
  let count = 0;
  const endLine = (): void => {
    count += 1;
  };
  const view = notesView({ output, style: styleFor(false), progress, endLine });
  return { output, clock, view, ended: () => count };
};

test('tools and the fast path are told beside the text', () => {
  const { output, clock, view, ended } = bench();
  view.show(start);
  view.show(toolStart);
  clock.advance(1_000);
  assert.match(output.text(), /calendar_list 1\.0 s/);
  view.show(toolEnd);
  view.show({
    type: 'intent-resolve',
    intent: 'calendar.list',
    plugin: 'calendar',
    tool: 'calendar_list',
    confidence: 1,
  });
  view.show(end);
  assert.match(output.text(), /✓ calendar_list 0\.3 s done\n/);
  assert.match(
    output.text(),
    /· calendar\.list → calendar\/calendar_list \(no model, 0 tokens\)\n/,
  );
  assert.equal(ended(), 3);
});

test('while a question is open nothing is drawn over it', () => {
  const { output, clock, view } = bench();
  const other = { ...call, callId: 'c2' };
  view.show(start);
  view.show(toolStart);
  view.show({
    type: 'approval-ask',
    turn: turnId,
    plugin: 'calendar',
    call: other,
    reason: 'why not',
    expiresAt: 0,
  });
  const before = output.text();
  clock.advance(60_000);
  assert.equal(output.text(), before);
  view.show(toolEnd);
  assert.equal(output.text(), `${before}\n✓ calendar_list 0.3 s done\n`);
  clock.advance(60_000);
  assert.equal(output.text(), `${before}\n✓ calendar_list 0.3 s done\n`);
  view.show({ type: 'approval-end', callId: 'c2', approved: true });
  clock.advance(1_000);
  assert.match(output.text(), /working 1\.0 s/);
});

test('a turn that breaks off leaves no progress behind', () => {
  const { output, clock, view } = bench();
  view.show(start);
  clock.advance(1_500);
  view.end?.();
  const before = output.text();
  assert.ok(before.endsWith('\r\u001b[K'));
  clock.advance(10_000);
  assert.equal(output.text(), before);
});
