// Owns a turn as a workflow: hosts the pure turn, and has each of its commands executed by a step.
// Refuses to decide anything about the turn, and to carry what only the event log has to hold.

import { advance, isFinal, pendingCommands } from '@opencomputer/agent/core';
import { AgentError } from '@opencomputer/contracts';
import type { Command, ToolCall, TurnInput, TurnState } from '@opencomputer/contracts';
import type { CallTerms, CarriedInput, Unrecorded } from '@opencomputer/contracts/internal';
import {
  ActivityFailure,
  CancellationScope,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { inputSignal } from './names.ts';
import type { TurnArgument } from './names.ts';
import { calling, insist, lossesMax, quick, running } from './steps.ts';

/** Runs the turn of one message to its end, and gives how it ended. */
export async function turn(argument: TurnArgument): Promise<string> {
  const run = new TurnRun(argument);
  setHandler(inputSignal, (input) => run.put({ input }));
  try {
    return await run.run();
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    // It cannot begin or cannot end. Nothing else of its conversation must wait for it.
    await insist(() => quick.park(argument.turn), Number.POSITIVE_INFINITY);
    return 'parked';
  }
}

/** Of a call whose terms are not known: its tool is gone. */
const unknownTerms = { repeatable: false, timeoutMs: 30_000 };
/** Inputs that are carried before they are written although nothing else has to be done. */
const unrecordedMax = 32;

class TurnRun {
  readonly #turn: string;
  readonly #queue: CarriedInput[];
  readonly #effects = new CancellationScope();
  readonly #terms = new Map<string, CallTerms>();
  #state: TurnState | undefined;
  /** How many inputs are known to be in the record, and those after them. */
  #recorded = 0;
  #unrecorded: CarriedInput[] = [];
  /** When the questions that are open count as not answered. */
  #expiresAt = 0;

  constructor({ turn: id, inputs }: TurnArgument) {
    this.#turn = id;
    this.#queue = inputs.map((input) => ({ input }));
  }

  put(carried: CarriedInput): void {
    this.#queue.push(carried);
  }

  async run(): Promise<string> {
    for (let commands = await this.#begin(); ; commands = this.#take(await this.#next())) {
      if (this.#state !== undefined && isFinal(this.#state)) break;
      if (isCallingModel(commands)) await this.#shorten();
      for (const command of commands) this.#execute(command);
      const isAsking = commands.some(({ type }) => type === 'approval-ask');
      if (isAsking || this.#unrecorded.length > unrecordedMax) this.#record();
    }
    this.#effects.cancel();
    const at = Date.now();
    const unrecorded = this.#carried();
    await insist(() =>
      quick.finish({ turn: this.#turn, unrecorded, work: { type: 'finish', at } }),
    );
    return this.#state.status;
  }

  async #begin(): Promise<readonly Command[]> {
    const { record, terms } = await insist(() => quick.begin(this.#turn));
    for (const { input } of record) ({ state: this.#state } = advance(this.#state, input));
    this.#recorded = record.length;
    this.#learn(terms);
    if (this.#state === undefined) throw new AgentError('INTERNAL', { problem: 'an empty record' });
    return this.#resumable(pendingCommands(this.#state, Date.now()));
  }

  /** What was running in a run before this one may be run again only under its key. */
  #resumable(commands: readonly Command[]): readonly Command[] {
    return commands.filter((command) => {
      if (command.type !== 'tool-call' || this.#termsOf(command.call).repeatable) return true;
      this.put({ input: this.#lost(command.call) });
      return false;
    });
  }

  #take(carried: CarriedInput): readonly Command[] {
    const { state, commands } = advance(this.#state, carried.input);
    this.#state = state;
    this.#unrecorded.push(carried);
    return commands;
  }

  /** The next input; time is one too: the deadline, or the end of the person's patience. */
  async #next(): Promise<CarriedInput> {
    const came = await condition(() => this.#queue.length > 0, Math.max(1, this.#delayMs()));
    const next = this.#queue.shift();
    if (came && next !== undefined) return next;
    const timer = this.#isWaiting() ? 'approval' : 'deadline';
    return { input: { type: 'timer-fire', at: Date.now(), timer } };
  }

  #delayMs(): number {
    if (this.#state === undefined) return 0;
    if (this.#isWaiting()) return this.#expiresAt - Date.now();
    const { startedAt, waitedMs, budget } = this.#state.progress;
    return startedAt + waitedMs + budget.seconds * 1000 - Date.now();
  }

  #isWaiting(): boolean {
    return this.#state?.status === 'waiting';
  }

  #execute(command: Command): void {
    switch (command.type) {
      case 'policy-ask':
        return this.#effect(() => this.#decide());
      case 'model-call':
        return this.#effect(() => this.#callModel());
      case 'tool-call':
        return this.#effect(() => this.#callTool(command.call, command.idempotencyKey));
      case 'approval-ask':
        this.#expiresAt = command.expiresAt;
        return undefined;
      case 'reply':
      case 'turn-finish':
        return undefined;
    }
  }

  /** Runs beside the turn, which takes what comes of it as an input; cancelled when the turn ends. */
  #effect(work: () => Promise<void>): void {
    this.#effects.run(work).catch((error: unknown) => {
      const ended = this.#state !== undefined && isFinal(this.#state);
      if (ended) return;
      if (!(error instanceof ActivityFailure)) throw error;
      this.put({ input: { type: 'turn-cancel', at: Date.now(), reason: 'a fault in the agent' } });
    });
  }

  #record(): void {
    this.#effect(() => this.#write());
  }

  async #write(): Promise<void> {
    await this.#step((unrecorded) =>
      insist(() => quick.record({ turn: this.#turn, unrecorded, work: { type: 'record' } })),
    );
  }

  async #decide(): Promise<void> {
    const { decided, terms } = await this.#step((unrecorded) =>
      insist(() => quick.decide({ turn: this.#turn, unrecorded, work: { type: 'decide' } })),
    );
    this.#learn(terms);
    this.put(decided);
  }

  async #callModel(): Promise<void> {
    try {
      const answer = await this.#step((unrecorded) =>
        insist(() => calling.callModel({ turn: this.#turn, unrecorded, work: { type: 'model' } })),
      );
      this.put(answer);
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const problem = 'the model was called, and no worker lived to tell its answer';
      const fault = new AgentError('INTERNAL', { problem }).toData();
      this.put({ input: { type: 'model-fail', at: Date.now(), error: fault } });
    }
  }

  /** A call that may not be repeated is lost with its worker: what it did is then unknown. */
  async #callTool(call: ToolCall, idempotencyKey: string): Promise<void> {
    const { repeatable, timeoutMs } = this.#termsOf(call);
    const work = { type: 'tool' as const, callId: call.callId, idempotencyKey };
    const steps = running(timeoutMs);
    try {
      const outcome = await this.#step((unrecorded) =>
        insist(
          () => steps.callTool({ turn: this.#turn, unrecorded, work }),
          repeatable ? lossesMax : 1,
        ),
      );
      this.put(outcome);
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      this.put({ input: this.#lost(call) });
    }
  }

  #lost({ callId, tool }: ToolCall): TurnInput {
    const text = `The worker that ran ${tool} was lost. It may have taken effect.`;
    return { type: 'tool-finish', at: Date.now(), callId, outcome: { status: 'unknown', text } };
  }

  /** A step that writes first what is unrecorded, which is known to be written when it ended. */
  async #step<Result>(work: (unrecorded: Unrecorded) => Promise<Result>): Promise<Result> {
    const carried = this.#carried();
    const result = await work(carried);
    const written = carried.from + carried.inputs.length - this.#recorded;
    if (written > 0) {
      this.#unrecorded = this.#unrecorded.slice(written);
      this.#recorded += written;
    }
    return result;
  }

  #carried(): Unrecorded {
    return { from: this.#recorded, inputs: [...this.#unrecorded] };
  }

  /** A long history goes on in a new one, where nothing is running: all that counts is in the log. */
  async #shorten(): Promise<void> {
    if (!workflowInfo().continueAsNewSuggested) return;
    await this.#write();
    const inputs = this.#queue.map(({ input }) => input);
    await continueAsNew<typeof turn>({ turn: this.#turn, inputs });
  }

  #termsOf({ callId }: ToolCall): Omit<CallTerms, 'callId'> {
    return this.#terms.get(callId) ?? unknownTerms;
  }

  #learn(terms: readonly CallTerms[]): void {
    for (const each of terms) this.#terms.set(each.callId, each);
  }
}

function isCallingModel(commands: readonly Command[]): boolean {
  return commands.some(({ type }) => type === 'model-call');
}
