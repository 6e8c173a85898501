// Owns the port through which every folder reads and writes its own tables.
// Refuses interactive transactions: what must happen together is one batch, decided in SQL.

import type { Kysely } from 'kysely';

/** The two databases that the same statements run on. */
export type Dialect = 'sqlite' | 'postgresql';

/** What a column can hold on both databases: no booleans (use 0 and 1), no dates (use ms). */
export type ColumnValue = null | string | number | bigint | Uint8Array;

/**
 * One compiled statement with its parameters; what Kysely's `compile()` returns is one.
 * Parameters must be `ColumnValue`s; integers are safe integers, text has no NUL character.
 */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Rows it must change (or return, when it returns rows); another number undoes the batch. */
  readonly expectedChanges?: number;
}

/** What one statement of a batch did. */
export interface WriteResult {
  /** Rows changed; for a statement that returns rows, the number of those. */
  readonly changes: number;
  /** Rows of `RETURNING` or of a `SELECT` in the batch, else empty. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** How a batch is written. */
export interface WriteOptions {
  /** True (the default): resolves after the commit reached the disk. False: survives a crash of
   * the process, not always one of the machine; never out of order with durable batches. */
  readonly durable?: boolean;
}

/** The tables of a query builder before a folder adds its own by `$extendTables`. */
export type NoTables = Record<never, never>;

/** Anything that compiles to a statement: every Kysely builder. */
export interface StatementSource {
  compile(): Statement;
}

/** Stands for a value that is filled in later; typed as the value itself. */
export type ParameterSlot<P> = <K extends keyof P & string>(name: K) => P[K];

/** A database whose writes are atomic batches and whose reads see every acknowledged write. */
export interface Database {
  readonly dialect: Dialect;

  /**
   * Builds statements, and runs reads by `execute()`. Must not write: the connection is
   * read-only, and a write fails with STORE_FAILED. A folder narrows it once, by
   * `database.query.$extendTables<MyTables>()` (a type alias, not an interface).
   */
  readonly query: Kysely<NoTables>;

  /**
   * Compiles a statement once for a hot path (4 µs a use against 33). The slots returned by
   * `parameter` stand for values, so they go where Kysely takes a value, and nowhere else.
   */
  prepare<P extends object>(
    build: (parameter: ParameterSlot<P>) => StatementSource,
  ): (parameters: P) => Statement;

  /** Rows of one read, at most `rowsMax` of the implementation (STORE_FAILED beyond it). */
  read<R extends object>(statement: Statement): Promise<readonly R[]>;

  /**
   * Runs the statements in order as one atomic batch and resolves after its commit, one result
   * per statement. Batches behave as if run one after another. A rejected batch left nothing
   * visible and disturbed no other batch: STORE_CONFLICT for a constraint or `expectedChanges`,
   * STORE_BUSY when too many wait, STORE_FULL when the disk is full, else STORE_FAILED. After
   * STORE_FULL or STORE_FAILED a crash of the machine may still bring the batch back, so whatever
   * is tried again must be idempotent (ON CONFLICT).
   */
  write(statements: readonly Statement[], options?: WriteOptions): Promise<readonly WriteResult[]>;

  /** Finishes the accepted batches, then lets go. Later calls fail with STORE_FAILED. */
  close(): Promise<void>;
}

/**
 * One step of a component's tables. Must be pure and never edited once released: a checksum of
 * its statements is recorded. Versions of a component count from 1 without gaps.
 */
export interface Migration {
  readonly component: string;
  readonly version: number;
  /** Statements in order; they and the record of the migration are one batch. */
  readonly up: (dialect: Dialect) => readonly Statement[];
}

/** Column types that behave alike on both databases; text compares by bytes. */
export const columnTypes: Readonly<
  Record<Dialect, Readonly<Record<'text' | 'integer' | 'real' | 'bytes', string>>>
> = {
  sqlite: { text: 'TEXT', integer: 'INTEGER', real: 'REAL', bytes: 'BLOB' },
  postgresql: {
    text: 'TEXT COLLATE "C"',
    integer: 'BIGINT',
    real: 'DOUBLE PRECISION',
    bytes: 'BYTEA',
  },
};
