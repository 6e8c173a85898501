// Owns how many messages may be in the agent at the same time: in one conversation, of one person,
// and of all together. Refuses what is too much before it is accepted, never after.

import { AgentError } from '@opencomputer/contracts';
import { Shares } from './share.ts';

/** Messages that wait for their turn in one conversation, and in all together. */
export const waitingPerConversationMax = 32;
export const waitingMax = 1_000;
/** What who is refused is told to wait. */
const retryAfterSeconds = 1;

/**
 * Takes a place for one message, which the returned function gives back. Throws SERVICE_BUSY when it
 * would be too many.
 */
export type Admit = (owner: {
  readonly person: string;
  readonly conversation: string;
}) => () => void;

/** Places, none of them taken. */
export function createPlaces(): Admit {
  const people = new Shares(waitingMax);
  const lanes = new Map<string, number>();
  return ({ person, conversation }) => {
    const inLane = lanes.get(conversation) ?? 0;
    if (inLane >= waitingPerConversationMax || !people.mayTake(person)) {
      throw new AgentError('SERVICE_BUSY', { retryAfterSeconds });
    }
    people.take(person);
    lanes.set(conversation, inLane + 1);
    return () => {
      people.give(person);
      const left = (lanes.get(conversation) ?? 0) - 1;
      if (left > 0) lanes.set(conversation, left);
      else lanes.delete(conversation);
    };
  };
}
