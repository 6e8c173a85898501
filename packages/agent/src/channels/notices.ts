// Owns what the agent says by itself, such as a reminder, on its way to a person: shown once, to
// whoever of that person is there first, else at the next visit. Refuses to lose or repeat one.

import type { OutboundReply } from '@opencomputer/contracts';
import type { Mailbox } from '@opencomputer/contracts/internal';

/** Notices of one installation. */
export interface Notices {
  /** What waits for a person, marked as shown. */
  take(person: string): Promise<readonly OutboundReply[]>;
  /** Tells those who listen that something new waits. */
  announce(person: string): void;
  /** What waits now and what comes, until the signal. */
  listen(person: string, signal: AbortSignal): AsyncIterable<OutboundReply>;
}

/** Notices over the outbox. */
export function createNotices(mailbox: Pick<Mailbox, 'waiting' | 'delivered'>): Notices {
  const listeners = new Map<string, Set<() => void>>();
  let taking: Promise<unknown> = Promise.resolve();

  // One at a time, so that two who listen are never shown the same notice.
  const take = (person: string): Promise<readonly OutboundReply[]> => {
    const taken = taking.then(async () => {
      const replies = await mailbox.waiting(person);
      await mailbox.delivered(replies.map(({ id }) => id));
      return replies;
    });
    taking = taken.catch(() => undefined);
    return taken;
  };

  async function* listen(person: string, signal: AbortSignal): AsyncGenerator<OutboundReply> {
    let wake = (): void => undefined;
    let news = true;
    const notify = (): void => {
      news = true;
      wake();
    };
    const group = listeners.get(person) ?? new Set();
    listeners.set(person, group.add(notify));
    signal.addEventListener('abort', notify);
    try {
      while (!signal.aborted) {
        if (news) {
          news = false;
          const replies = await take(person);
          // There may be more than are taken at once.
          news ||= replies.length > 0;
          yield* replies;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      signal.removeEventListener('abort', notify);
      group.delete(notify);
      if (group.size === 0) listeners.delete(person);
    }
  }

  return {
    take,
    announce: (person) => {
      for (const notify of listeners.get(person) ?? []) notify();
    },
    listen,
  };
}
