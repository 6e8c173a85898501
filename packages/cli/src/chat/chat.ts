// Owns a conversation in the terminal: what is sent and when, what a key does now, how it ends.
// Refuses to lose what was typed: what cannot be sent goes back into the editor.

import { setKeybindings, TuiMainScreen } from '@earendil-works/pi-tui';
import type { Terminal, TUI } from '@earendil-works/pi-tui';
import { AgentError } from '@opencomputer/contracts';
import type { StreamPart } from '@opencomputer/contracts';
import type { AgentService, SendRequest, TurnAction } from '@opencomputer/contracts/internal';
import { parseAnswer } from '../approval-question.ts';
import type { ApprovalAsk } from '../approval-question.ts';
import type { CommandContext } from '../command-context.ts';
import { failureText, shownError } from '../failure.ts';
import { checkMessage, MESSAGE_BYTES_MAX } from '../standard-input.ts';
import { createRequest, PERSON } from '../send-request.ts';
import { styleFor } from '../style.ts';
import type { Style } from '../style.ts';
import { ChatView } from './chat-view.ts';
import { blankEntry, messageEntry, noteEntry, replyEntry } from './entries.ts';
import { chatKeybindings, meaningOf, pasteOf, readPaste } from './keys.ts';
import type { KeyMeaning } from './keys.ts';
import { ScreenTerminal, showLinkAddresses } from './screen-terminal.ts';
import { createSlashActions } from './slash-actions.ts';
import type { SlashActions } from './slash-actions.ts';
import { readTyped } from './slash.ts';
import type { Typed } from './slash.ts';
import { Tally } from './tally.ts';
import { TurnDisplay } from './turn-display.ts';

/** Messages that wait while a turn runs. */
const QUEUE_MAX = 20;

/** A second Ctrl-C within this time leaves. */
const LEAVE_MS = 2_000;

/** What a chat needs. */
export interface ChatOptions {
  readonly context: CommandContext;
  readonly service: AgentService;
  /** Absent: standard input and output of this process. */
  readonly terminal?: Terminal;
  readonly timeZone: string;
  /** The conversation to continue; absent: a new one. */
  readonly conversation?: string;
  readonly modelOnly: boolean;
}

/** How a chat ended. */
export interface ChatEnd {
  /** The conversation that can be resumed; undefined when nothing was said. */
  readonly conversation: string | undefined;
}

/** Talks until the person leaves. */
export async function startChat(options: ChatOptions): Promise<ChatEnd> {
  const chat = new Chat(options);
  return chat.run();
}

interface RunningTurn {
  readonly display: TurnDisplay;
  /** Known from the first part on. */
  turn: string | undefined;
  isInterrupted: boolean;
}

