// Owns the door that the terminal, the routes and later every client use: the same operations in
// this process or through the daemon's socket. Refuses knowledge of how a turn is run.

import type { Json } from '../json.ts';
import type { StreamPart } from '../stream.ts';
import type { SenderAssurance } from '../channel.ts';
import type { TurnStatus, Usage } from '../turn.ts';

/** A message of a person to a conversation. */
export interface SendRequest {
  readonly channel: string;
  readonly channelMessageId: string;
  readonly person: string;
  readonly assurance: SenderAssurance;
  /** Absent: a new conversation. */
  readonly conversation?: string;
  readonly text: string;
  /** Text that came with the words, such as a pipe: data, not the person's own words. */
  readonly attached?: string;
  readonly timeZone: string;
  readonly interactive: boolean;
  /** False: nobody reads deltas, and the cheaper unstreamed model call may be used. */
  readonly stream: boolean;
  /** Absolute folder in which the person works, granted for reading. */
  readonly folder?: string;
  /** Skips the fast path. */
  readonly modelOnly?: boolean;
  /** A shell command that the person typed, to be run as typed and joined to the conversation. */
  readonly command?: string;
}

/** What can be done to a running turn. */
export type TurnAction =
  | { readonly type: 'approve'; readonly turn: string; readonly callId: string }
  | {
      readonly type: 'deny';
      readonly turn: string;
      readonly callId: string;
      readonly reason?: string;
    }
  | { readonly type: 'cancel'; readonly turn: string; readonly reason: string }
  | { readonly type: 'steer'; readonly turn: string; readonly text: string };

/** A line of `agent sessions`. */
export interface ConversationSummary {
  readonly conversation: string;
  /** The first words of its first message. */
  readonly title: string;
  readonly turns: number;
  readonly startedAt: number;
  readonly lastAt: number;
}

/** One finished or running turn of a conversation. */
export interface TurnSummary {
  readonly turn: string;
  readonly at: number;
  readonly status: TurnStatus;
  readonly text: string;
  readonly reply: string;
  readonly undone: boolean;
  readonly usage: Usage;
}

/** One section of what would be sent to the model. */
export interface ContextSection {
  readonly name: string;
  readonly characters: number;
  readonly tokens: number;
  readonly text: string;
}

/** A step of a turn for `agent why`: an event in words, with its data. */
export interface Explanation {
  readonly at: number;
  readonly name: string;
  readonly text: string;
  readonly data: Json;
}

/** A model that can be used. */
export interface ModelSummary {
  readonly model: string;
  readonly provider: string;
  readonly state: 'ready' | 'paused' | 'unknown';
  readonly contextTokens: number;
  readonly current: boolean;
}

/** A plugin that is installed. */
export interface PluginSummary {
  readonly plugin: string;
  readonly version: string;
  readonly tier: string;
  readonly state: 'idle' | 'running' | 'refused';
  readonly problem?: string;
  readonly tools: readonly { readonly tool: string; readonly description: string }[];
}

/** What reading the whole database found. */
export interface Integrity {
  readonly pages: number;
  readonly bytes: number;
  /** In the words of the database, at most five; empty for a whole file. */
  readonly problems: readonly string[];
}

/** Questions that can be put to the service, with what they take and give. */
export interface Queries {
  readonly conversations: { input: { limit: number }; output: readonly ConversationSummary[] };
  readonly turns: { input: { conversation: string }; output: readonly TurnSummary[] };
  readonly why: { input: { turn?: string }; output: readonly Explanation[] };
  readonly context: {
    input: { conversation?: string; text: string };
    output: readonly ContextSection[];
  };
  readonly models: { input: Record<string, never>; output: readonly ModelSummary[] };
  readonly plugins: { input: Record<string, never>; output: readonly PluginSummary[] };
  readonly status: {
    input: Record<string, never>;
    output: {
      readonly version: string;
      readonly directory: string;
      readonly uptimeSeconds: number;
      readonly turnsRunning: number;
    };
  };
  /** Reads every page of the database; takes as long as the file is large. */
  readonly integrity: { input: Record<string, never>; output: Integrity };
  /** Hides the last turn from the conversation; again, the one before. Returns what was undone. */
  readonly undo: { input: { conversation: string }; output: { readonly text: string } };
  /** Chooses the model of later turns, until the next start. */
  readonly choose: { input: { model: string }; output: ModelSummary };
}

/** The name of a question. */
export type QueryName = keyof Queries;

/**
 * The agent, as its clients see it.
 * `send` must resolve the first part only after the message is durable; the iteration ends after
 * `turn-end`. Leaving the iteration does not cancel the turn. Failures are `AgentError`.
 */
export interface AgentService {
  send(request: SendRequest): AsyncIterable<StreamPart>;
  /** What the agent says by itself in a conversation or to a person (reminders), from now on. */
  listen(person: string, signal: AbortSignal): AsyncIterable<{ readonly text: string }>;
  act(action: TurnAction): Promise<void>;
  query<Name extends QueryName>(
    name: Name,
    input: Queries[Name]['input'],
  ): Promise<Queries[Name]['output']>;
  stop(): Promise<void>;
}
