// Owns the steps of a turn in a cluster: what each does in whichever process it runs, however often.
// Refuses to keep anything in memory between two of them: the record tells all.

import { AgentError, isAgentError, toErrorData } from '@opencomputer/contracts';
import type { InboundMessage, ToolCall, TurnInput, TurnState } from '@opencomputer/contracts';
import type { CallTerms, Statement, TurnSteps } from '@opencomputer/contracts/internal';
import type { DriverPorts } from '../ports.ts';
import { endOf, saidIn, uniqueCalls } from '../turn-content.ts';
import { createTurnTools } from '../turn-tools.ts';
import { thinned } from './carried-input.ts';
import { replyIdentifier } from './reply-identifier.ts';
import { createTurnLog, ownerOf } from './turn-log.ts';
import type { LoggedTurn, TurnLog } from './turn-log.ts';
import { createViews } from './views.ts';
import type { ViewOf } from './views.ts';

/** A tool that does not declare how long it takes. */
const timeoutMsDefault = 30_000;

/** The steps over the driver's ports. */
export function createTurnSteps<View>(ports: DriverPorts<View>): TurnSteps {
  const steps = new Steps(ports);
  return {
    begin: (turn) => steps.begin(turn),
    record: async ({ turn, unrecorded }) => {
      await steps.log.write(turn, unrecorded);
    },
    decide: async ({ turn, unrecorded }) => steps.decide(await steps.log.write(turn, unrecorded)),
    callModel: async ({ turn, unrecorded }, signal) =>
      steps.callModel(await steps.log.write(turn, unrecorded), signal),
    callTool: async ({ turn, unrecorded, work }, signal) =>
      steps.callTool(await steps.log.write(turn, unrecorded), work, signal),
    finish: ({ turn, unrecorded }) =>
      steps.log.end(turn, unrecorded, (logged) => steps.ending(logged)),
  };
}

class Steps<View> {
  readonly log: TurnLog;
  readonly #ports: DriverPorts<View>;
  readonly #viewOf: ViewOf<View>;

  constructor(ports: DriverPorts<View>) {
    this.#ports = ports;
    this.log = createTurnLog(ports);
    this.#viewOf = createViews(ports.log.journal, ports.core.dialogue);
  }

  async begin(turn: string): ReturnType<TurnSteps['begin']> {
    const { journal, mailbox } = this.#ports.log;
    let record = await journal.record(turn);
    if (record.length === 0) record = await this.#start(await mailbox.read(turn));
    const calls = this.#stateOf(record).calls.map(({ call }) => call);
    return {
      record: record.map((input) => ({ input: thinned(input) })),
      terms: calls.map((call) => this.#termsOf(call)),
    };
  }

  async #start(message: InboundMessage): Promise<readonly TurnInput[]> {
    const { core, log, clock, budget } = this.#ports;
    const view = await this.#viewOf(message.conversation);
    const { parsed, plan } = await core.understand(message, core.dialogue.expectation(view));
    const start: TurnInput = {
      type: 'turn-start',
      at: clock.now(),
      message,
      parsed,
      plan,
      budget,
    };
    try {
      await log.database.write(await log.journal.append(ownerOf(message), [start], 0));
      return [start];
    } catch (error) {
      if (!isAgentError(error, 'STORE_CONFLICT')) throw error;
      return log.journal.record(message.id);
    }
  }

  decide({ message, record }: LoggedTurn): Awaited<ReturnType<TurnSteps['decide']>> {
    const state = this.#stateOf(record);
    const calls = state.calls.flatMap(({ call, status }) => (status === 'planned' ? [call] : []));
    const decisions = createTurnTools(this.#ports.tools, message).decide(calls, saidIn(state));
    const input: TurnInput = { type: 'policy-decide', at: this.#ports.clock.now(), decisions };
    return { decided: { input }, terms: calls.map((call) => this.#termsOf(call)) };
  }

  async callModel(
    { message, record }: LoggedTurn,
    signal: AbortSignal,
  ): ReturnType<TurnSteps['callModel']> {
    const { core, engine, clock } = this.#ports;
    const { messages, progress } = this.#stateOf(record);
    const { steps: step } = progress;
    const view = await this.#viewOf(message.conversation);
    let input: TurnInput;
    try {
      const request = await core.prepare(view, { message, messages, step });
      const answer = await engine.call(request, { signal });
      const { finish, usage, model, promptHash } = answer;
      const parts = uniqueCalls(answer.parts, { turn: message.id, step });
      const at = clock.now();
      input = { type: 'model-finish', at, parts, finish, usage, model, promptHash };
    } catch (error) {
      input = { type: 'model-fail', at: clock.now(), error: toErrorData(error) };
    }
    return this.log.carry(message, input);
  }

  async callTool(
    { message, record }: LoggedTurn,
    { callId, idempotencyKey }: { readonly callId: string; readonly idempotencyKey: string },
    signal: AbortSignal,
  ): ReturnType<TurnSteps['callTool']> {
    const { tools, clock } = this.#ports;
    const state = this.#stateOf(record);
    const call = state.calls.find((entry) => entry.call.callId === callId)?.call;
    if (call === undefined) throw new AgentError('INTERNAL', { problem: `no call ${callId}` });
    const said = saidIn(state);
    const run = { record, said, idempotencyKey, now: message.at, signal };
    const outcome = await createTurnTools(tools, message).run(call, run);
    return this.log.carry(message, { type: 'tool-finish', at: clock.now(), callId, outcome });
  }

  async ending({ message, record }: LoggedTurn): Promise<readonly Statement[]> {
    const at = record.at(-1)?.at ?? message.at;
    const replyId = replyIdentifier(message.id);
    const { plugin } = createTurnTools(this.#ports.tools, message);
    const { statements } = await endOf(this.#ports, { message, record, replyId, at, plugin });
    return statements;
  }

  #stateOf(record: readonly TurnInput[]): TurnState {
    const state = this.#ports.core.machine.replay(record);
    if (state === undefined) throw new AgentError('INTERNAL', { problem: 'an empty record' });
    return state;
  }

  #termsOf({ callId, tool: name }: ToolCall): CallTerms {
    const tools = this.#ports.tools.host.tools();
    const tool = tools.find(({ declaration }) => declaration.name === name)?.declaration;
    const repeatable = tool?.effect === 'read' || tool?.idempotent === true;
    return { callId, repeatable, timeoutMs: tool?.timeoutMs ?? timeoutMsDefault };
  }
}
