// Owns how one turn shows: its text and its tools as entries, and what is going on meanwhile. Refuses
// to decide anything: questions are only shown here.

import { truncateToWidth } from '@earendil-works/pi-tui';
import type { Component } from '@earendil-works/pi-tui';
import type { Clock, StreamPart, ToolCall, ToolOutcome } from '@opencomputer/contracts';
import { approvalLines } from '../approval-question.ts';
import { failureText } from '../failure.ts';
import { sanitiseLine } from '../sanitise.ts';
import type { Style } from '../style.ts';
import { answered } from '../turn-view.ts';
import { argumentsText, duration, intentText, outcomeText } from '../wording.ts';
import { blankEntry, lineEntry, noteEntry, outputEntry, replyEntry } from './entries.ts';
import { Reply } from './reply.ts';
import type { Screen } from './screen.ts';

/** Characters of a call's arguments beside its name. */
const ARGUMENT_CHARACTERS = 120;

/** Lines of a program's output below its call, of which the model sees all. */
const OUTPUT_LINES_SHOWN = 20;

/** Running tools that are listed; the others are counted. */
const TOOLS_SHOWN_MAX = 6;

/** What a turn is shown with. */
export interface TurnDisplayOptions {
  readonly screen: Screen;
  readonly style: Style;
  readonly clock: Clock;
  /** Output as it is instead of Markdown, for `!command`. */
  readonly isRaw: boolean;
}

interface RunningTool {
  readonly call: ToolCall;
  readonly since: number;
}

interface ShownText {
  readonly id: string;
  readonly reply: Reply;
}

/** Text that was streamed under an id, with what takes its entries back. */
interface StreamedText {
  readonly id: string;
  text: string;
  readonly takeBack: (() => void)[];
}

/** One turn on the screen; as a component, what of it is going on. */
export class TurnDisplay implements Component {
  readonly #options: TurnDisplayOptions;
  readonly #tools = new Map<string, RunningTool>();
  readonly #startedAt: number;
  #text: ShownText | undefined;
  #shown: StreamedText[] = [];
  #activity = 'sending';
  #turn = '';
  /** The reply is the outcome of the one call, so that it is not shown twice. */
  #isFast = false;

  constructor(options: TurnDisplayOptions) {
    this.#options = options;
    this.#startedAt = options.clock.monotonic();
  }

  /** What is being waited for, in a word or two. */
  get activity(): string {
    // The tools stand above with their own time; this one is the turn's.
    return this.#tools.size === 0 ? this.#activity : 'working';
  }

  /** Milliseconds since the turn was sent. */
  get elapsedMs(): number {
    return this.#options.clock.monotonic() - this.#startedAt;
  }

