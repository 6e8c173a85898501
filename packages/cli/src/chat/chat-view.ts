// Owns the lines around the editor: what is going on, what waits, what may be answered, the footer.
// Refuses state of its own beyond a passing hint: it draws what the chat is.

import { CombinedAutocompleteProvider, Editor, truncateToWidth } from '@earendil-works/pi-tui';
import type { Component, TUI } from '@earendil-works/pi-tui';
import type { Clock } from '@opencomputer/contracts';
import type { ApprovalAsk } from '../approval-question.ts';
import { sanitiseLine } from '../sanitise.ts';
import type { Style } from '../style.ts';
import { duration, shorten } from '../wording.ts';
import { Screen } from './screen.ts';
import { slashCommands } from './slash.ts';
import type { Typed } from './slash.ts';
import { editorTheme } from './theme.ts';
import type { TurnDisplay } from './turn-display.ts';

const FRAME_MS = 120;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** How a question above is answered. */
const QUESTION = '? y Enter: yes · n Enter: no · or type why not, then Enter';

/** What can be done to a turn, the most urgent first. */
const TURN_KEYS = [' · Esc interrupts', ' · Enter queues', ' · Ctrl-S steers'];

/** Waiting messages that are listed. */
const QUEUE_SHOWN_MAX = 3;

/** What the lines around the editor depend on. */
export interface ChatState {
  readonly turn: TurnDisplay | undefined;
  readonly queue: readonly Typed[];
  readonly ask: ApprovalAsk | undefined;
}

/** What a view is made of. */
export interface ChatViewOptions {
  readonly tui: TUI;
  readonly style: Style;
  readonly clock: Clock;
  /** Where paths are completed. */
  readonly workingFolder: string;
  readonly state: () => ChatState;
}

/** The interface of a chat. */
export class ChatView {
  readonly screen: Screen;
  readonly editor: Editor;
  /** The model that answers; shown in the footer. */
  model = '';
  /** What was used so far; shown in the footer. */
  usage = '';
  readonly #options: ChatViewOptions;
  #hint = '';
  #frame = 0;
  #cancelFrame: (() => void) | undefined;

  constructor(options: ChatViewOptions) {
    const { tui, style, workingFolder } = options;
    this.#options = options;
    this.editor = new Editor(tui, editorTheme(style), { paddingX: 1 });
    const completions = slashCommands.map(({ name, description, argument }) => ({
      name,
      description,
      ...(argument === undefined ? {} : { argumentHint: argument }),
    }));
    this.editor.setAutocompleteProvider(
      new CombinedAutocompleteProvider(completions, workingFolder, null),
    );
    const live = component((width) => this.#live(width));
    const footer = component((width) => [truncateToWidth(style.dim(this.#footer()), width, '…')]);
    this.screen = new Screen({ live, editor: this.editor, footer }, () => tui.terminal.rows);
    tui.addChild(this.screen);
    tui.setFocus(this.editor);
  }

  start(): void {
    this.#options.tui.start();
  }

  /** Leaves the transcript on the terminal and nothing else. */
  end(): void {
    this.#cancelFrame?.();
    this.screen.close();
    this.#options.tui.renderNow();
    this.#options.tui.stop();
  }

  /** Draws what has changed, and goes on drawing while a turn runs. */
  update(): void {
    this.#options.tui.requestRender();
    if (this.#options.state().turn === undefined || this.#cancelFrame !== undefined) return;
    this.#cancelFrame = this.#options.clock.after(FRAME_MS, () => {
      this.#cancelFrame = undefined;
      this.#frame += 1;
      this.update();
    });
  }

  /** Shows a hint in the footer for a time. */
  hint(text: string, forMs: number): void {
    this.#hint = text;
    this.#options.clock.after(forMs, () => {
      this.#hint = '';
      this.update();
    });
  }

  #live(width: number): string[] {
    const { style, state } = this.#options;
    const { turn, queue, ask } = state();
    const lines = turn === undefined ? [''] : [...turn.render(width), ''];
    for (const typed of queue.slice(0, QUEUE_SHOWN_MAX)) {
      const text = typed.type === 'slash' ? `/${typed.command.name}` : typed.text;
      lines.push(style.dim(`  next: ${shorten(sanitiseLine(text), 200)}`));
    }
    const more = queue.length - QUEUE_SHOWN_MAX;
    if (more > 0) lines.push(style.dim(`  and ${more} more`));
    if (ask !== undefined) lines.push(style.warn(QUESTION));
    else if (turn !== undefined) lines.push(this.#status(turn, width));
    return lines.map((line) => truncateToWidth(line, width, '…'));
  }

  /** What the turn does, and those of the keys that fit beside it. */
  #status(turn: TurnDisplay, width: number): string {
    const { style } = this.#options;
    const frame = FRAMES[this.#frame % FRAMES.length] ?? '';
    const doing = `${turn.activity} ${duration(turn.elapsedMs)}`;
    let keys = '';
    for (const key of TURN_KEYS) {
      if (frame.length + 1 + doing.length + keys.length + key.length > width) break;
      keys += key;
    }
    return `${style.accent(frame)} ${doing}${style.dim(keys)}`;
  }

  #footer(): string {
    if (this.#hint !== '') return ` ${this.#hint}`;
    const parts = [sanitiseLine(this.model) || 'no model', this.usage, '/help'];
    return ` ${parts.filter((part) => part !== '').join(' · ')}`;
  }
}

function component(render: (width: number) => string[]): Component {
  return { render, invalidate: () => undefined };
}
