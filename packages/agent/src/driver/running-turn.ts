// Owns one running turn: feeds inputs to the pure turn, executes its commands, and records every
// input before an effect follows from it. Refuses to decide anything about the turn itself.

import { isAgentError, toErrorData } from '@opencomputer/contracts';
import type {
  Command,
  InboundMessage,
  StreamPart,
  TurnInput,
  TurnState,
} from '@opencomputer/contracts';
import type { FinishedTurn, ModelDelta, Statement } from '@opencomputer/contracts/internal';
import { stopping } from './fair-queue.ts';
import type { Pace } from './fair-queue.ts';
import { InputQueue } from './input-queue.ts';
import type { WaitingInput } from './input-queue.ts';
import type { DriverPorts } from './ports.ts';
import { resumption } from './resumption.ts';
import { TextRelay } from './text-relay.ts';
import { createTurnClock } from './turn-clock.ts';
import { endOf, saidIn, uniqueCalls } from './turn-content.ts';
import { createTurnTools } from './turn-tools.ts';
import type { TurnTools } from './turn-tools.ts';

/** What a turn starts from. */
export interface TurnStart<View> {
  readonly message: InboundMessage;
  readonly view: View;
  /** Inputs recorded before a restart; empty for a new turn. */
  readonly record: readonly TurnInput[];
  readonly emit: (part: StreamPart) => void;
  /** False when nobody reads deltas; then the model is not streamed, which costs less. */
  readonly stream: boolean;
  /** False where nobody reads: nobody can be asked, and the reply waits in the outbox. */
  readonly attended: boolean;
  /** Told when the turn waits for something outside and when it goes on. */
  readonly pace: Pace;
}

/** A turn that has ended. */
export interface EndedRun {
  readonly finished: FinishedTurn;
  /** The reply in the outbox; held for the reader of an attended turn. */
  readonly replyId: string;
}

/** A turn that is running. */
export class RunningTurn<View> {
  readonly message: InboundMessage;
  readonly #ports: DriverPorts<View>;
  readonly #start: TurnStart<View>;
  readonly #tools: TurnTools;
  readonly #text: TextRelay;
  readonly #abort = new AbortController();
  readonly #inputs: InputQueue;
  readonly #now: () => number;
  readonly #record: TurnInput[];
  #recorded: number;
  /** Statements that keep the timers of a call, until its result is taken. */
  readonly #timersOf = new Map<string, readonly Statement[]>();
  /** Those of results that were taken, for the commit that records them: never for one before it. */
  #timers: Statement[] = [];
  #state: TurnState | undefined;
  /** When the questions that are open count as not answered. */
  #expiresAt = 0;
  #leaving = false;
  #cancelTimer: (() => void) | undefined;

  constructor(ports: DriverPorts<View>, start: TurnStart<View>) {
    this.#ports = ports;
    this.#start = start;
    this.#text = new TextRelay(start.message.id, start.emit);
    this.message = start.message;
    this.#inputs = new InputQueue(start.message.id);
    this.#now = createTurnClock(ports.clock);
    this.#record = [...start.record];
    this.#recorded = this.#record.length;
    const interactive = start.message.interactive && start.attended;
    this.#tools = createTurnTools(ports.tools, { ...start.message, interactive });
  }

  /** An answer, a cancel, words to steer by; see `InputQueue.offer`. */
  offer(input: TurnInput): Promise<void> {
    return this.#inputs.offer(input);
  }

  /** False for a turn that goes straight to a tool: no model will read words added to it. */
  takesWords(): boolean {
    return this.#state?.progress.intent === undefined;
  }

  /** True when `callId` is a question that the person can answer now. */
  asks(callId: string): boolean {
    return this.#asked().includes(callId);
  }

  /**
   * Leaves the turn for the next start: what tools have done is still recorded, nothing else begins,
   * and text of an answer that was not finished is withdrawn.
   */
  leave(): void {
    this.#leaving = true;
    this.#text.withdraw('the agent stops; the whole answer comes when it runs again');
    this.#inputs.fail(stopping());
  }

  /** Runs the turn to its end. Rejects when its record cannot be written, or after `leave`. */
  async run(): Promise<EndedRun> {
    try {
      await this.#begin();
      while (this.#state === undefined || !this.#isOver()) {
        const { input, taken } = await this.#next();
        await this.#takeOrGiveUp(input);
        taken();
      }
      this.#inputs.close();
      return await this.#finish(this.#state);
    } finally {
      this.#inputs.close();
      this.#cancelTimer?.();
      this.#abort.abort();
    }
  }

