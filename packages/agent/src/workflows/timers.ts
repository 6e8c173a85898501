// Owns timers: kept durably with the result of the tool that set them, fired once when they are due,
// overdue ones at the next start. Refuses to know what a timer is about.

import { isDeepStrictEqual } from 'node:util';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Clock, TimerChange } from '@opencomputer/contracts';
import type { Database, KeepTimers, Sealing, Statement } from '@opencomputer/contracts/internal';
import { timerKey } from './tables.ts';
import type { TimerTable, WorkflowTables } from './tables.ts';

/** A timer that is due. */
export interface DueTimer {
  readonly id: string;
  readonly at: number;
  readonly text: string;
  readonly person: string;
  readonly plugin: string;
  readonly conversation: string;
  /** Later than this it is not said any more; absent: it always is. */
  readonly lateMsMax?: number;
}

/** What follows when a timer fires: statements that join the batch which removes it. */
export type FireTimer = (timer: DueTimer) => Promise<{
  readonly statements: readonly Statement[];
  /** Timers that replace it, as for a repeating reminder. */
  readonly changes: readonly TimerChange[];
}>;

/** What timers are made of. */
export interface TimerParts {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly clock: Clock;
  readonly fire: FireTimer;
  /** Called after the commit of a firing. */
  readonly fired: (timer: DueTimer) => void;
  readonly report: (error: unknown, about: string) => void;
}

/** The timers of an installation. */
export interface Timers {
  readonly keep: KeepTimers;
  /** Fires what is overdue, then waits for the next one; resolves when the overdue are done. */
  start(): Promise<void>;
  /** Fires what is due now, for whoever keeps the time; gives the milliseconds until the next. */
  fireDue(): Promise<number>;
  /** Looks again for the next timer, after one was kept. */
  wake(): void;
  /** Fires no more; resolves when a firing that had begun has ended. */
  stop(): Promise<void>;
}

/** Timers fired in one go; more than this are fired in the next go. */
const dueMax = 100;
/** The clock is looked at again at least this often, so that a jump of it is noticed. */
export const checkMsMax = 30_000;
/** A timer that could not be fired is tried again after this long. */
const retryMs = 5_000;

/** What is sealed of a timer; its person and its id are in the key of the row. */
type SealedTimer = Pick<DueTimer, 'id' | 'text' | 'lateMsMax'> &
  Partial<Pick<DueTimer, 'at' | 'plugin' | 'conversation'>>;

interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** Timers over the store. */
export function createTimers(parts: TimerParts): Timers {
  return new StoredTimers(parts);
}

class StoredTimers implements Timers {
  readonly #parts: TimerParts;
  /** Timers in the order in which they are due; asked for at each look at the clock. */
  readonly #inOrder: (page: Page) => Statement;
  /** Keys of rows that cannot be opened: told of once, then passed over. */
  readonly #unreadable = new Set<string>();
  #cancel: (() => void) | undefined;
  #working: Promise<void> = Promise.resolve();
  #started = false;

