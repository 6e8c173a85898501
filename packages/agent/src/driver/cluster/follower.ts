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
  const { journal, clock, parked, report } = ports;
  const followed = new Map<string, Followed>();
  let cancel: (() => void) | undefined;
  let isLooking = false;
  let parkedAt = clock.monotonic();

  const leave = ({ turn }: Followed): boolean => followed.delete(turn);
  const lookAt = async (reader: Followed, inputs: number): Promise<void> => {
    if (inputs <= reader.parts.taken) return;
    const record = await journal.record(reader.turn);
    if (!reader.parts.take(record)) return;
    reader.parts.end(reader.turn, reader);
    leave(reader);
    reader.resolve();
  };
  const lookForParked = async (): Promise<void> => {
    if (clock.monotonic() - parkedAt < lookAgainMs) return;
    for (const turn of await parked([...followed.keys()])) {
      const reader = followed.get(turn);
      if (reader === undefined) continue;
      leave(reader);
      reader.reject(new AgentError('INTERNAL', { problem: 'the message was set aside' }));
    }
    parkedAt = clock.monotonic();
  };
  const look = async (): Promise<void> => {
    const progress = await journal.progress([...followed.keys()]);
    for (const reader of followed.values()) {
      const { inputs = 0 } = progress.get(reader.turn) ?? {};
      try {
        await lookAt(reader, inputs);
      } catch (error) {
        leave(reader);
        reader.reject(error);
      }
    }
    await lookForParked();
  };
  const schedule = (delayMs: number): void => {
    if (followed.size === 0 || isLooking) return;
    isLooking = true;
    cancel = clock.after(delayMs, () => {
      look().then(
        () => again(lookMs),
        (error: unknown) => {
          report(error, 'turns that are followed');
          again(lookAgainMs);
        },
      );
    });
  };
  const again = (delayMs: number): void => {
    isLooking = false;
    schedule(delayMs);
  };
  return {
    follow: (reader) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const parts = new TurnParts(ports, reader.emit);
      followed.set(reader.turn, { ...reader, parts, resolve, reject });
      schedule(lookMs);
      return promise;
    },
    stop: () => {
      cancel?.();
      for (const reader of followed.values()) {
        reader.reject(new AgentError('SERVICE_STOPPING', { retryAfterSeconds: 5 }));
      }
      followed.clear();
    },
  };
}
