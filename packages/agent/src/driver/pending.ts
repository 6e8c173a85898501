// Owns what waits for a decision of the person: messages that were set aside, calls of which nobody
// knows whether they took effect. Refuses to decide, and to forget one before it was decided.

import { AgentError } from '@opencomputer/contracts';
import type { Json, ToolCall, TurnInput, TurnState } from '@opencomputer/contracts';
import type { Pending, PendingReply, UnknownOutcome } from '@opencomputer/contracts/internal';
import type { Journal } from './journal.ts';
import { isUnreadable } from './parking.ts';
import type { LogPorts } from './ports.ts';
import type { DriverTables } from './tables.ts';

/** Replies that channels did not take; see `channels`. */
export interface OutboxPort {
  list(person: string): Promise<readonly PendingReply[]>;
  beyond(person: string): Promise<number>;
  settle(person: string, reply: string, how: 'retry' | 'drop'): Promise<void>;
}

/** What the view is made of. */
export interface PendingParts {
  /** Runs again what was set aside, or drops it. */
  readonly driver: {
    settle(person: string, message: string, how: 'retry' | 'drop'): Promise<void>;
  };
  readonly log: Pick<LogPorts, 'journal' | 'mailbox' | 'database'>;
  readonly outbox: OutboxPort;
  readonly now: () => number;
}

/** Messages that are listed; what they say has to be opened one by one. */
export const messagesListedMax = 500;

/** The view, and the decisions. */
export interface PendingView {
  list(person: string): Promise<Pending>;
  /** Rejects with INPUT_INVALID when nothing of this id waits. */
  settle(
    person: string,
    id: string,
    how: 'retry' | 'drop',
  ): Promise<'message' | 'outcome' | 'reply'>;
}

/** Events that a turn leaves about calls without a known outcome, and about decisions on earlier ones. */
export function outcomeEvents(
  { progress: { unknown = [] } }: TurnState,
  [first]: readonly TurnInput[],
): readonly { readonly name: string; readonly payload: Json }[] {
  const plan = first?.type === 'turn-start' ? first.plan : undefined;
  const decides = plan?.type === 'tool' || plan?.type === 'answer' ? plan.decides : undefined;
  return [
    ...unknown.map(({ call, at }) => ({
      name: 'outcome-unknown',
      payload: { call: { ...call }, at },
    })),
    ...(decides === undefined ? [] : [{ name: 'outcome-decide', payload: { ...decides } }]),
  ];
}

/** Calls of a person without a known outcome that were not decided about, newest first. */
export async function unknownOutcomes(
  journal: Pick<Journal, 'events'>,
  person: string,
): Promise<readonly UnknownOutcome[]> {
  const decided = new Set(
    (await journal.events(person, 'outcome-decide')).map(
      ({ payload }) => (payload as { outcome: string }).outcome,
    ),
  );
  const lost = await journal.events(person, 'outcome-unknown');
  return lost.flatMap(({ turn, conversation, payload }) => {
    const { call, at } = payload as unknown as { readonly call: ToolCall; readonly at: number };
    const id = `${turn ?? ''}/${call.callId}`;
    return decided.has(id) ? [] : [{ id, conversation, at, call }];
  });
}

/** What channels need of the log: to write that a reply was given up, and to read why. */
export function replyEvents(journal: Pick<Journal, 'event' | 'events'>): {
  readonly event: Journal['event'];
  readonly reasons: (person: string) => Promise<ReadonlyMap<string, string>>;
} {
  return { event: journal.event, reasons: (person) => abandonReasons(journal, person) };
}

async function abandonReasons(
  journal: Pick<Journal, 'events'>,
  person: string,
): Promise<ReadonlyMap<string, string>> {
  const given = await journal.events(person, 'reply-abandon');
  return new Map(
    // The newest comes first, and the last one in a map counts.
    given.toReversed().map(({ payload }) => {
      const { reply, reason } = payload as { readonly reply: string; readonly reason: string };
      return [reply, reason];
    }),
  );
}

/** The view over the log and the outbox. */
export function createPending({ driver, log, outbox, now }: PendingParts): PendingView {
  const { journal, mailbox, database } = log;
  const messages = async (person: string): Promise<Pending['messages']> => {
    const listed = (await mailbox.parked(person)).slice(0, messagesListedMax);
    const parked = listed.map(async ({ id, conversation, starts }) => {
      const text = await textOf(mailbox, id);
      return { id, conversation, starts, ...(text !== undefined && { text }) };
    });
    return Promise.all(parked);
  };
  const leave = async (person: string, { id, conversation }: UnknownOutcome): Promise<void> => {
    const decided = { name: 'outcome-decide', at: now(), payload: { outcome: id, how: 'drop' } };
    await database.write([await journal.event({ person, conversation }, decided)]);
  };
  return {
    list: async (person) => {
      const outcomes = await unknownOutcomes(journal, person);
      const more =
        Math.max(0, (await mailbox.parked(person)).length - messagesListedMax) +
        Math.max(0, (await countUnknown(database, person)) - outcomes.length) +
        (await outbox.beyond(person));
      const listed = { messages: await messages(person), replies: await outbox.list(person) };
      return { ...listed, outcomes, ...(more > 0 && { more }) };
    },
    settle: async (person, id, how) => {
      if ((await mailbox.parked(person)).some((one) => one.id === id)) {
        await driver.settle(person, id, how);
        return 'message';
      }
      const outcome = (await unknownOutcomes(journal, person)).find((one) => one.id === id);
      if (outcome === undefined) {
        await outbox.settle(person, id, how);
        return 'reply';
      }
      if (how === 'retry') {
        const problem = 'it is done again by a message, so that you can be asked';
        throw new AgentError('INPUT_INVALID', { problem });
      }
      await leave(person, outcome);
      return 'outcome';
    },
  };
}

/** Calls without a known outcome that were not decided about, also those that are not read. */
async function countUnknown(
  database: PendingParts['log']['database'],
  person: string,
): Promise<number> {
  const count = async (name: string): Promise<number> => {
    const counted = await database.query
      .$extendTables<DriverTables>()
      .selectFrom('events')
      .select((expression) => expression.fn.countAll<number>().as('rows'))
      .where('person', '=', person)
      .where('name', '=', name)
      .executeTakeFirstOrThrow();
    return Number(counted.rows);
  };
  return (await count('outcome-unknown')) - (await count('outcome-decide'));
}

async function textOf(
  mailbox: PendingParts['log']['mailbox'],
  id: string,
): Promise<string | undefined> {
  try {
    return (await mailbox.read(id)).text;
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}
