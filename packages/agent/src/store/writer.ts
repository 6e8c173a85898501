// Owns the commit: groups of batches on the one writing connection, one sync a group.
// Refuses to let a failing batch disturb another: each has its savepoint, or its own transaction.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Chains } from './chains.ts';
import type { Heads } from './chains.ts';
import { failureOf, FailureError, isInputOutput } from './sqlite-failure.ts';
import { prepareStatement } from './sqlite-statement.ts';
import type { PreparedStatement } from './sqlite-statement.ts';
import type { BatchReply, Failure, WireBatch, WireResult, WriteGroup } from './writer-protocol.ts';

type Step = 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'rollbackTo';

/** The writing side of a database, without the thread around it. */
export class Writer {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #steps: Readonly<Record<Step, StatementSync>>;
  readonly #texts: Map<number, string>;
  readonly #prepared = new Map<number, PreparedStatement>();
  readonly #chains: Chains;
  #durable = true;
  #suspect = false;

  /**
   * Takes a connection in WAL mode with synchronous FULL; `file` is named in failures, `texts` are
   * the statements that an earlier connection had learned.
   */
  constructor(
    database: DatabaseSync,
    file: string,
    texts: ReadonlyMap<number, string> = new Map(),
  ) {
    this.#database = database;
    this.#file = file;
    this.#texts = new Map(texts);
    this.#chains = new Chains(database);
    this.#steps = {
      begin: database.prepare('BEGIN IMMEDIATE'),
      commit: database.prepare('COMMIT'),
      rollback: database.prepare('ROLLBACK'),
      savepoint: database.prepare('SAVEPOINT batch'),
      release: database.prepare('RELEASE batch'),
      rollbackTo: database.prepare('ROLLBACK TO batch'),
    };
  }

  /** True after an I/O error: what this connection remembers may not be what the disk holds. */
  get suspect(): boolean {
    return this.#suspect;
  }

  /** Where the chains ended at the last commit. */
  get heads(): Heads {
    return this.#chains.heads;
  }

  /** Statements by their numbers. */
  get texts(): ReadonlyMap<number, string> {
    return this.#texts;
  }

  learn(news: WriteGroup['learn']): void {
    for (const [id, sql] of news) this.#texts.set(id, sql);
  }

  /** Commits the group and gives one reply per batch. Never throws. */
  run(group: WriteGroup): BatchReply[] {
    this.learn(group.learn);
    this.#setDurable(group.durable);
    const together = group.batches.length > 1 ? this.#runTogether(group.batches) : undefined;
    const replies = together ?? group.batches.map((batch) => this.#runUnlessSuspect(batch));
    for (const id of group.forget) {
      this.#texts.delete(id);
      this.#prepared.delete(id);
    }
    return replies;
  }

  /** Gives the chains of rows their key; gives the failure if they cannot be read. */
  chain(key: Uint8Array): Failure | undefined {
    try {
      this.#chains.begin(key);
      return undefined;
    } catch (error) {
      return failureOf(error, this.#file);
    }
  }

  /** Moves the log into the database file and empties it; gives the failure if it could not. */
  checkpoint(): Failure | undefined {
    try {
      const outcome = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
      if (outcome?.['busy'] === 0) return undefined;
      return { code: 'STORE_FAILED', details: { problem: 'a reader holds the log' } };
    } catch (error) {
      return this.#failureOf(error);
    }
  }

  #failureOf(error: unknown): Failure {
    if (isInputOutput(error)) this.#suspect = true;
    return failureOf(error, this.#file);
  }

  #runUnlessSuspect(batch: WireBatch): BatchReply {
    if (!this.#suspect) return this.#runAlone(batch);
    return { code: 'STORE_FAILED', details: { problem: 'the disk reported an error' } };
  }

  #runAlone(batch: WireBatch): BatchReply {
    const { heads } = this.#chains;
    try {
      this.#steps.begin.run();
      const results = this.#execute(batch);
      this.#commit();
      return results;
    } catch (error) {
      this.#undo(heads);
      return this.#failureOf(error);
    }
  }

  /** Undefined when the whole transaction was lost, and with it batches that did nothing wrong. */
  #runTogether(batches: readonly WireBatch[]): BatchReply[] | undefined {
    const { heads } = this.#chains;
    try {
      this.#steps.begin.run();
      const replies = batches.map((batch) => this.#runInSavepoint(batch));
      this.#commit();
      return replies;
    } catch (error) {
      this.#failureOf(error);
      this.#undo(heads);
      return undefined;
    }
  }

  #runInSavepoint(batch: WireBatch): BatchReply {
    const { heads } = this.#chains;
    this.#steps.savepoint.run();
    try {
      const results = this.#execute(batch);
      this.#steps.release.run();
      return results;
    } catch (error) {
      // A full disk or an I/O error ends the whole transaction: no savepoint to go back to.
      if (!this.#database.isTransaction) throw error;
      this.#steps.rollbackTo.run();
      this.#chains.undo(heads);
      this.#steps.release.run();
      return this.#failureOf(error);
    }
  }

  #execute(batch: WireBatch): WireResult[] {
    return batch.map(([id, parameters, expected]) => {
      const statement = this.#statementOf(id);
      const { heads } = this.#chains;
      const result = statement.returnsRows ? statement.all(parameters) : statement.run(parameters);
      const changes = typeof result === 'number' ? result : result.length;
      // A row that was there already was not added to its chain.
      if (changes === 0) this.#chains.undo(heads);
      if (expected < 0 || changes === expected) return result;
      const details = { expected: `to change ${expected} rows and changed ${changes}` };
      throw new FailureError({ code: 'STORE_CONFLICT', details });
    });
  }

  #statementOf(id: number): PreparedStatement {
    const known = this.#prepared.get(id);
    if (known !== undefined) return known;
    const statement = prepareStatement(this.#database, this.#texts.get(id) ?? '');
    this.#prepared.set(id, statement);
    return statement;
  }

  /** Heads are part of the transaction, and known to be stored only after it. */
  #commit(): void {
    this.#chains.keep();
    this.#steps.commit.run();
    this.#chains.kept();
  }

  #undo(heads: Heads): void {
    this.#chains.undo(heads);
    if (this.#database.isTransaction) this.#steps.rollback.run();
  }

  /** Not in force inside a transaction, and cheap: only written when it changes. */
  #setDurable(wanted: boolean): void {
    if (wanted === this.#durable) return;
    this.#database.exec(`PRAGMA synchronous = ${wanted ? 'FULL' : 'NORMAL'}`);
    this.#durable = wanted;
  }
}