  show(part: StreamPart): void {
    const { style } = this.#options;
    switch (part.type) {
      case 'turn-start':
        this.#turn = part.turn;
        this.#activity = 'thinking';
        break;
      case 'model-start':
      case 'reasoning-delta':
        this.#activity = 'thinking';
        break;
      case 'intent-resolve':
        this.#isFast = true;
        this.#note(style.dim(`· ${intentText(part)}`));
        break;
      case 'notice':
        this.#note(style.dim(`· ${sanitiseLine(part.text)}`));
        break;
      case 'text-start':
      case 'text-end':
        break;
      case 'text-delta':
        // Under the id of the turn the agent repeats what the end holds as well.
        if (part.id !== this.#turn) this.#write(part.id, part.delta);
        break;
      case 'text-withdraw':
        this.#withdraw(part.id, part.reason);
        break;
      case 'tool-start':
        this.settle();
        this.#tools.set(part.call.callId, {
          call: part.call,
          since: this.#options.clock.monotonic(),
        });
        break;
      case 'tool-end':
        this.#endTool(part);
        break;
      case 'approval-ask':
        this.settle();
        for (const line of approvalLines(part, style)) this.#note(line);
        break;
      case 'approval-end':
        this.#note(part.approved ? style.good('✓ allowed') : style.bad('✗ not allowed'));
        break;
      case 'turn-end':
        this.#end(part);
        break;
    }
  }

  /** Makes an entry of the text so far, so that something else can stand below it. */
  settle(): void {
    this.#text?.reply.end();
    this.#text = undefined;
  }

  invalidate(): void {
    this.#text?.reply.invalidate();
  }

  render(width: number): string[] {
    const { clock } = this.#options;
    const lines = [...(this.#text?.reply.render(width) ?? [])];
    const tools = [...this.#tools.values()];
    for (const { call, since } of tools.slice(0, TOOLS_SHOWN_MAX)) {
      const elapsed = duration(clock.monotonic() - since);
      const details = argumentsText(call, ARGUMENT_CHARACTERS);
      const line = `  … ${sanitiseLine(call.tool)} · ${elapsed}${this.#beside(details)}`;
      lines.push(truncateToWidth(line, width, '…'));
    }
    const more = tools.length - TOOLS_SHOWN_MAX;
    if (more > 0) lines.push(truncateToWidth(`  … and ${more} more`, width));
    return lines;
  }

  #beside(details: string): string {
    return details === '' ? '' : ` · ${this.#options.style.dim(details)}`;
  }

  #note(text: string): void {
    this.#options.screen.append(noteEntry(text));
  }

  #write(id: string, delta: string): void {
    this.#activity = 'writing';
    if (this.#text?.id !== id) {
      this.settle();
      const { screen, style } = this.#options;
      const takeBack = [screen.append(blankEntry())];
      const settle = (block: Component): void => void takeBack.push(screen.append(block));
      this.#text = { id, reply: new Reply(style, settle) };
      this.#shown.push({ id, text: '', takeBack });
    }
    const shown = this.#shown.at(-1);
    if (shown !== undefined) shown.text += delta;
    this.#text.reply.write(delta);
  }

  #withdraw(id: string, reason: string): void {
    if (this.#text?.id === id) this.#text = undefined;
    for (const shown of this.#shown) {
      if (shown.id === id) for (const takeBack of shown.takeBack) takeBack();
    }
    this.#shown = this.#shown.filter((shown) => shown.id !== id);
    this.#activity = 'thinking';
    this.#note(this.#options.style.dim(`· started again: ${sanitiseLine(reason)}`));
  }

  #endTool(part: Extract<StreamPart, { type: 'tool-end' }>): void {
    const { style } = this.#options;
    const tool = this.#tools.get(part.callId);
    this.#tools.delete(part.callId);
    if (tool === undefined) return;
    const isDone = part.outcome.status === 'done';
    const mark = isDone ? style.good('✓') : style.bad('✗');
    const name = sanitiseLine(tool.call.tool);
    const details = isDone
      ? argumentsText(tool.call, ARGUMENT_CHARACTERS)
      : outcomeText(part.outcome);
    const line = `${mark} ${name} · ${duration(part.durationMs)}${this.#beside(details)}`;
    if (isDone) this.#options.screen.append(lineEntry(line));
    else this.#note(line);
    if (!this.#isFast && isProgramEnd(part.outcome)) {
      this.#options.screen.append(outputEntry(part.outcome.text, style, OUTPUT_LINES_SHOWN));
    }
    this.#activity = 'thinking';
  }

  #end(part: Extract<StreamPart, { type: 'turn-end' }>): void {
    this.settle();
    this.#tools.clear();
    const { screen, style, isRaw } = this.#options;
    const unshown = this.#unshown(answered(part) ?? '');
    if (unshown !== '') {
      screen.append(blankEntry());
      const isOutput = isRaw || isOneFence(unshown);
      screen.append(isOutput ? outputEntry(unshown, style) : replyEntry(unshown, style));
    }
    if (part.status === 'cancelled') this.#note(style.warn('Interrupted.'));
    else if (part.error !== undefined) {
      screen.append(blankEntry());
      this.#note(style.bad(failureText(part.error)));
    }
  }

  /** What of the reply was not streamed, or was lost by a slow reader. */
  #unshown(reply: string): string {
    const id = this.#shown.at(-1)?.id;
    const last = this.#shown.filter((shown) => shown.id === id);
    const streamed = last.map(({ text }) => text).join('');
    if (compact(streamed) === compact(reply)) return '';
    const isBegun = streamed !== '' && reply.startsWith(streamed);
    return isBegun ? reply.slice(streamed.length).trimStart() : reply;
  }
}

/** What a program printed, as the tools that run one tell it. */
function isProgramEnd(outcome: ToolOutcome): boolean {
  if (outcome.status !== 'done' || typeof outcome.data !== 'object') return false;
  return outcome.data !== null && 'exitCode' in outcome.data;
}

/** Nothing but one block of code: its fence would say no more than its place does. */
function isOneFence(text: string): boolean {
  return /^(`{3,})[^\n`]*\n(?:(?!\1)[^\n]*\n)*\1$/.test(text.trim());
}

/** Without white space, which differs between the stream and the whole. */
function compact(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
