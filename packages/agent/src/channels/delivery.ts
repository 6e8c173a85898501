// Owns the way out of channels that deliver by themselves: each reply is tried until the medium took
// it or too many attempts failed, in order within its conversation. Refuses to drop one in silence.

import { sql } from 'kysely';
import type { Channel, Clock, InboundMessage, Json, OutboundReply } from '@opencomputer/contracts';
import type { Database, Sealing, Statement } from '@opencomputer/contracts/internal';
import { openReply } from './outbox.ts';
import { isUnreadable } from './payload.ts';
import type { Report } from './payload.ts';
import type { ChannelTables, OutboxTable } from './tables.ts';
import { prepareSettle, storeDelayMs } from './unrecorded.ts';

/** What delivering needs. */
export interface DeliveryParts {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly clock: Clock;
  /** From 0 to 1, for waits that differ. */
  readonly random: () => number;
  /** The statement of an event about a reply. */
  readonly event: (owner: Owner, event: Event) => Promise<Statement>;
  /** Why replies of a person were given up, by reply, as the events `reply-abandon` tell. */
  readonly reasons: (person: string) => Promise<ReadonlyMap<string, string>>;
  readonly report: Report;
}

interface Owner {
  readonly person: string;
  readonly conversation: string;
}
interface Event {
  readonly name: string;
  readonly at: number;
  readonly payload: Json;
}

/** Takes a message that a channel brings; resolves when it is durable. */
export type Receive = (message: Omit<InboundMessage, 'id'>) => Promise<void>;

/** The channels that deliver by themselves, at work. */
export interface Delivery {
  /** Starts each channel and delivers what waits for it; one that does not start is tried again. */
  start(receive: Receive): Promise<void>;
  /** Looks for new replies, after a commit that may have brought some. */
  wake(): void;
  /** Delivers no more, gives what is on its way a few seconds, then stops the channels. */
  stop(): Promise<void>;
}

/** Attempts after which a reply is given up: by the waits below, after about five hours. */
export const attemptsMax = 20;
/** The wait after the first failure is at most this, twice as much after each further one. */
export const delayMsFirst = 1_000;
export const delayMsMax = 3_600_000;
/** A medium that does not answer within this counts as one that did not take it. */
export const deliverMsMax = 60_000;
/** Deliveries of one channel at the same time. */
export const deliveriesMax = 8;
/** Replies read at once. */
const rowsMax = 500;
/** Conversations that wait after a failure; with more of them, the whole channel waits. */
const waitingMax = 1_000;
/** A channel that could not be started is tried again after this. */
const startAgainMs = 30_000;
/** What is on its way at a stop has this long, and then the channel to stop. */
const stopMsMax = 3_000;

