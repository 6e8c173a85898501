// Owns the commit: groups of batches on the one writing connection, one sync a group.
// Refuses to let a failing batch disturb another: each has its savepoint, or its own transaction.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { failureOf, FailureError } from './sqlite-failure.ts';
import { prepareStatement } from './sqlite-statement.ts';
import type { PreparedStatement } from './sqlite-statement.ts';
import type { BatchReply, Failure, WireBatch, WireResult, WriteGroup } from './writer-protocol.ts';

type Step = 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'rollbackTo';

/** The writing side of a database, without the thread around it. */
export class Writer {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #steps: Readonly<Record<Step, StatementSync>>;
  readonly #texts = new Map<number, string>();
  readonly #prepared = new Map<number, PreparedStatement>();
  #durable = true;

  /** Takes a connection in WAL mode with synchronous FULL; `file` is named in failures. */
  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
    this.#steps = {
      begin: database.prepare('BEGIN IMMEDIATE'),
      commit: database.prepare('COMMIT'),
      rollback: database.prepare('ROLLBACK'),
      savepoint: database.prepare('SAVEPOINT batch'),
      release: database.prepare('RELEASE batch'),
      rollbackTo: database.prepare('ROLLBACK TO batch'),
    };
  }

  /** Commits the group and gives one reply per batch. Never throws. */
  run(group: WriteGroup): BatchReply[] {
    for (const [id, sql] of group.learn) this.#texts.set(id, sql);
    this.#setDurable(group.durable);
    const together = group.batches.length > 1 ? this.#runTogether(group.batches) : undefined;
    const replies = together ?? group.batches.map((batch) => this.#runAlone(batch));
    for (const id of group.forget) {
      this.#texts.delete(id);
      this.#prepared.delete(id);
    }
    return replies;
  }

  /** Moves the log into the database file and empties it; gives the failure if it could not. */
  checkpoint(): Failure | undefined {
    try {
      const outcome = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
      if (outcome?.['busy'] === 0) return undefined;
      return { code: 'STORE_FAILED', details: { problem: 'a reader holds the log' } };
    } catch (error) {
      return failureOf(error, this.#file);
    }
  }

  #runAlone(batch: WireBatch): BatchReply {
    try {
      this.#steps.begin.run();
      const results = this.#execute(batch);
      this.#steps.commit.run();
      return results;
    } catch (error) {
      this.#undo();
      return failureOf(error, this.#file);
    }
  }

  /** Undefined when the whole transaction was lost, and with it batches that did nothing wrong. */
  #runTogether(batches: readonly WireBatch[]): BatchReply[] | undefined {
    try {
      this.#steps.begin.run();
      const replies = batches.map((batch) => this.#runInSavepoint(batch));
      this.#steps.commit.run();
      return replies;
    } catch {
      this.#undo();
      return undefined;
    }
  }

  #runInSavepoint(batch: WireBatch): BatchReply {
    this.#steps.savepoint.run();
    try {
      const results = this.#execute(batch);
      this.#steps.release.run();
      return results;
    } catch (error) {
      // A full disk or an I/O error ends the whole transaction: no savepoint to go back to.
      if (!this.#database.isTransaction) throw error;
      this.#steps.rollbackTo.run();
      this.#steps.release.run();
      return failureOf(error, this.#file);
    }
  }

  #execute(batch: WireBatch): WireResult[] {
    return batch.map(([id, parameters, expected]) => {
      const statement = this.#statementOf(id);
      const result = statement.returnsRows ? statement.all(parameters) : statement.run(parameters);
      const changes = typeof result === 'number' ? result : result.length;
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

  #undo(): void {
    if (this.#database.isTransaction) this.#steps.rollback.run();
  }

  /** Not in force inside a transaction, and cheap: only written when it changes. */
  #setDurable(wanted: boolean): void {
    if (wanted === this.#durable) return;
    this.#database.exec(`PRAGMA synchronous = ${wanted ? 'FULL' : 'NORMAL'}`);
    this.#durable = wanted;
  }
}
