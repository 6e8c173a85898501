// Owns the shape of what the calling thread and the writer thread send each other: plain data.
// Refuses SQL text after its first use: a statement travels once, then by number.

import type { ErrorCode } from '@opencomputer/contracts';

/** An error on its way between threads, before it becomes an `AgentError`. */
export interface Failure {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number>>;
}

/** Number of the statement, its parameters, and the expected changes (-1: any number). */
export type WireStatement = readonly [id: number, parameters: readonly unknown[], expected: number];

/** Statements that happen together or not at all. */
export type WireBatch = readonly WireStatement[];

/** What one commit (and at most one sync of the disk) covers. */
export interface WriteGroup {
  readonly kind: 'group';
  /** True when one of the batches must survive a crash of the machine. */
  readonly durable: boolean;
  /** Statements not sent before: number and text. */
  readonly learn: readonly (readonly [id: number, sql: string])[];
  /** Numbers that will not be used again. */
  readonly forget: readonly number[];
  readonly batches: readonly WireBatch[];
}

/** Rows of a statement that returns some, otherwise how many it changed. */
export type WireResult = number | readonly Readonly<Record<string, unknown>>[];

/** What became of one batch: a result per statement, or why it was undone. */
export type BatchReply = readonly WireResult[] | Failure;

/** To the writer: a group, the key of chains, a wish to empty the log, or the end. */
export type WriterRequest =
  | WriteGroup
  | { readonly kind: 'chain'; readonly key: Uint8Array }
  | { readonly kind: 'checkpoint' | 'close' };

/** From the writer: opened or not, one reply per batch, or whether another request was done. */
export type WriterReply =
  | { readonly kind: 'opened'; readonly cut?: CutNotice }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'group'; readonly replies: readonly BatchReply[] }
  | { readonly kind: 'done'; readonly failure?: Failure }
  | { readonly kind: 'closed' };

/** What the writer thread is started with. */
export interface WriterSettings {
  readonly path: string;
  readonly busyTimeoutMs: number;
  /** True when it takes the place of a thread that died: it first proves what that one left. */
  readonly replaces?: boolean;
  /** The key of chains, where that one had it. */
  readonly key?: Uint8Array;
}

/** What is to be told of a log, and whether what is dropped of it was copied aside. */
export interface CutNotice {
  readonly problem: string;
  readonly isKept: boolean;
}