/** Delivery through these channels. */
export function createDelivery(channels: readonly Channel[], parts: DeliveryParts): Delivery {
  const loops = channels.map((channel) => new DeliveryLoop(channel, parts));
  return {
    start: async (receive) => {
      await Promise.all(loops.map((loop) => loop.start(receive)));
    },
    wake: () => {
      for (const loop of loops) loop.wake();
    },
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

class DeliveryLoop {
  readonly #channel: Channel;
  readonly #parts: DeliveryParts;
  /** When a conversation may be tried again, on the monotonic clock. */
  readonly #waiting = new Map<string, number>();
  /** Replies that the medium took and the store has not recorded yet: they are not sent again. */
  readonly #taken = new Set<string>();
  #state: 'stopped' | 'starting' | 'running' = 'stopped';
  #news = false;
  /** Looks that failed at the store, one after another. */
  #starting: Promise<void> | undefined;
  #working: Promise<void> | undefined;
  #cancel: (() => void) | undefined;

  constructor(channel: Channel, parts: DeliveryParts) {
    this.#channel = channel;
    this.#parts = parts;
  }

  start(receive: Receive): Promise<void> {
    this.#state = 'starting';
    this.#starting = this.#begin(receive);
    return this.#starting;
  }

  async #begin(receive: Receive): Promise<void> {
    try {
      await this.#channel.start(receive);
      // A stop that came meanwhile may have left already, so this is the last who knows.
      if (this.#isStopped()) return await this.#channel.stop();
      this.#state = 'running';
      this.wake();
    } catch (error) {
      this.#parts.report(error, `channel ${this.#channel.name}`);
      if (!this.#isStopped()) this.#later(startAgainMs, () => void this.start(receive));
    }
  }

  wake(): void {
    if (this.#state !== 'running') return;
    this.#news = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      // What came while the last look was ending.
      if (this.#news) this.wake();
    });
  }

  async stop(): Promise<void> {
    const wasRunning = this.#state === 'running';
    this.#state = 'stopped';
    this.#cancel?.();
    await this.#within(Promise.all([this.#starting, this.#working]));
    if (wasRunning) await this.#within(this.#channel.stop());
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  /** Resolves with `work`, at the latest after `stopMsMax`. */
  async #within(work: Promise<unknown>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#parts.clock.after(stopMsMax, late.resolve);
    await Promise.race([work, late.promise]).finally(cancel);
  }

  async #work(): Promise<void> {
    try {
      while (this.#news && this.#state === 'running') {
        this.#news = false;
        const rows = await this.#next();
        if (rows.length === rowsMax) this.#news = true;
        await this.#deliverAll(rows);
      }
    } catch (error) {
      this.#parts.report(error, `replies of ${this.#channel.name}`);
      this.#news = false;
      this.#waiting.set('', this.#parts.clock.monotonic() + storeDelayMs);
    }
    if (this.#state !== 'running' || this.#waiting.size === 0) return;
    const next = Math.min(...this.#waiting.values()) - this.#parts.clock.monotonic();
    this.#later(Math.max(0, next), () => this.wake());
  }

  #later(delayMs: number, run: () => void): void {
    this.#cancel?.();
    this.#cancel = this.#parts.clock.after(delayMs, () => {
      if (this.#state !== 'stopped') run();
    });
  }

  /** Replies that may be tried now, oldest first. */
  async #next(): Promise<readonly OutboxTable[]> {
    const now = this.#parts.clock.monotonic();
    for (const [conversation, until] of this.#waiting) {
      if (until <= now) this.#waiting.delete(conversation);
    }
    if (this.#waiting.size >= waitingMax) return [];
    const query = this.#parts.database.query.$extendTables<ChannelTables>();
    const pending = query
      .selectFrom('outbox')
      .selectAll()
      .where('channel', '=', this.#channel.name)
      .where('state', '=', sql.lit('pending'));
    const waiting = [...this.#waiting.keys()];
    const ready = waiting.length > 0 ? pending.where('conversation', 'not in', waiting) : pending;
    return ready.orderBy('id').limit(rowsMax).execute();
  }

  async #deliverAll(rows: readonly OutboxTable[]): Promise<void> {
    const lanes = [...Map.groupBy(rows, ({ conversation }) => conversation).values()];
    const take = async (): Promise<void> => {
      for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) {
        for (const row of lane) {
          if (this.#state !== 'running') return;
          if (!(await this.#deliver(row))) break;
        }
      }
    };
    const taking = Array.from({ length: deliveriesMax }, take);
    // After a failure of one the others still end before the next look: nothing is sent twice at once.
    await Promise.allSettled(taking);
    await Promise.all(taking);
  }

  /** False when those after it in the conversation must wait. */
  async #deliver(row: OutboxTable): Promise<boolean> {
    const { database, sealing } = this.#parts;
    const settle = prepareSettle(database);
    try {
      if (!this.#taken.has(row.id)) await this.#attempt(await openReply(sealing, row));
    } catch (error) {
      if (isUnreadable(error)) {
        this.#parts.report(error, `reply ${row.id}`);
        await database.write([settle({ id: row.id, state: 'dead' })]);
        return true;
      }
      return this.#fail(row, error);
    }
    this.#taken.add(row.id);
    await database.write([settle({ id: row.id, state: 'delivered' })], { durable: false });
    this.#taken.delete(row.id);
    return true;
  }

  async #attempt(reply: OutboundReply): Promise<void> {
    const late = Promise.withResolvers<never>();
    const cancel = this.#parts.clock.after(deliverMsMax, () =>
      late.reject(new Error(`no answer within ${deliverMsMax} ms`)),
    );
    try {
      await Promise.race([this.#channel.deliver(reply), late.promise]);
    } finally {
      cancel();
    }
  }

  /** Counts the attempt, and gives the reply up after the last one; then its reason is an event. */
  async #fail(row: OutboxTable, error: unknown): Promise<boolean> {
    const { clock, database, event, random, report } = this.#parts;
    const { id, person, conversation } = row;
    const attempts = Number(row.attempts) + 1;
    const count = this.#count(id, attempts);
    if (attempts < attemptsMax) {
      await database.write([count], { durable: false });
      const delayMs = random() * Math.min(delayMsMax, delayMsFirst * 2 ** (attempts - 1));
      this.#waiting.set(conversation, clock.monotonic() + delayMs);
      return false;
    }
    const { name: channel } = this.#channel;
    const reason = error instanceof Error ? error.message : String(error);
    const payload = { reply: id, channel, attempts, reason };
    const given = await event(
      { person, conversation },
      { name: 'reply-abandon', at: clock.now(), payload },
    );
    await database.write([count, prepareSettle(database)({ id, state: 'dead' }), given]);
    report(error, `reply ${id} was given up after ${attempts} attempts`);
    return true;
  }

  #count(id: string, attempts: number): Statement {
    const query = this.#parts.database.query.$extendTables<ChannelTables>();
    return query.updateTable('outbox').set({ attempts }).where('id', '=', id).compile();
  }
}
