// Owns the views of conversations in a process of a cluster: kept while they are hot, and brought up
// to date from the log, since other processes add turns. Refuses to trust what it kept.

import type { Dialogue, FinishedTurn } from '@opencomputer/contracts/internal';
import type { Journal } from '../journal.ts';

/** Views kept in memory; the least recently used one is dropped. */
export const viewsMax = 128;

/** Gives the view of a conversation as the log has it now. */
export type ViewOf<View> = (conversation: string) => Promise<View>;

interface Kept<View> {
  readonly view: View;
  readonly last: string;
  readonly undone: number;
}

/** Views over a journal. */
export function createViews<View>(
  journal: Pick<Journal, 'turns'>,
  dialogue: Dialogue<View>,
): ViewOf<View> {
  const views = new Map<string, Kept<View>>();
  const keep = (conversation: string, kept: Kept<View>): View => {
    views.delete(conversation);
    views.set(conversation, kept);
    const [oldest] = views.keys();
    if (views.size > viewsMax && oldest !== undefined) views.delete(oldest);
    return kept.view;
  };
  const added = (view: View, turns: readonly FinishedTurn[]): View => {
    let whole = view;
    for (const turn of turns) whole = dialogue.add(whole, turn);
    return whole;
  };
  return async (conversation) => {
    const known = views.get(conversation);
    if (known !== undefined) {
      const { turns, undone } = await journal.turns(conversation, known.last);
      if (undone.size === known.undone) {
        const last = turns.at(-1)?.turn ?? known.last;
        return keep(conversation, { ...known, view: added(known.view, turns), last });
      }
    }
    const { turns, undone } = await journal.turns(conversation);
    const view = dialogue.fold(turns, undone);
    return keep(conversation, { view, last: turns.at(-1)?.turn ?? '', undone: undone.size });
  };
}
