// Owns what a command is given instead of the process: streams, facts, time and the door to the
// agent. Refuses globals, so that every command runs in a test as it runs in a terminal.

import type { ClusterOptions } from '@opencomputer/agent';
import type { Clock, Configuration } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';
import type { Environment } from './environment.ts';

/** A stream to write to. */
export interface TextOutput {
  write(text: string): void;
}

/** A stream to read from: a pipe, a file or the lines of a terminal. */
export type TextInput = NodeJS.ReadableStream &
  AsyncIterable<Buffer | string> & { destroy?: () => unknown };

/** What serving needs to know and tells. */
export interface ServeOptions {
  readonly configuration: Configuration;
  /** Loopback port beside the socket; absent: the socket alone. */
  readonly port?: number;
  /** IANA zone of messages that name none. */
  readonly timeZone: string;
  /** What another process is told holds the data directory. */
  readonly command?: string;
  /** How the process takes part in a cluster. */
  readonly cluster?: ClusterOptions;
}

/** A daemon that serves. */
export interface Serving {
  /** Where clients reach it, for the line `ready <url>`. */
  readonly url: string;
  /** Resolves when a command asks the daemon to stop. */
  readonly stopAsked: Promise<void>;
  stop(): Promise<void>;
}

/** The way to the agent: the daemon that runs, or one opened in this process. */
export interface AgentDoor {
  /** Failures are `AgentError` of the STORE_ and SERVICE_ groups. */
  open(configuration: Configuration): Promise<AgentService>;
  /**
   * The same for a program that stays open, such as the chat: while it runs, other commands use the
   * agent through it instead of finding the data directory locked.
   */
  share(options: ServeOptions): Promise<AgentService>;
  /** The running daemon, or undefined; opens nothing. */
  running(): Promise<AgentService | undefined>;
  serve(options: ServeOptions): Promise<Serving>;
}

/** What every command works with. */
export interface CommandContext {
  readonly environment: Environment;
  readonly input: TextInput;
  readonly output: TextOutput;
  readonly error: TextOutput;
  readonly clock: Clock;
  readonly agent: AgentDoor;
  /** The terminal itself while standard input is a pipe; undefined where there is none. */
  openTerminalInput(): TextInput | undefined;
  /** Calls the listener on Ctrl-C or SIGTERM instead of ending; the returned function stops that. */
  onInterrupt(listener: () => void): () => void;
}
