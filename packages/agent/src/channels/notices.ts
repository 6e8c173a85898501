// Owns what waits for a person, such as a reminder or a reply that a crash kept from them: shown
// once, to whoever of that person is there first, else at the next visit. Refuses to lose one: what
// was handed to a listener that left before it asked for more is shown again.

import type { OutboundReply } from '@opencomputer/contracts';
import type { Mailbox } from '@opencomputer/contracts/internal';

/** Notices of one installation. */
export interface Notices {
  /** What waits for a person now; each is marked as shown when the next one is asked for. */
  visit(person: string): AsyncIterable<OutboundReply>;
  /** Tells those who listen that something new waits. */
  announce(person: string): void;
  /** What waits now and what comes, until the signal. */
  listen(person: string, signal: AbortSignal): AsyncIterable<OutboundReply>;
}

/** Notices over the outbox. */
export function createNotices(mailbox: Waiting): Notices {
  const { claim, settle, release } = createClaims(mailbox);
  const bell = createBell();

  /** Each is delivered when more is asked for; what a listener did not get waits for the next. */
  async function* show(person: string, signal?: AbortSignal): AsyncGenerator<OutboundReply> {
    const replies = [...(await claim(person))];
    try {
      for (let next = replies[0]; next !== undefined && !signal?.aborted; next = replies[0]) {
        yield next;
        await settle([next]);
        replies.shift();
      }
    } finally {
      release(replies);
      if (replies.length > 0) bell.ring(person);
    }
  }

  async function* listen(person: string, signal: AbortSignal): AsyncGenerator<OutboundReply> {
    let wake = (): void => undefined;
    let news = true;
    const leave = bell.hear(person, signal, () => {
      news = true;
      wake();
    });
    try {
      while (!signal.aborted) {
        if (news) {
          news = false;
          for await (const reply of show(person, signal)) {
            // There may be more than wait at once.
            news = true;
            yield reply;
          }
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      leave();
    }
  }

  return { visit: (person) => show(person), announce: bell.ring, listen };
}

type Waiting = Pick<Mailbox, 'waiting' | 'delivered'>;

/** Who has been handed what, so that two who listen are never shown the same notice. */
function createClaims(mailbox: Waiting): {
  claim(person: string): Promise<readonly OutboundReply[]>;
  settle(replies: readonly OutboundReply[]): Promise<void>;
  release(replies: readonly OutboundReply[]): void;
} {
  const claimed = new Set<string>();
  let asking: Promise<unknown> = Promise.resolve();
  const release = (replies: readonly OutboundReply[]): void => {
    for (const { id } of replies) claimed.delete(id);
  };
  return {
    // One at a time: what is read was not claimed meanwhile.
    claim: (person) => {
      const asked = asking.then(async () => {
        const replies = (await mailbox.waiting(person)).filter(({ id }) => !claimed.has(id));
        for (const { id } of replies) claimed.add(id);
        return replies;
      });
      asking = asked.catch(() => undefined);
      return asked;
    },
    settle: async (replies) => {
      try {
        await mailbox.delivered(replies.map(({ id }) => id));
      } finally {
        release(replies);
      }
    },
    release,
  };
}

/** Who waits for news of whom. */
function createBell(): {
  ring(person: string): void;
  /** `notify` is called at every ring and at the signal, until the returned function is. */
  hear(person: string, signal: AbortSignal, notify: () => void): () => void;
} {
  const listeners = new Map<string, Set<() => void>>();
  return {
    ring: (person) => {
      for (const notify of listeners.get(person) ?? []) notify();
    },
    hear: (person, signal, notify) => {
      const group = listeners.get(person) ?? new Set();
      listeners.set(person, group.add(notify));
      signal.addEventListener('abort', notify);
      return () => {
        signal.removeEventListener('abort', notify);
        group.delete(notify);
        if (group.size === 0) listeners.delete(person);
      };
    },
  };
}
