// Owns the conversations that are in use: their views, kept while they are hot, and the order of
// messages within each. Refuses to hold more of them than its limit.

import type { Dialogue, FinishedTurn } from '@opencomputer/contracts/internal';
import type { Journal } from './journal.ts';

/** Views kept in memory; the least recently used one is dropped and rebuilt from the log. */
export const viewsMax = 128;

/** The conversations in use. */
export interface Conversations<View> {
  /** The view, from memory or rebuilt from the log. */
  view(conversation: string): Promise<View>;
  /** Adds a finished turn to a view that is in memory. */
  add(conversation: string, turn: FinishedTurn): void;
  /** Drops a view, so that it is rebuilt from the log. */
  forget(conversation: string): void;
  /** Runs `work` when everything before it in this conversation has ended. */
  inOrder<Result>(conversation: string, work: () => Promise<Result>): Promise<Result>;
}

/** Conversations over a journal. */
export function createConversations<View>(
  journal: Pick<Journal, 'turns'>,
  dialogue: Dialogue<View>,
): Conversations<View> {
  const views = new Map<string, View>();
  const lanes = new Map<string, Promise<unknown>>();
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
    inOrder: async (conversation, work) => {
      const before = lanes.get(conversation) ?? Promise.resolve();
      const result = before.then(work, work);
      const last = result.then(
        () => undefined,
        () => undefined,
      );
      lanes.set(conversation, last);
      try {
        return await result;
      } finally {
        if (lanes.get(conversation) === last) lanes.delete(conversation);
      }
    },
  };
}
