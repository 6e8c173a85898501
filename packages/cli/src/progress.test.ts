import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgress } from './progress.ts';
import { capture, manualClock } from './fixtures/surroundings.ts';

test('nothing is drawn within the first second', () => {
  const output = capture();
  const clock = manualClock();
  const progress = createProgress({ output, clock, isVisible: true, columns: 80 });
  progress.wait('working');
  clock.advance(999);
  progress.end();
  assert.equal(output.text(), '');
});

test('then the line says what is waited for and for how long, and is wiped at the end', () => {
  const output = capture();
  const clock = manualClock();
  const progress = createProgress({ output, clock, isVisible: true, columns: 80 });
  progress.wait('calendar_list');
  clock.advance(2_080);
  assert.match(output.text(), /calendar_list 1\.0 s[^]*calendar_list 2\.0 s/);
  progress.end();
  assert.ok(output.text().endsWith('\r\u001b[K'));
  const before = output.text();
  clock.advance(10_000);
  assert.equal(output.text(), before);
});

test('a new label starts its own time', () => {
  const output = capture();
  const clock = manualClock();
  const progress = createProgress({ output, clock, isVisible: true, columns: 80 });
  progress.wait('first');
  clock.advance(5_000);
  progress.wait('second');
  clock.advance(1_000);
  assert.match(output.text(), /second 1\.0 s/);
  progress.end();
});

test('a narrow terminal gets a line that fits', () => {
  const output = capture();
  const clock = manualClock();
  const progress = createProgress({ output, clock, isVisible: true, columns: 20 });
  progress.wait('a label that is much too long for it');
  clock.advance(1_000);
  const line = output.text().slice(1, -3);
  assert.ok(line.length <= 19, line);
  progress.end();
});

test('a file never sees it', () => {
  const output = capture();
  const clock = manualClock();
  const progress = createProgress({ output, clock, isVisible: false, columns: 80 });
  progress.wait('working');
  clock.advance(60_000);
  progress.end();
  assert.equal(output.text(), '');
});

test('a line of text that is open is not drawn over, however long it stays open', () => {
  const output = capture();
  const clock = manualClock();
  let isOpen = true;
  const progress = createProgress({
    output,
    clock,
    isVisible: true,
    columns: 80,
    isBlocked: () => isOpen,
  });
  progress.wait('working');
  clock.advance(5_000);
  assert.equal(output.text(), '');
  isOpen = false;
  clock.advance(200);
  assert.match(output.text(), /working 5\.\d s/);
  progress.end();
});