  async #next(): Promise<WaitingInput> {
    const { pace } = this.#start;
    if (this.#inputs.isEmpty) pace.rest();
    const next = await this.#inputs.next();
    pace.work();
    if (this.#leaving && next.input.type !== 'tool-finish') throw stopping();
    return next;
  }

  async #begin(): Promise<void> {
    const { machine, understand, dialogue } = this.#ports.core;
    this.#state = machine.replay(this.#record);
    if (this.#state !== undefined) return this.#resume(this.#state);
    const { message, view } = this.#start;
    const { parsed, plan } = await understand(message, dialogue.expectation(view));
    if (plan.type === 'tool') {
      const { tool } = plan.call;
      const { intent } = plan;
      const { confidence } = parsed;
      this.#emit({
        type: 'intent-resolve',
        intent,
        plugin: this.#tools.plugin(tool),
        tool,
        confidence,
      });
    }
    const { budget } = this.#ports;
    await this.#take({ type: 'turn-start', at: this.#now(), message, parsed, plan, budget });
  }

  /** Goes on after a restart. A turn whose end was recorded only has to say it. */
  async #resume(state: TurnState): Promise<void> {
    const { machine } = this.#ports.core;
    if (machine.isFinal(state)) return;
    const at = this.#now();
    const pausedMs = at - (this.#record.at(-1)?.at ?? at);
    await this.#take({ type: 'turn-resume', at, pausedMs });
    const { host } = this.#ports.tools;
    const { commands, inputs } = resumption(
      machine.pendingCommands(this.#state ?? state, at),
      host.tools(),
      at,
    );
    for (const input of inputs) this.#inputs.put(input);
    for (const command of commands) this.#execute(command);
    this.#setTimer();
  }

  /** A fault that is not the store's must not leave the turn open, to fail at every start again. */
  async #takeOrGiveUp(input: TurnInput): Promise<void> {
    try {
      await this.#take(input);
    } catch (error) {
      if (isAgentError(error) && error.code !== 'INTERNAL') throw error;
      this.#ports.report(error, `turn ${this.message.id}`);
      this.#record.length = Math.max(1, this.#recorded);
      this.#state = this.#ports.core.machine.replay(this.#record);
      await this.#take({ type: 'turn-cancel', at: this.#now(), reason: 'a fault in the agent' });
    }
  }

  async #take(input: TurnInput): Promise<void> {
    const asked = this.#asked();
    const { state, commands } = this.#ports.core.machine.advance(this.#state, input);
    this.#record.push(input);
    if (input.type === 'tool-finish') {
      this.#timers.push(...(this.#timersOf.get(input.callId) ?? []));
      this.#timersOf.delete(input.callId);
    }
    this.#state = state;
    this.#tellAnswered(asked, input);
    if (this.#isOver()) return;
    const effects = commands.some(({ type }) => type === 'tool-call' || type === 'approval-ask');
    if (effects || input.type === 'tool-finish' || input.type === 'turn-steer')
      await this.#save([]);
    if (this.#leaving) return;
    for (const command of commands) this.#execute(command);
    this.#setTimer();
  }

  /** Says of each question that is no longer open how it was answered. */
  #tellAnswered(asked: readonly string[], input: TurnInput): void {
    const approved = input.type === 'approval-give' && input.approved;
    const open = this.#asked();
    for (const callId of asked) {
      if (!open.includes(callId)) this.#emit({ type: 'approval-end', callId, approved });
    }
  }

  #asked(): readonly string[] {
    const calls = this.#state?.calls ?? [];
    return calls.flatMap(({ call, status }) => (status === 'asked' ? [call.callId] : []));
  }

  #isOver(): boolean {
    return this.#state !== undefined && this.#ports.core.machine.isFinal(this.#state);
  }

  async #save(more: readonly Statement[]): Promise<void> {
    const { journal, database } = this.#ports.log;
    const unrecorded = this.#record.slice(this.#recorded);
    const appended = await journal.append(this.#owner(), unrecorded, this.#recorded);
    const timers = this.#timers;
    const statements = [...appended, ...timers, ...more];
    this.#recorded = this.#record.length;
    this.#timers = [];
    if (statements.length > 0) await database.write(statements);
    if (timers.length > 0) this.#ports.tools.timersKept();
  }

  async #finish(state: TurnState): Promise<EndedRun> {
    const { mailbox, announce, replied } = this.#ports.log;
    const { id, person } = this.message;
    const { attended } = this.#start;
    const { message } = this;
    const replyId = this.#ports.identifier();
    const { plugin } = this.#tools;
    const complete = { message, record: this.#record, replyId, at: this.#now(), plugin };
    const { finished, statements } = await endOf(this.#ports, complete);
    const { reply: text, status, usage } = finished;
    const { error } = state.reply ?? {};
    // No call runs again after the end, so what one did meanwhile counts.
    for (const kept of this.#timersOf.values()) this.#timers.push(...kept);
    if (attended) mailbox.hold(replyId);
    try {
      await this.#save(statements);
    } catch (fault) {
      mailbox.release(replyId);
      throw fault;
    }
    if (this.#start.stream) this.#text.finish(text);
    const end = status === 'failed' || status === 'cancelled' ? status : 'done';
    this.#emit({ type: 'turn-end', turn: id, status: end, text, usage, ...(error && { error }) });
    if (!attended) announce(person);
    replied();
    return { finished, replyId };
  }

  #execute(command: Command): void {
    switch (command.type) {
      case 'model-call':
        return this.#later(this.#callModel(command));
      case 'policy-ask': {
        const decisions = this.#tools.decide(command.calls, saidIn(this.#state));
        return this.#inputs.put({ type: 'policy-decide', at: this.#now(), decisions });
      }
      case 'tool-call':
        return this.#later(this.#callTool(command));
      case 'approval-ask': {
        const { call, reason, expiresAt } = command;
        this.#expiresAt = expiresAt;
        const plugin = this.#tools.plugin(call.tool);
        const turn = this.message.id;
        return this.#emit({ type: 'approval-ask', turn, call, plugin, reason, expiresAt });
      }
      case 'reply':
      case 'turn-finish':
        return undefined;
    }
  }

  async #callModel(command: Extract<Command, { type: 'model-call' }>): Promise<TurnInput> {
    const { step, messages } = command;
    const { message, view } = this.#start;
    this.#text.begin();
    try {
      const request = await this.#ports.core.prepare(view, { message, messages, step });
      const onDelta = this.#start.stream && ((delta: ModelDelta) => this.#text.relay(delta, step));
      const { signal } = this.#abort;
      const answer = await this.#ports.engine.call(request, {
        signal,
        ...(onDelta && { onDelta }),
      });
      const { finish, usage, model, promptHash } = answer;
      const parts = uniqueCalls(answer.parts, { turn: message.id, step });
      return { type: 'model-finish', at: this.#now(), parts, finish, usage, model, promptHash };
    } catch (error) {
      return { type: 'model-fail', at: this.#now(), error: toErrorData(error) };
    }
  }

  async #callTool(command: Extract<Command, { type: 'tool-call' }>): Promise<TurnInput> {
    const { call, idempotencyKey } = command;
    const { callId } = call;
    const plugin = this.#tools.plugin(call.tool);
    this.#emit({ type: 'tool-start', call, plugin });
    const started = this.#ports.clock.monotonic();
    const outcome = await this.#tools.run(call, {
      record: this.#record,
      said: saidIn(this.#state),
      idempotencyKey,
      now: this.message.at,
      signal: this.#abort.signal,
    });
    const durationMs = this.#ports.clock.monotonic() - started;
    this.#emit({ type: 'tool-end', callId, outcome, durationMs });
    if (outcome.status === 'done' && outcome.timers !== undefined) {
      const { person, conversation } = this.message;
      const owner = { person, plugin, conversation };
      this.#timersOf.set(callId, await this.#ports.tools.keepTimers(owner, outcome.timers));
    }
    return { type: 'tool-finish', at: this.#now(), callId, outcome };
  }

  /** The deadline while it runs, the end of the person's patience while it asks. */
  #setTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#state === undefined) return;
    const { status, progress } = this.#state;
    const waiting = status === 'waiting';
    const spentMs = this.#now() - progress.startedAt - progress.waitedMs;
    const leftMs = progress.budget.seconds * 1000 - spentMs;
    const delayMs = waiting ? this.#expiresAt - this.#now() : leftMs;
    const timer = waiting ? 'approval' : 'deadline';
    this.#cancelTimer = this.#ports.clock.after(Math.max(0, delayMs), () =>
      this.#inputs.put({ type: 'timer-fire', at: this.#now(), timer }),
    );
  }

  #later(result: Promise<TurnInput>): void {
    result.then(
      (input) => this.#inputs.put(input),
      (fault: unknown) => this.#inputs.fail(fault),
    );
  }

  #emit(part: StreamPart): void {
    this.#start.emit(part);
  }

  #owner(): { person: string; conversation: string; turn: string } {
    const { person, conversation, id } = this.message;
    return { person, conversation, turn: id };
  }
}