  constructor(parts: TimerParts) {
    this.#parts = parts;
    const query = parts.database.query.$extendTables<WorkflowTables>();
    const ordered = query.selectFrom('timers').selectAll().orderBy('at').orderBy('key');
    this.#inOrder = parts.database.prepare<Page>((value) =>
      ordered.limit(value('limit')).offset(value('offset')),
    );
  }

  readonly keep: KeepTimers = async (owner, changes) => {
    const statements: Statement[] = [];
    for (const change of changes) statements.push(await this.#statement(owner, change));
    return statements;
  };

  async start(): Promise<void> {
    this.#started = true;
    await this.#work();
  }

  wake(): void {
    if (this.#started) void this.#work();
  }

  async stop(): Promise<void> {
    this.#started = false;
    this.#cancel?.();
    await this.#working;
  }

  #work(): Promise<void> {
    this.#working = this.#working.then(async () => {
      const delayMs = await this.#fireAllDue(() => this.#started);
      this.#cancel?.();
      if (!this.#started) return;
      this.#cancel = this.#parts.clock.after(Math.max(0, delayMs), () => void this.#work());
    });
    return this.#working;
  }

  fireDue(): Promise<number> {
    return this.#fireAllDue(() => true);
  }

  async #fireAllDue(goesOn: () => boolean): Promise<number> {
    const { clock, report } = this.#parts;
    let delayMs = checkMsMax;
    try {
      let rows: readonly TimerTable[];
      let due: readonly TimerTable[];
      let left = 0;
      do {
        // What could not be fired stays first in line, and must not keep the rest from its turn.
        rows = await this.#parts.database.read(this.#inOrder({ offset: left, limit: dueMax }));
        due = rows.filter(({ at }) => Number(at) <= clock.now());
        const failed = await this.#fireAll(due, goesOn);
        left += failed.length;
        if (failed.some(({ key }) => !this.#unreadable.has(key))) delayMs = retryMs;
      } while (due.length === dueMax && goesOn());
      const next = rows[due.length];
      if (next !== undefined) delayMs = Math.min(delayMs, Number(next.at) - clock.now());
    } catch (error) {
      report(error, 'timers');
      delayMs = retryMs;
    }
    return delayMs;
  }

  /** Fires those of each plugin in order; one that is slow or fails does not hold up the others. */
  async #fireAll(
    due: readonly TimerTable[],
    goesOn: () => boolean,
  ): Promise<readonly TimerTable[]> {
    const lanes = Map.groupBy(due, ({ plugin }) => plugin);
    const failed = [...lanes.values()].map((rows) => this.#fireInOrder(rows, goesOn));
    return (await Promise.all(failed)).flat();
  }

  /** Returns those that were not fired. */
  async #fireInOrder(
    rows: readonly TimerTable[],
    goesOn: () => boolean,
  ): Promise<readonly TimerTable[]> {
    const failed: TimerTable[] = [];
    for (const row of rows) {
      if (!goesOn()) break;
      try {
        if (this.#unreadable.has(row.key)) failed.push(row);
        else await this.#fire(row);
      } catch (error) {
        if (isAgentError(error, 'STORE_CONFLICT')) continue;
        failed.push(row);
        if (isUnreadable(error)) this.#unreadable.add(row.key);
        this.#parts.report(error, `timer of ${row.plugin}`);
      }
    }
    return failed;
  }

  async #fire(row: TimerTable): Promise<void> {
    const { database, fire, fired } = this.#parts;
    const timer = await this.#open(row);
    const { statements, changes } = await fire(timer);
    const query = database.query.$extendTables<WorkflowTables>();
    const remove = query
      .deleteFrom('timers')
      .where('key', '=', row.key)
      .where('at', '=', row.at)
      .compile();
    // Whoever was faster, firing it elsewhere or taking it back, has removed it.
    const once = { ...remove, expectedChanges: 1 };
    await database.write([once, ...statements, ...(await this.keep(timer, changes))]);
    fired(timer);
  }

  async #open(row: TimerTable): Promise<DueTimer> {
    const { key, person, plugin, conversation, at } = row;
    const seal = await this.#parts.sealing.person(person);
    const bytes = seal.open({ table: 'timers', rowId: key }, row.payload);
    const sealed = JSON.parse(Buffer.from(bytes).toString('utf8')) as SealedTimer;
    const { id, text, lateMsMax, ...plain } = sealed;
    // Timers from before the plain columns were sealed as well have none of them.
    const given = { at: Number(at), plugin, conversation };
    if (plain.at !== undefined && !isDeepStrictEqual(plain, given)) {
      throw new AgentError('SEAL_BROKEN', { table: 'timers', row: key });
    }
    return { id, text, person, ...given, ...(lateMsMax !== undefined && { lateMsMax }) };
  }

  async #statement(
    owner: { readonly person: string; readonly plugin: string; readonly conversation: string },
    change: TimerChange,
  ): Promise<Statement> {
    const { sealing, database } = this.#parts;
    const { person, plugin, conversation } = owner;
    const { id, at, text = '', lateMsMax } = change;
    const key = timerKey(sealing, { person, plugin, id });
    // What is written now can be read again.
    this.#unreadable.delete(key);
    const query = database.query.$extendTables<WorkflowTables>();
    if (at === undefined) return query.deleteFrom('timers').where('key', '=', key).compile();
    const seal = await sealing.person(person);
    const sealed = { id, text, at, plugin, conversation, lateMsMax };
    const bytes = Buffer.from(JSON.stringify(sealed));
    const payload = seal.seal({ table: 'timers', rowId: key }, bytes);
    return query
      .insertInto('timers')
      .values({ key, person, plugin, conversation, at, payload })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ at, conversation, payload }))
      .compile();
  }
}

/** Trying again would not help: the row was altered, or its person was erased. */
function isUnreadable(error: unknown): boolean {
  return isAgentError(error, 'SEAL_BROKEN') || isAgentError(error, 'PERSON_ERASED');
}
