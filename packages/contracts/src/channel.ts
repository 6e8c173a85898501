// Owns contract 5, the channel: how messages come in and replies go out. Refuses decisions about
// what a sender may do: a channel only says who it is and how sure it is.

import type { ToolCall } from './tool.ts';

/** How sure a channel is of the sender: by the operating system's user, a key, or not at all. */
export type SenderAssurance = 'local' | 'key' | 'none';

/** One message in the unified format that every channel produces. */
export interface InboundMessage {
  /** UUID version 7, given by the inbox. */
  readonly id: string;
  readonly channel: string;
  /** The channel's own id of the message; the same one is accepted once, for ever. */
  readonly channelMessageId: string;
  readonly person: string;
  readonly assurance: SenderAssurance;
  readonly conversation: string;
  readonly text: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** IANA zone of the person, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** False when nobody can answer a question: then what would ask is denied. */
  readonly interactive: boolean;
  /** Text that came with the words, such as a pipe: data, not the person's own words. */
  readonly attached?: string;
  /** Absolute folder in which the person works; granted for reading in this turn. */
  readonly folder?: string;
  /** A shell command that the person typed, to be run as it stands. */
  readonly command?: string;
  /** A call whose outcome is unknown, which the person wants done again. */
  readonly repeat?: { readonly outcome: string; readonly call: ToolCall };
  /** True when the person wants the model, not the fast path. */
  readonly modelOnly?: boolean;
}

/** One reply on its way out. */
export interface OutboundReply {
  readonly id: string;
  readonly channel: string;
  readonly person: string;
  readonly conversation: string;
  /** Absent for what the agent says by itself, such as a reminder. */
  readonly turn?: string;
  /** CommonMark; a channel may drop formatting, never content. */
  readonly text: string;
}

/**
 * An adapter of one medium.
 * Must call `receive` for each message and acknowledge it only after that resolved. Must authenticate
 * the sender. Must not retry a delivery itself. `deliver` throws when the medium did not take it.
 */
export interface Channel {
  readonly name: string;
  start(receive: (message: Omit<InboundMessage, 'id'>) => Promise<void>): Promise<void>;
  deliver(reply: OutboundReply): Promise<void>;
  stop(): Promise<void>;
}
