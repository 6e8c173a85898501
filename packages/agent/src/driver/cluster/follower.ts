// Owns following turns that run elsewhere, by their records: one look for all of them, often while
// there are any. Refuses to hold up one reader for another's fault.

import { AgentError } from '@opencomputer/contracts';
import type { Clock, StreamPart } from '@opencomputer/contracts';
import type { TurnMachine } from '@opencomputer/contracts/internal';
import type { Journal } from '../journal.ts';
import { TurnParts } from './turn-parts.ts';

/** Milliseconds between looks. */
export const lookMs = 100;
/** After a failed look, and between looks for messages that were set aside. */
export const lookAgainMs = 2_000;

/** Who follows a turn. */
export interface TurnReader {
  readonly turn: string;
  readonly emit: (part: StreamPart) => void;
  /** True when the reply is shown as text parts too. */
  readonly stream: boolean;
}

/** Follows turns. */
export interface Follower {
  /** Resolves when the end was shown. */
  follow(reader: TurnReader): Promise<void>;
  /** Every reader gets SERVICE_STOPPING. */
  stop(): void;
}

/** What following needs. */
export interface FollowerPorts {
  readonly journal: Pick<Journal, 'progress' | 'record'>;
  readonly machine: TurnMachine;
  readonly clock: Pick<Clock, 'after' | 'monotonic'>;
  readonly pluginOf: (tool: string) => string;
  /** Those of these turns whose messages were set aside. */
  readonly parked: (turns: readonly string[]) => Promise<readonly string[]>;
  readonly report: (error: unknown, about: string) => void;
}

interface Followed extends TurnReader {
  readonly parts: TurnParts;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A follower over the event log. */
export function createFollower(ports: FollowerPorts): Follower {
  return new LogFollower(ports);
}

class LogFollower implements Follower {
  readonly #ports: FollowerPorts;
  readonly #followed = new Map<string, Followed>();
  #cancel: (() => void) | undefined;
  #isLooking = false;
  /** When it last looked for messages that were set aside. */
  #asideAt: number;

  constructor(ports: FollowerPorts) {
    this.#ports = ports;
    this.#asideAt = ports.clock.monotonic();
  }

  follow(reader: TurnReader): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const parts = new TurnParts(this.#ports, reader.emit);
    this.#followed.set(reader.turn, { ...reader, parts, resolve, reject });
    this.#schedule(lookMs);
    return promise;
  }

  stop(): void {
    this.#cancel?.();
    for (const reader of this.#followed.values()) {
      reader.reject(new AgentError('SERVICE_STOPPING', { retryAfterSeconds: 5 }));
    }
    this.#followed.clear();
  }

  #schedule(delayMs: number): void {
    if (this.#followed.size === 0 || this.#isLooking) return;
    this.#isLooking = true;
    this.#cancel = this.#ports.clock.after(delayMs, () => {
      this.#look().then(
        () => this.#again(lookMs),
        (error: unknown) => {
          this.#ports.report(error, 'turns that are followed');
          this.#again(lookAgainMs);
        },
      );
    });
  }

  #again(delayMs: number): void {
    this.#isLooking = false;
    this.#schedule(delayMs);
  }

  async #look(): Promise<void> {
    const progress = await this.#ports.journal.progress([...this.#followed.keys()]);
    for (const reader of this.#followed.values()) {
      try {
        await this.#lookAt(reader, progress.get(reader.turn)?.inputs ?? 0);
      } catch (error) {
        this.#followed.delete(reader.turn);
        reader.reject(error);
      }
    }
    await this.#lookForParked();
  }

  async #lookAt(reader: Followed, inputs: number): Promise<void> {
    if (inputs <= reader.parts.taken) return;
    if (!reader.parts.take(await this.#ports.journal.record(reader.turn))) return;
    reader.parts.end(reader.turn, reader);
    this.#followed.delete(reader.turn);
    reader.resolve();
  }

  async #lookForParked(): Promise<void> {
    const { clock, parked } = this.#ports;
    if (clock.monotonic() - this.#asideAt < lookAgainMs) return;
    for (const turn of await parked([...this.#followed.keys()])) {
      const reader = this.#followed.get(turn);
      this.#followed.delete(turn);
      reader?.reject(new AgentError('INTERNAL', { problem: 'the message was set aside' }));
    }
    this.#asideAt = clock.monotonic();
  }
}
