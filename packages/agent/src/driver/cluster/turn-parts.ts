// Owns what a reader is shown of a turn that runs elsewhere: the parts that follow from each input of
// its record. Refuses parts that the record does not tell of, such as the deltas of an answer.

import type { StreamPart, TurnInput, TurnState } from '@opencomputer/contracts';
import type { TurnMachine } from '@opencomputer/contracts/internal';
import { TextRelay } from '../text-relay.ts';

/** Whose a tool is. */
type PluginOf = (tool: string) => string;

/** What a reader is shown of one turn. */
export class TurnParts {
  readonly #machine: TurnMachine;
  readonly #pluginOf: PluginOf;
  readonly #emit: (part: StreamPart) => void;
  #state: TurnState | undefined;
  /** When each call was begun, as the record tells. */
  readonly #begun = new Map<string, number>();
  #taken = 0;

  constructor(
    { machine, pluginOf }: { readonly machine: TurnMachine; readonly pluginOf: PluginOf },
    emit: (part: StreamPart) => void,
  ) {
    this.#machine = machine;
    this.#pluginOf = pluginOf;
    this.#emit = emit;
  }

  /** Inputs of the record that were taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Takes the whole record and shows what is new in it; true when the turn has ended. */
  take(record: readonly TurnInput[]): boolean {
    for (const input of record.slice(this.#taken)) this.#takeOne(input);
    this.#taken = record.length;
    return this.#state !== undefined && this.#machine.isFinal(this.#state);
  }

  /** Shows the reply and the end; `text` tells whether the reader reads text by parts. */
  end(turn: string, { stream }: { readonly stream: boolean }): void {
    const { status, progress, reply } = this.#state ?? {};
    const text = reply?.text ?? '';
    if (stream) new TextRelay(turn, this.#emit).finish(text);
    const { usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 } } =
      progress ?? {};
    const end = status === 'failed' || status === 'cancelled' ? status : 'done';
    const error = reply?.error;
    this.#emit({ type: 'turn-end', turn, status: end, text, usage, ...(error && { error }) });
  }

  #takeOne(input: TurnInput): void {
    const asked = this.#asked();
    const { state, commands } = this.#machine.advance(this.#state, input);
    this.#state = state;
    if (input.type === 'turn-start') this.#tellIntent(input);
    if (input.type === 'tool-finish') this.#tellOutcome(input);
    const approved = input.type === 'approval-give' && input.approved;
    const open = this.#asked();
    for (const callId of asked) {
      if (!open.includes(callId)) this.#emit({ type: 'approval-end', callId, approved });
    }
    for (const command of commands) {
      if (command.type === 'tool-call') {
        this.#begun.set(command.call.callId, input.at);
        const plugin = this.#pluginOf(command.call.tool);
        this.#emit({ type: 'tool-start', call: command.call, plugin });
      }
      if (command.type === 'approval-ask') {
        const { call, reason, expiresAt } = command;
        const plugin = this.#pluginOf(call.tool);
        const { turn } = state;
        this.#emit({ type: 'approval-ask', turn, call, plugin, reason, expiresAt });
      }
    }
  }

  #tellIntent({ parsed, plan }: Extract<TurnInput, { type: 'turn-start' }>): void {
    if (plan.type !== 'tool') return;
    const { tool } = plan.call;
    const plugin = this.#pluginOf(tool);
    const { confidence } = parsed;
    this.#emit({ type: 'intent-resolve', intent: plan.intent, plugin, tool, confidence });
  }

  #tellOutcome({ callId, outcome, at }: Extract<TurnInput, { type: 'tool-finish' }>): void {
    const begun = this.#begun.get(callId);
    if (begun === undefined) return;
    this.#emit({ type: 'tool-end', callId, outcome, durationMs: Math.max(0, at - begun) });
  }

  #asked(): readonly string[] {
    const calls = this.#state?.calls ?? [];
    return calls.flatMap(({ call, status }) => (status === 'asked' ? [call.callId] : []));
  }
}
