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

/** A message without an end, as its row tells before it is opened. */
export interface OpenMessage {
  readonly id: string;
  readonly person: string;
  readonly conversation: string;
  /** How often its turn was started; one that never ended was ended by the end of the process. */
  readonly starts: number;
}

/** A message that was accepted, and how far it is. */
export interface KnownMessage extends OpenMessage {
  readonly state: 'open' | 'parked' | 'done';
}

/** Messages on their way in, as the driver needs them. Statements join the driver's own batch. */
interface InboxPort {
  /**
   * Durable when it resolves, and counted as the first start of its turn; `duplicate` when the
   * channel's message was accepted before.
   */
  accept(message: InboundMessage): Promise<'accepted' | 'duplicate'>;
  /** Counts one more start of the turn; durable when it resolves. */
  begin(messageId: string): Promise<void>;
  /** Takes a start back, for turns that were left open in good order; need not be durable. */
  leave(messageIds: readonly string[]): Promise<void>;
  /** The statement that marks a message as answered. */
  finish(messageId: string): Statement;
  /** Accepted messages that have no end yet and are not set aside, oldest first. */
  open(): Promise<readonly OpenMessage[]>;
  /** The oldest open message of a conversation. */
  next(conversation: string): Promise<OpenMessage | undefined>;
}

/** Messages that were accepted, whatever became of them. */
interface AcceptedPort {
  /** What became of a channel's message that was accepted before; absent when none was. */
  known(
    message: Pick<InboundMessage, 'channel' | 'channelMessageId'>,
  ): Promise<KnownMessage | undefined>;
  /** The message itself. Rejects with SEAL_BROKEN when it was altered, PERSON_ERASED. */
  read(messageId: string): Promise<InboundMessage>;
}

/** Messages that were set aside. */
interface ParkingPort {
  /** The statement that sets a message aside: it is no longer open, and not answered either. */
  park(messageId: string): Statement;
  /** Messages of a person that were set aside, oldest first. */
  parked(person: string): Promise<readonly OpenMessage[]>;
  /** The statement that opens again what was set aside, as if it was never started. */
  unpark(messageId: string): Statement;
}

/** Replies on their way out. */
interface OutboxPort {
  /** The statements that put a reply on its way: to its channel, and a copy to those that want one. */
  enqueue(reply: OutboundReply): Promise<readonly Statement[]>;
  /** From now on a reader has the reply in hand, so it does not wait for the person. */
  hold(replyId: string): void;
  /** The reader left without it: it waits again. */
  release(replyId: string): void;
  /** Marks replies as delivered; need not be durable. */
  delivered(replyIds: readonly string[]): Promise<void>;
  /** Replies that a person has not seen, oldest first: of turns, and what the agent said by itself. */
  waiting(person: string): Promise<readonly OutboundReply[]>;
}

/** The inbox and the outbox together. */
export type Mailbox = InboxPort & AcceptedPort & ParkingPort & OutboxPort;