class Chat {
  readonly #options: ChatOptions;
  readonly #service: AgentService;
  readonly #style: Style;
  readonly #tui: TUI;
  readonly #view: ChatView;
  readonly #slash: SlashActions;
  readonly #tally = new Tally();
  readonly #left = Promise.withResolvers<void>();
  readonly #listening = new AbortController();
  #conversation: string | undefined;
  #running: RunningTurn | undefined;
  #queue: Typed[] = [];
  #asks: ApprovalAsk[] = [];
  #draft = '';
  #interruptedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ChatOptions) {
    const { context, service } = options;
    const onTooLarge = (bytes: number): void => this.#failPaste(bytes);
    const limits = { bytesMax: MESSAGE_BYTES_MAX, onTooLarge };
    const { terminal = new ScreenTerminal(limits) } = options;
    this.#options = options;
    this.#service = service;
    this.#style = styleFor(context.environment.terminal.isColoured);
    this.#conversation = options.conversation;
    setKeybindings(chatKeybindings());
    showLinkAddresses();
    this.#tui = new TuiMainScreen(terminal, true);
    this.#view = new ChatView({
      tui: this.#tui,
      style: this.#style,
      clock: context.clock,
      workingFolder: context.environment.workingFolder,
      state: () => ({ turn: this.#running?.display, queue: this.#queue, ask: this.#asks[0] }),
    });
    this.#slash = createSlashActions({
      context,
      service,
      view: this.#view,
      tally: this.#tally,
      timeZone: options.timeZone,
      conversation: () => this.#conversation,
      resume: (conversation) => this.#resume(conversation),
      steer: (text) => this.#steer(text),
      leave: () => this.#leave(),
    });
  }

  async run(): Promise<ChatEnd> {
    this.#view.editor.onSubmit = (text) => this.#submit(text);
    this.#tui.addInputListener((data) => this.#input(data));
    const endInterrupt = this.#options.context.onInterrupt(() => this.#leave());
    this.#view.start();
    await this.#guard(async () => {
      await this.#slash.greet();
      if (this.#conversation !== undefined) await this.#resume(this.#conversation);
    });
    const listening = this.#listen();
    await this.#left.promise;
    this.#listening.abort();
    endInterrupt();
    this.#view.end();
    await listening;
    return { conversation: this.#conversation };
  }

  #input(data: string): { consume: true } | { data: string } | undefined {
    const paste = readPaste(data);
    if (paste !== undefined && 'bytes' in paste) {
      this.#failPaste(paste.bytes);
      return { consume: true };
    }
    if (paste !== undefined) return paste;
    const meaning = meaningOf(data);
    return meaning !== undefined && this.#press(meaning) ? { consume: true } : undefined;
  }

  #failPaste(bytes: number): void {
    this.#fail(new AgentError('INPUT_TOO_LARGE', { bytes, bytesMax: MESSAGE_BYTES_MAX }));
  }

  /** Does what a key means now; false when the editor is to have it. */
  #press(meaning: KeyMeaning): boolean {
    const { editor } = this.#view;
    switch (meaning) {
      case 'interrupt':
        this.#interruptOrLeave();
        return true;
      case 'escape':
        if (editor.isShowingAutocomplete() || this.#running === undefined) return false;
        this.#interrupt();
        return true;
      case 'steer': {
        const text = editor.getExpandedText().trim();
        if (text === '' || this.#asks.length > 0) return true;
        editor.setText('');
        if (this.#running === undefined) this.#submit(text);
        else void this.#guard(() => this.#steer(text));
        return true;
      }
      case 'end':
        if (editor.getText() !== '') return false;
        this.#leave();
        return true;
      case 'redraw':
        this.#tui.requestRender(true);
        return true;
    }
  }

  #interruptOrLeave(): void {
    const now = this.#options.context.clock.monotonic();
    const isSecond = now - this.#interruptedAt < LEAVE_MS;
    this.#interruptedAt = now;
    if (isSecond) this.#leave();
    else if (this.#running !== undefined) this.#interrupt();
    else if (this.#view.editor.getText() !== '') this.#view.editor.setText('');
    else this.#view.hint('Press Ctrl-C again to leave.', LEAVE_MS);
    this.#view.update();
  }

  /** Cancels the turn; what waited goes back into the editor. */
  #interrupt(): void {
    const running = this.#running;
    if (running === undefined) return;
    running.isInterrupted = true;
    const waiting = this.#queue.map(typedText);
    this.#queue = [];
    const { editor } = this.#view;
    if (waiting.length > 0)
      this.#giveBack([...waiting, editor.getExpandedText()].join('\n').trim());
    if (running.turn !== undefined) this.#cancel(running.turn);
  }

  #cancel(turn: string): void {
    this.#act({ type: 'cancel', turn, reason: 'interrupted by the person' });
  }

  #act(action: TurnAction): void {
    void this.#guard(() => this.#service.act(action));
  }

  #submit(text: string): void {
    const [ask] = this.#asks;
    if (ask !== undefined) {
      this.#answer(ask, text);
      return;
    }
    if (text.trim() === '') return;
    try {
      const typed = readTyped(text);
      checkMessage(text);
      this.#view.editor.addToHistory(text);
      this.#take(typed);
    } catch (error) {
      this.#giveBack(text);
      this.#fail(error);
    }
    this.#view.update();
  }

  #take(typed: Typed): void {
    if (this.#running === undefined || (typed.type === 'slash' && typed.command.isAnytime)) {
      this.#do(typed);
      return;
    }
    if (this.#queue.length >= QUEUE_MAX) throw new AgentError('SERVICE_BUSY');
    this.#queue.push(typed);
  }

  #do(typed: Typed): void {
    const isSlash = typed.type === 'slash';
    const action = isSlash
      ? () => this.#slash.run(typed.command.name, typed.argument)
      : () => this.#send(typed);
    void this.#guard(action);
  }

  #answer(ask: ApprovalAsk, typed: string): void {
    const base = { turn: ask.turn, callId: ask.call.callId };
    const answer = parseAnswer(typed);
    this.#endAsk(ask.call.callId);
    if (answer.approved) this.#act({ type: 'approve', ...base });
    else if (answer.reason === undefined) this.#act({ type: 'deny', ...base });
    else this.#act({ type: 'deny', ...base, reason: answer.reason });
  }

  /** A question takes the editor; what was typed before comes back after the last one. */
  #beginAsk(ask: ApprovalAsk): void {
    if (this.#asks.length === 0) {
      this.#draft = this.#view.editor.getExpandedText();
      this.#view.editor.setText('');
    }
    this.#asks.push(ask);
  }

  #endAsk(callId: string): void {
    const before = this.#asks.length;
    this.#asks = this.#asks.filter(({ call }) => call.callId !== callId);
    if (before > 0 && this.#asks.length === 0) {
      this.#view.editor.setText('');
      this.#giveBack(this.#draft);
      this.#draft = '';
    }
    this.#view.update();
  }

  async #send(typed: Exclude<Typed, { type: 'slash' }>): Promise<void> {
    const { context } = this.#options;
    const { screen } = this.#view;
    screen.append(messageEntry(typed.text, this.#style));
    const isRaw = typed.type === 'shell';
    const display = new TurnDisplay({ screen, style: this.#style, clock: context.clock, isRaw });
    const running: RunningTurn = { display, turn: undefined, isInterrupted: false };
    this.#running = running;
    this.#view.update();
    try {
      for await (const part of this.#service.send(this.#request(typed))) {
        this.#show(part, running);
        this.#view.update();
      }
    } finally {
      this.#running = undefined;
      for (const { call } of this.#asks) this.#endAsk(call.callId);
      this.#next();
    }
  }

  #request(typed: Exclude<Typed, { type: 'slash' }>): SendRequest {
    const { context, timeZone, modelOnly } = this.#options;
    return createRequest({
      text: typed.text,
      conversation: this.#conversation,
      timeZone,
      folder: context.environment.workingFolder,
      interactive: true,
      stream: true,
      modelOnly,
      ...(typed.type === 'shell' ? { command: typed.command } : {}),
    });
  }

  #show(part: StreamPart, running: RunningTurn): void {
    running.display.show(part);
    if (part.type === 'turn-start') {
      running.turn = part.turn;
      this.#conversation = part.conversation;
      if (running.isInterrupted) this.#cancel(part.turn);
    } else if (part.type === 'model-start') this.#view.model = part.model;
    else if (part.type === 'approval-ask') this.#beginAsk(part);
    else if (part.type === 'approval-end') this.#endAsk(part.callId);
    else if (part.type === 'turn-end') {
      this.#tally.add(part.usage);
      this.#view.usage = this.#tally.short();
    }
  }

  #next(): void {
    const next = this.#queue.shift();
    this.#view.update();
    if (next === undefined) return;
    this.#do(next);
    // A slash command ends at once; then it is the turn of the next.
    if (this.#running === undefined) this.#next();
  }

  async #steer(text: string): Promise<void> {
    const turn = this.#running?.turn;
    if (turn === undefined)
      throw new AgentError('INPUT_INVALID', { problem: 'no turn is running' });
    await this.#service.act({ type: 'steer', turn, text });
    this.#view.editor.addToHistory(text);
    this.#running?.display.settle();
    this.#view.screen.append(messageEntry(text, this.#style));
    this.#view.update();
  }

  async #resume(conversation: string | undefined): Promise<void> {
    this.#conversation = conversation;
    if (conversation === undefined) return;
    const turns = await this.#slash.past(conversation);
    for (const { text } of turns) this.#view.editor.addToHistory(text);
  }

  async #listen(): Promise<void> {
    const { signal } = this.#listening;
    try {
      for await (const { text } of this.#service.listen(PERSON, signal)) {
        this.#view.screen.append(blankEntry());
        const marked = text.replace(/^Reminder:/, '**$&**');
        this.#view.screen.append(replyEntry(marked, this.#style));
        this.#view.update();
      }
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  #giveBack(text: string): void {
    this.#view.editor.setText('');
    if (text !== '') this.#view.editor.handleInput(pasteOf(text));
  }

  #guard(action: () => Promise<void>): Promise<void> {
    return action().catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.#view.screen.append(blankEntry());
    this.#view.screen.append(noteEntry(this.#style.bad(failureText(shownError(error)))));
    this.#view.update();
  }

  #leave(): void {
    if (this.#running?.turn !== undefined) this.#cancel(this.#running.turn);
    this.#left.resolve();
  }
}

function typedText(typed: Typed): string {
  return typed.type === 'slash' ? `/${typed.command.name} ${typed.argument}`.trim() : typed.text;
}
