import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TuiMainScreen } from '@earendil-works/pi-tui';
import { manualClock } from '../fixtures/surroundings.ts';
import { VirtualTerminal } from '../fixtures/virtual-terminal.ts';
import { styleFor } from '../style.ts';
import { ChatView } from './chat-view.ts';
import type { ChatState } from './chat-view.ts';
import { TurnDisplay } from './turn-display.ts';

const viewOf = (): {
  view: ChatView;
  clock: ReturnType<typeof manualClock>;
  set: (state: Partial<ChatState>) => void;
  text: (width?: number) => string;
} => {
  const clock = manualClock();
  const style = styleFor(false);
  let state: ChatState = { turn: undefined, queue: [], ask: undefined };
  const tui = new TuiMainScreen(new VirtualTerminal());
  const view = new ChatView({ tui, style, clock, workingFolder: '/', state: () => state });
  return {
    view,
    clock,
    set: (changes) => {
      state = { ...state, ...changes };
    },
    text: (width = 80) =>
      view.screen
        .render(width)
        .map((line) => line.trimEnd())
        .join('\n'),
  };
};

const message = (text: string) => ({ type: 'message', text }) as const;

test('the footer names the model and what was used', () => {
  const { view, text } = viewOf();
  assert.match(text(), / no model · \/help$/);
  view.model = 'gpt';
  view.usage = '12 tokens';
  assert.match(text(), / gpt · 12 tokens · \/help$/);
});

test('a hint takes the footer for its time', () => {
  const { view, clock, text } = viewOf();
  view.hint('Press again.', 2_000);
  assert.match(text(), / Press again\.$/);
  clock.advance(2_000);
  assert.match(text(), /\/help$/);
});

test('a running turn shows what it does, for how long, and what waits', () => {
  const { view, clock, set, text } = viewOf();
  const turn = new TurnDisplay({
    screen: view.screen,
    style: styleFor(false),
    clock,
    isRaw: false,
  });
  set({ turn, queue: [message('one\ntwo'), message('b'), message('c'), message('d')] });
  clock.advance(3_200);
  assert.match(
    text(),
    /next: one two\n {2}next: b\n {2}next: c\n {2}and 1 more\n. sending 3\.2 s · Esc/,
  );
});

test('of the keys beside a running turn those are named that fit whole', () => {
  const { view, clock, set, text } = viewOf();
  const style = styleFor(false);
  set({ turn: new TurnDisplay({ screen: view.screen, style, clock, isRaw: false }) });
  assert.match(text(80), /sending 0\.0 s · Esc interrupts · Enter queues · Ctrl-S steers\n/);
  assert.match(text(60), /sending 0\.0 s · Esc interrupts · Enter queues\n/);
  assert.match(text(30), /sending 0\.0 s\n/);
});

test('no line is wider than the terminal', () => {
  const { view, clock, set } = viewOf();
  const turn = new TurnDisplay({
    screen: view.screen,
    style: styleFor(false),
    clock,
    isRaw: false,
  });
  set({ turn, queue: [message('漢'.repeat(100))] });
  view.model = 'm'.repeat(100);
  for (const line of view.screen.render(24)) assert.ok(line.length <= 60, line);
});
