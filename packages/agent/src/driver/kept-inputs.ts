// Owns what is said to a turn before it begins: each word and each cancel is durable when it is
// acknowledged, and handed to the turn when it begins. Refuses more of it than its limit.

import { AgentError } from '@opencomputer/contracts';
import type { Database } from '@opencomputer/contracts/internal';
import type { TurnInput } from '@opencomputer/contracts';
import type { Journal, Owner } from './journal.ts';
import type { DriverTables } from './tables.ts';

/** Words kept for one turn that waits, beside a cancel. */
export const keptInputsMax = 16;

/** What a person can say to a turn that has not begun. */
export type KeptInput = Extract<TurnInput, { type: 'turn-steer' | 'turn-cancel' }>;

/** True for what may be said to a turn that has not begun. */
export function isKeptInput(input: TurnInput): input is KeptInput {
  return kinds.includes(input.type);
}

const kinds: readonly TurnInput['type'][] = ['turn-steer', 'turn-cancel'];

/** Where they are kept: as events outside the record, under the names of the inputs. */
export interface KeptInputPorts {
  readonly journal: Pick<Journal, 'event' | 'kept'>;
  readonly database: Pick<Database, 'write' | 'query'>;
}

/** The inputs of turns that wait. */
export class KeptInputs {
  readonly #ports: KeptInputPorts;
  /** The last write for each turn, after which the next one has its place. */
  readonly #writes = new Map<string, Promise<void>>();

  constructor(ports: KeptInputPorts) {
    this.#ports = ports;
  }

  /** Durable when it resolves. Rejects with SERVICE_BUSY, or as the store does. */
  keep(owner: Required<Owner>, input: KeptInput): Promise<void> {
    const write = (): Promise<void> => this.#write(owner, input);
    const written = (this.#writes.get(owner.turn) ?? Promise.resolve()).then(write, write);
    this.#writes.set(owner.turn, written);
    return written;
  }

  /**
   * Calls `begin` with what was kept and is not in the record, in the order in which it was said;
   * nothing can be kept between the reading and the call. `isNew`: no other process knew the turn.
   */
  async handOver<Result>(
    { turn, isNew, record }: { turn: string; isNew: boolean; record: readonly TurnInput[] },
    begin: (inputs: readonly TurnInput[]) => Result,
  ): Promise<Result> {
    for (;;) {
      const last = this.#writes.get(turn);
      await last?.catch(() => undefined);
      const kept = isNew && last === undefined ? [] : await this.#read(turn);
      if (last !== this.#writes.get(turn)) continue;
      this.#writes.delete(turn);
      // The turn takes these before anything that is said to it later.
      return begin(kept.slice(record.filter(isKeptInput).length));
    }
  }

  /** The turn has ended, or another process will begin it: what was kept is in the store alone. */
  forget(turn: string): void {
    this.#writes.delete(turn);
  }

  async #write(owner: Required<Owner>, input: KeptInput): Promise<void> {
    const { journal, database } = this.#ports;
    const kept = (await this.#rows(owner.turn)).filter(({ name }) => name === input.type);
    if (input.type === 'turn-cancel' && kept.length > 0) return;
    if (kept.length >= keptInputsMax) throw new AgentError('SERVICE_BUSY');
    const { type: name, at } = input;
    await database.write([await journal.event(owner, { name, at, payload: { ...input } })]);
  }

  async #read(turn: string): Promise<readonly TurnInput[]> {
    const rows = await this.#rows(turn);
    return Promise.all(rows.map(({ id }) => this.#ports.journal.kept(id)));
  }

  #rows(turn: string): Promise<readonly { readonly id: string; readonly name: string }[]> {
    return this.#ports.database.query
      .$extendTables<DriverTables>()
      .selectFrom('events')
      .select(['id', 'name'])
      .where('turn', '=', turn)
      .where('seq', 'is', null)
      .where('name', 'in', kinds)
      .orderBy('id')
      .execute();
  }
}
