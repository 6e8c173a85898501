// Owns the door that the terminal, the routes and later every client use: the same operations in
// this process or through the daemon's socket. Refuses knowledge of how a turn is run.

import type { Json } from '../json.ts';
import type { StreamPart } from '../stream.ts';
import type { SenderAssurance } from '../channel.ts';
import type { ToolCall } from '../tool.ts';
import type { TurnStatus, Usage } from '../turn.ts';
import type {
  InstallPlan,
  InstalledSummary,
  LockedPlugin,
  PluginChange,
  VerifiedPlugin,
} from './plugins.ts';

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
  /**
   * True: a message of this id that was accepted before is no error; its turn is shown from here to
   * its end. With other words, another person or conversation it is IDEMPOTENCY_KEY_REUSED.
   */
  readonly join?: boolean;
  /** Skips the fast path. */
  readonly modelOnly?: boolean;
  /** A shell command that the person typed, to be run as typed and joined to the conversation. */
  readonly command?: string;
  /** An unknown outcome, as `<turn>/<call>`: its call is to be done again, in its conversation. */
  readonly again?: string;
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
      /** Accepted messages that wait because their turns failed, and why; absent when none does. */
      readonly held?: { readonly turns: number; readonly problem: string };
    };
  };
  /** Reads every page of the database; takes as long as the file is large. */
  readonly integrity: { input: Record<string, never>; output: Integrity };
  /** Hides the last turn from the conversation; again, the one before. Returns what was undone. */
  readonly undo: { input: { conversation: string }; output: { readonly text: string } };
  /** What was set aside, is unknown or was not delivered. */
  readonly pending: { input: Record<string, never>; output: Pending };
  /** Decides about one of these, by its id. An unknown outcome is only dropped here: doing it again
   * is a message of its own, so that policy and the person have their say. */
  readonly settle: {
    input: { id: string; how: 'retry' | 'drop' };
    output: { readonly what: 'message' | 'outcome' | 'reply' };
  };
  /** Makes a backup file at an absolute path, under a key derived from a passphrase (base64). */
  readonly backup: {
    input: { path: string; key: { salt: string; key: string } };
    output: BackupSummary;
  };
  /** Chooses the model of later turns, until the next start. */
  readonly choose: { input: { model: string }; output: ModelSummary };
  /** Counts since the start, as text for Prometheus. */
  readonly metrics: { input: Record<string, never>; output: { readonly text: string } };
  /** Plugins that were added by `plugin-commit`; `plugins` has all that there are. */
  readonly 'plugin-list': { input: Record<string, never>; output: readonly InstalledSummary[] };
  /** Fetches a plugin and says what it would mean; takes as long as the download. A path is absolute. */
  readonly 'plugin-plan': { input: { reference: string }; output: InstallPlan };
  /** The same for what an installed plugin has become at the place that it came from. */
  readonly 'plugin-plan-update': { input: { plugin: string }; output: InstallPlan };
  /** Carries a plan out. `consented`: the person has read what it asks for and said yes. */
  readonly 'plugin-commit': {
    input: { id: string; consented: boolean; atOnce: boolean };
    output: LockedPlugin;
  };
  readonly 'plugin-change': {
    input: { plugin: string; change: PluginChange };
    output: LockedPlugin;
  };
  readonly 'plugin-remove': { input: { plugin: string }; output: Record<string, never> };
  /** Hashes the code of every release that may run. */
  readonly 'plugin-verify': { input: Record<string, never>; output: readonly VerifiedPlugin[] };
  /** Keeps a secret of an installed plugin sealed; without a value, forgets it. */
  readonly 'plugin-secret': {
    input: { plugin: string; name: string; value?: string };
    output: { readonly isSet: boolean };
  };
}

/** A reply that a channel did not take: tried again, or given up (`dead`). */
export interface PendingReply {
  readonly id: string;
  readonly channel: string;
  readonly conversation: string;
  readonly at: number;
  readonly state: 'waiting' | 'dead';
  readonly attempts: number;
  readonly text: string;
  /** Why it was given up. */
  readonly reason?: string;
}

/** A message that was set aside: its turn ended the process too often, or it was altered. */
export interface ParkedMessage {
  readonly id: string;
  readonly conversation: string;
  readonly starts: number;
  /** Absent when it cannot be read. */
  readonly text?: string;
}

/** A call of a tool of which nobody knows whether it took effect, until the person decides. */
export interface UnknownOutcome {
  /** Its turn and its call, as `<turn>/<call>`. */
  readonly id: string;
  readonly conversation: string;
  readonly at: number;
  readonly call: ToolCall;
}

/** What waits for a decision of the person. */
export interface Pending {
  readonly messages: readonly ParkedMessage[];
  readonly outcomes: readonly UnknownOutcome[];
  readonly replies: readonly PendingReply[];
  /** How many more there are than those listed; absent when there are none. */
  readonly more?: number;
}

/** A backup that was made. */
export interface BackupSummary {
  readonly path: string;
  readonly createdAt: number;
  readonly files: number;
  readonly bytes: number;
  /** Places of the store that were known to be damaged. */
  readonly damaged: number;
}

/** What waited for a person. */
export interface Notice {
  readonly text: string;
  /** The reply's own id: the same one, shown again after a crash, is the same notice. */
  readonly reply?: string;
  /** Set for the whole answer of a turn: it replaces whatever was shown of that turn before. */
  readonly turn?: string;
}

/** The name of a question. */
export type QueryName = keyof Queries;

/**
 * The agent, as its clients see it.
 * `send` must resolve the first part only after the message is durable; the iteration ends after
 * `turn-end`, and only who reads to that end has taken the reply: else it waits as a notice. Leaving
 * the iteration does not cancel the turn. Failures are `AgentError`.
 */
export interface AgentService {
  send(request: SendRequest): AsyncIterable<StreamPart>;
  /**
   * What the agent says by itself (reminders), and replies that did not reach their reader, from now
   * on. Each counts as shown when the next one is asked for.
   */
  listen(person: string, signal: AbortSignal): AsyncIterable<Notice>;
  act(action: TurnAction): Promise<void>;
  query<Name extends QueryName>(
    name: Name,
    input: Queries[Name]['input'],
  ): Promise<Queries[Name]['output']>;
  stop(): Promise<void>;
}
