// Owns the ports between the driver of turns and the parts it runs: the pure turn, the view of a
// conversation, the mailbox. Refuses knowledge of tables, models and plugins.

import type { InboundMessage, OutboundReply } from '../channel.ts';
import type { TimerChange } from '../tool.ts';
import type { IntentResult } from '../intent.ts';
import type { Command, Expectation, Message, Plan, TurnInput, TurnState } from '../turn.ts';
import type { TurnStatus, Usage } from '../turn.ts';
import type { Statement } from './database.ts';
import type { ModelRequest } from './engine.ts';

/** A finished turn, as the log tells it. */
export interface FinishedTurn {
  readonly turn: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly status: TurnStatus;
  readonly messages: readonly Message[];
  readonly reply: string;
  readonly expectation?: Expectation;
  readonly usage: Usage;
}

/** The pure turn; see `core/turn`. */
export interface TurnMachine {
  advance(
    state: TurnState | undefined,
    input: TurnInput,
  ): { readonly state: TurnState; readonly commands: readonly Command[] };
  replay(inputs: readonly TurnInput[]): TurnState | undefined;
  pendingCommands(state: TurnState, at: number): readonly Command[];
  isFinal(state: TurnState): boolean;
}

/** The view of a conversation; see `core/dialogue`. `View` is opaque to the driver. */
export interface Dialogue<View> {
  fold(turns: readonly FinishedTurn[], undone: ReadonlySet<string>): View;
  add(view: View, turn: FinishedTurn): View;
  expectation(view: View): Expectation | undefined;
}

/** What a message means and what is to be done about it. */
export type Understand = (
  message: InboundMessage,
  expectation: Expectation | undefined,
) => Promise<{ readonly parsed: IntentResult; readonly plan: Plan }>;

/** What is sent to the model for the messages of a turn within its conversation. */
export type PrepareRequest<View> = (
  view: View,
  current: {
    readonly message: InboundMessage;
    readonly messages: readonly Message[];
    readonly step: number;
  },
) => Promise<ModelRequest>;

/** Timers that tools set; the statements join the batch that records the tool's result. */
export type KeepTimers = (
  owner: { readonly person: string; readonly plugin: string; readonly conversation: string },
  changes: readonly TimerChange[],
) => Promise<readonly Statement[]>;

/** The inbox and the outbox, as the driver needs them. Statements join the driver's own batch. */
export interface Mailbox {
  /** Durable when it resolves; `duplicate` when the channel's message was accepted before. */
  accept(message: InboundMessage): Promise<'accepted' | 'duplicate'>;
  /** The statement that marks a message as answered. */
  finish(messageId: string): Statement;
  /** The statement that puts a reply on its way. */
  enqueue(reply: OutboundReply): Promise<Statement>;
  /** Marks replies as delivered; need not be durable. */
  delivered(replyIds: readonly string[]): Promise<void>;
  /** Accepted messages that have no end yet, oldest first. */
  open(): Promise<readonly InboundMessage[]>;
  /** Replies that a person has not seen: what the agent said by itself while nobody listened. */
  waiting(person: string): Promise<readonly OutboundReply[]>;
}
