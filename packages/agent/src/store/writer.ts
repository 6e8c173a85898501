// Owns the commit: groups of batches on the one writing connection, one sync a group.
// Refuses to let a failing batch disturb another: each has its savepoint, or its own transaction.

import type { DatabaseSync } from 'node:sqlite';
import { failureOf, FailureError } from './sqlite-failure.ts';
import { prepareStatement } from './sqlite-statement.ts';
import type { PreparedStatement } from './sqlite-statement.ts';
import type { BatchReply, Failure, WireBatch, WireResult, WriteGroup } from './writer-protocol.ts';

/** The writing side of a database, without the thread around it. */
export interface Writer {
  /** Commits the group and gives one reply per batch. Never throws. */
  run(group: WriteGroup): BatchReply[];
  /** Moves the log into the database file and empties it; gives the failure if it could not. */
  checkpoint(): Failure | undefined;
}

/** A writer on an open connection in WAL mode with synchronous FULL. */
export function createWriter(database: DatabaseSync, file: string): Writer {
  const texts = new Map<number, string>();
  const prepared = new Map<number, PreparedStatement>();
  const transaction = {
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    rollback: database.prepare('ROLLBACK'),
    savepoint: database.prepare('SAVEPOINT batch'),
    release: database.prepare('RELEASE batch'),
    rollbackTo: database.prepare('ROLLBACK TO batch'),
  };
  let durable = true;

  function statementOf(id: number): PreparedStatement {
    const known = prepared.get(id);
    if (known !== undefined) return known;
    const statement = prepareStatement(database, texts.get(id) ?? '');
    prepared.set(id, statement);
    return statement;
  }

  function execute(batch: WireBatch): WireResult[] {
    const results: WireResult[] = [];
    for (const [id, parameters, expected] of batch) {
      const statement = statementOf(id);
      const result = statement.returnsRows ? statement.all(parameters) : statement.run(parameters);
      const changes = typeof result === 'number' ? result : result.length;
      if (expected >= 0 && changes !== expected) {
        const details = { expected: `to change ${expected} rows and changed ${changes}` };
        throw new FailureError({ code: 'STORE_CONFLICT', details });
      }
      results.push(result);
    }
    return results;
  }

  function runAlone(batch: WireBatch): BatchReply {
    try {
      transaction.begin.run();
      const results = execute(batch);
      transaction.commit.run();
      return results;
    } catch (error) {
      undo();
      return failureOf(error, file);
    }
  }

  /** Undefined when the whole transaction was lost, and with it batches that did nothing wrong. */
  function runTogether(batches: readonly WireBatch[]): BatchReply[] | undefined {
    try {
      transaction.begin.run();
      const replies = batches.map((batch) => runInSavepoint(batch));
      transaction.commit.run();
      return replies;
    } catch {
      undo();
      return undefined;
    }
  }

  function runInSavepoint(batch: WireBatch): BatchReply {
    transaction.savepoint.run();
    try {
      const results = execute(batch);
      transaction.release.run();
      return results;
    } catch (error) {
      // A full disk or an I/O error ends the whole transaction: no savepoint to go back to.
      if (!database.isTransaction) throw error;
      transaction.rollbackTo.run();
      transaction.release.run();
      return failureOf(error, file);
    }
  }

  function undo(): void {
    if (database.isTransaction) transaction.rollback.run();
  }

  function setDurable(wanted: boolean): void {
    if (wanted === durable) return;
    database.exec(`PRAGMA synchronous = ${wanted ? 'FULL' : 'NORMAL'}`);
    durable = wanted;
  }

  return {
    run(group) {
      for (const [id, sql] of group.learn) texts.set(id, sql);
      setDurable(group.durable);
      const together = group.batches.length > 1 ? runTogether(group.batches) : undefined;
      const replies = together ?? group.batches.map((batch) => runAlone(batch));
      for (const id of group.forget) {
        texts.delete(id);
        prepared.delete(id);
      }
      return replies;
    },
    checkpoint() {
      try {
        database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
        return undefined;
      } catch (error) {
        return failureOf(error, file);
      }
    },
  };
}
