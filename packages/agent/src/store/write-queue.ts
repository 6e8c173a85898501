// Owns the writes that wait: bounded, first come first served, one group on its way at a time.
// Refuses to linger: what arrived while a commit ran is the next group, and nothing waits longer.

import { AgentError } from '@opencomputer/contracts';
import type { Statement, WriteResult } from '@opencomputer/contracts/internal';
import { bindBatch } from './batch.ts';
import { StatementNumbers } from './statement-numbers.ts';
import type { BatchReply, Failure, WireBatch, WriteGroup } from './writer-protocol.ts';

/** Bounds of a queue. */
export interface WriteLimits {
  /** Batches accepted and not yet answered. */
  readonly batchesWaitingMax: number;
  /** Bytes of parameters accepted and not yet answered. */
  readonly bytesWaitingMax: number;
  /** Bytes after which a group takes no further batch. */
  readonly groupBytesMax: number;
  /** Batches of one group. */
  readonly groupBatchesMax: number;
}

interface Waiting {
  readonly statements: readonly Statement[];
  readonly bytes: number;
  readonly durable: boolean;
  readonly resolve: (results: readonly WriteResult[]) => void;
  readonly reject: (error: AgentError) => void;
}

/** Turns many writes into few groups. `send` must be answered by `settle`, `lose` or `fail`. */
export class WriteQueue {
  readonly #send: (group: WriteGroup) => void;
  readonly #limits: WriteLimits;
  #numbers = new StatementNumbers();
  readonly #drained: (() => void)[] = [];
  #waiting: Waiting[] = [];
  #sent: Waiting[] = [];
  #bytes = 0;
  #scheduled = false;

  constructor(send: (group: WriteGroup) => void, limits: WriteLimits) {
    this.#send = send;
    this.#limits = limits;
  }

  /** Accepts a batch, or rejects with STORE_BUSY; see `Database.write`. */
  add(statements: readonly Statement[], durable: boolean): Promise<readonly WriteResult[]> {
    const { statements: bound, bytes } = bindBatch(statements);
    const { batchesWaitingMax, bytesWaitingMax } = this.#limits;
    const count = this.#waiting.length + this.#sent.length;
    if (count >= batchesWaitingMax) {
      throw new AgentError('STORE_BUSY', { limit: `${batchesWaitingMax} batches` });
    }
    // An empty queue takes any batch: otherwise a large one would be refused for ever.
    if (count > 0 && this.#bytes + bytes > bytesWaitingMax) {
      throw new AgentError('STORE_BUSY', { limit: `${bytesWaitingMax} bytes` });
    }
    this.#bytes += bytes;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ statements: bound, bytes, durable, resolve, reject });
      this.#schedule();
    });
  }

  /** Answers the group that was sent, in its order, and sends the next one. */
  settle(replies: readonly BatchReply[]): void {
    const answered = this.#sent;
    this.#sent = [];
    for (const [index, waiting] of answered.entries()) {
      this.#bytes -= waiting.bytes;
      const reply = replies[index];
      if (reply !== undefined && isResults(reply)) {
        waiting.resolve(reply.map(toWriteResult));
      } else {
        waiting.reject(toAgentError(reply ?? noReply));
      }
    }
    this.#pump();
  }

  /**
   * Rejects what was sent, of which nobody knows whether it was committed. What waits goes on, to a
   * writer that knows none of the statements.
   */
  lose(failure: Failure): void {
    const lost = this.#sent;
    this.#sent = [];
    this.#numbers = new StatementNumbers();
    for (const waiting of lost) {
      this.#bytes -= waiting.bytes;
      waiting.reject(toAgentError(failure));
    }
    this.#pump();
  }

  /** Rejects everything that waits, because nothing will answer any more. */
  fail(failure: Failure): void {
    const lost = this.#waiting;
    this.#waiting = [];
    for (const waiting of lost) {
      this.#bytes -= waiting.bytes;
      waiting.reject(toAgentError(failure));
    }
    this.lose(failure);
  }

  /** Resolves when nothing waits. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained.push(resolve);
      this.#pump();
    });
  }

  /** Writes of the same turn of the event loop share a group: the pump runs after them. */
  #schedule(): void {
    if (this.#scheduled || this.#sent.length > 0) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#sent.length > 0) return;
    if (this.#waiting.length === 0) {
      for (const resolve of this.#drained.splice(0)) resolve();
      return;
    }
    const count = this.#groupLength();
    this.#sent = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    const batches = this.#sent.map(({ statements }): WireBatch => this.#toWire(statements));
    const { learn, forget } = this.#numbers.takeNews();
    const durable = this.#sent.some((waiting) => waiting.durable);
    this.#send({ kind: 'group', durable, learn, forget, batches });
  }

  #toWire(statements: readonly Statement[]): WireBatch {
    return statements.map(({ sql, parameters, expectedChanges }) => [
      this.#numbers.numberOf(sql),
      parameters,
      expectedChanges ?? -1,
    ]);
  }

  #groupLength(): number {
    const { groupBytesMax, groupBatchesMax } = this.#limits;
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      bytes += waiting.bytes;
      if (count > 0 && (bytes > groupBytesMax || count >= groupBatchesMax)) break;
      count++;
    }
    return count;
  }
}

/** An error as it crossed the thread, made whole. */
export function toAgentError({ code, details }: Failure): AgentError {
  return new AgentError(code, details);
}

const noReply: Failure = {
  code: 'STORE_FAILED',
  details: { problem: 'the writer did not answer' },
};

function isResults(reply: BatchReply): reply is Exclude<BatchReply, Failure> {
  return Array.isArray(reply);
}

function toWriteResult(result: Exclude<BatchReply, Failure>[number]): WriteResult {
  return typeof result === 'number'
    ? { changes: result, rows: [] }
    : { changes: result.length, rows: result };
}
