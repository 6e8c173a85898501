// Owns the conversations that are in use: their views, kept while they are hot, and the order of
// messages within each. Refuses to hold more of them than its limit.

import { AgentError } from '@opencomputer/contracts';
import type { Dialogue, FinishedTurn } from '@opencomputer/contracts/internal';
import type { Journal } from './journal.ts';

/** Views kept in memory; the least recently used one is dropped and rebuilt from the log. */
export const viewsMax = 128;
/** Messages that wait for their turn in one conversation, and in all together. */
export const waitingPerConversationMax = 32;
export const waitingMax = 1_000;

/** The conversations in use. */
export interface Conversations<View> {
  /** The view, from memory or rebuilt from the log. */
  view(conversation: string): Promise<View>;
  /** Adds a finished turn to a view that is in memory. */
  add(conversation: string, turn: FinishedTurn): void;
  /** Drops a view, so that it is rebuilt from the log. */
  forget(conversation: string): void;
  /** Throws SERVICE_BUSY when another message of this conversation would be too many. */
  admit(conversation: string): void;
  /** Runs `work` when everything before it in this conversation has ended. */
  inOrder<Result>(conversation: string, work: () => Promise<Result>): Promise<Result>;
}

/** Conversations over a journal. */
export function createConversations<View>(
  journal: Pick<Journal, 'turns'>,
  dialogue: Dialogue<View>,
): Conversations<View> {
  const views = new Map<string, View>();
  const lanes = new Map<string, { last: Promise<unknown>; waiting: number }>();
  let waiting = 0;
  const keep = (conversation: string, view: View): void => {
    views.delete(conversation);
    views.set(conversation, view);
    const [oldest] = views.keys();
    if (views.size > viewsMax && oldest !== undefined) views.delete(oldest);
  };
  return {
    view: async (conversation) => {
      const known = views.get(conversation);
      const { turns, undone } = known
        ? { turns: [], undone: new Set<string>() }
        : await journal.turns(conversation);
      const view = known ?? dialogue.fold(turns, undone);
      keep(conversation, view);
      return view;
    },
    add: (conversation, turn) => {
      const view = views.get(conversation);
      if (view !== undefined) keep(conversation, dialogue.add(view, turn));
    },
    forget: (conversation) => {
      views.delete(conversation);
    },
    admit: (conversation) => {
      const inLane = lanes.get(conversation)?.waiting ?? 0;
      if (waiting >= waitingMax || inLane >= waitingPerConversationMax) {
        throw new AgentError('SERVICE_BUSY', { retryAfterSeconds: 1 });
      }
    },
    inOrder: async (conversation, work) => {
      const lane = lanes.get(conversation) ?? { last: Promise.resolve(), waiting: 0 };
      lanes.set(conversation, lane);
      lane.waiting += 1;
      waiting += 1;
      const result = lane.last.then(work, work);
      lane.last = result.then(
        () => undefined,
        () => undefined,
      );
      try {
        return await result;
      } finally {
        lane.waiting -= 1;
        waiting -= 1;
        if (lane.waiting === 0) lanes.delete(conversation);
      }
    },
  };
}
