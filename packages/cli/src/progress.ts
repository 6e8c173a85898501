// Owns the one line that says what is being waited for, from the first second on. Refuses to appear
// where it would end up in a file: it is for a terminal that can take a line back.

import type { Clock } from '@opencomputer/contracts';
import type { TextOutput } from './command-context.ts';
import { duration, shorten } from './wording.ts';

/** Waiting this long needs no word. */
const SILENT_MS = 1_000;
const FRAME_MS = 120;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Where and how progress is drawn. */
export interface ProgressOptions {
  readonly output: TextOutput;
  readonly clock: Clock;
  /** False: nothing is ever drawn. */
  readonly isVisible: boolean;
  readonly columns: number;
  /** True while a line of text is unfinished on the same screen: nothing is drawn over it. */
  readonly isBlocked?: () => boolean;
}

/** A line that is drawn while something takes long, and wiped before anything else is written. */
export interface Progress {
  /** Names what is waited for from now on; the elapsed time starts anew. */
  wait(label: string): void;
  /** Wipes the line, to be drawn again after the next silent second. */
  pause(): void;
  /** Wipes the line for good. */
  end(): void;
}

/** Progress of one turn or one check. */
export function createProgress(options: ProgressOptions): Progress {
  const { output, clock, isVisible, isBlocked = () => false } = options;
  let label = '';
  let since = clock.monotonic();
  let frame = 0;
  let isDrawn = false;
  let cancel: (() => void) | undefined;
  const wipe = (): void => {
    cancel?.();
    cancel = undefined;
    if (isDrawn) output.write('\r\u001b[K');
    isDrawn = false;
  };
  const draw = (): void => {
    if (isBlocked()) {
      cancel = clock.after(FRAME_MS, draw);
      return;
    }
    const text = `${FRAMES[frame % FRAMES.length] ?? ''} ${label} ${duration(clock.monotonic() - since)}`;
    frame += 1;
    output.write(`\r${shorten(text, Math.max(10, options.columns - 1))}\u001b[K`);
    isDrawn = true;
    cancel = clock.after(FRAME_MS, draw);
  };
  const schedule = (): void => {
    if (isVisible) cancel = clock.after(SILENT_MS, draw);
  };
  return {
    wait: (next) => {
      wipe();
      label = next;
      since = clock.monotonic();
      schedule();
    },
    pause: () => {
      wipe();
      schedule();
    },
    end: wipe,
  };
}
