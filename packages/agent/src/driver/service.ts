// Owns the operations that clients of the agent have, in this process: send, listen, act, query.
// Refuses to know whether a client sits in the same process or behind the daemon's socket.

import { AgentError } from '@opencomputer/contracts';
import type { Clock, OutboundReply, StreamPart } from '@opencomputer/contracts';
import type {
  AgentService,
  Notice,
  Queries,
  QueryName,
  SendRequest,
} from '@opencomputer/contracts/internal';
import type { Driver } from './driver-port.ts';
import { explain } from './explain.ts';
import type { Journal } from './journal.ts';
import { isUnreadable, shortened } from './parking.ts';
import type { PendingView } from './pending.ts';

/** Questions that other parts answer. */
export type OtherQueries = Omit<Handlers, OwnQuery>;
type OwnQuery = 'conversations' | 'turns' | 'pending' | 'settle' | 'undo' | 'why';

/** What a service is made of. */
export interface ServiceParts {
  readonly driver: Driver;
  readonly journal: Journal;
  readonly queries: OtherQueries;
  readonly pending: PendingView;
  readonly clock: Pick<Clock, 'after'>;
  /** The person whose agent this is. */
  readonly person: string;
  /** What waits for a person; each counts as shown when the next one is asked for. */
  readonly notices: {
    visit(person: string): AsyncIterable<OutboundReply>;
    listen(person: string, signal: AbortSignal): AsyncIterable<OutboundReply>;
  };
  /** Takes no new turn and ends those that run, or leaves them for the next start. */
  readonly drain: () => Promise<void>;
  /** Lets go of everything, in reverse order of its start. */
  readonly close: () => Promise<void>;
}

type Handlers = {
  readonly [Name in QueryName]: (input: Queries[Name]['input']) => Promise<Queries[Name]['output']>;
};

/** Conversations listed at most. */
const conversationsMax = 200;
/** After the turns have ended, questions such as a check of the whole store have this long. */
export const answerMsMax = 2_000;

/** The service in this process. */
export function createService(parts: ServiceParts): AgentService {
  const { driver, journal, person, notices } = parts;
  const handlers: Handlers = {
    ...parts.queries,
    conversations: ({ limit }) => journal.conversations(person, Math.min(limit, conversationsMax)),
    turns: ({ conversation }) => driver.turns(conversation),
    pending: () => parts.pending.list(person),
    settle: async ({ id, how }) => ({ what: await parts.pending.settle(person, id, how) }),
    undo: ({ conversation }) => driver.undo(person, conversation),
    why: async ({ turn }) => {
      const asked = turn ?? (await journal.lastTurn(person));
      const record = asked === undefined ? [] : await journal.record(asked);
      if (record.length === 0) throw new AgentError('TURN_UNKNOWN', { turn: asked ?? 'last' });
      return explain(record);
    },
  };
  /** Questions that are being answered, for which the store stays open a while. */
  const answering = new Set<Promise<unknown>>();
  let stopped: Promise<void> | undefined;

  async function* send(request: SendRequest): AsyncGenerator<StreamPart> {
    const isLocal = request.assurance === 'local' && request.person === person;
    let isFirst = true;
    for await (const part of driver.send(request)) {
      yield part;
      if (isFirst && isLocal) {
        for await (const reply of notices.visit(person)) {
          yield { type: 'notice', ...(await noticeOf(journal, reply)) };
        }
      }
      isFirst = false;
    }
  }

  return {
    send,
    async *listen(listener, signal) {
      for await (const reply of notices.listen(listener, signal)) {
        yield await noticeOf(journal, reply);
      }
    },
    act: (action) => driver.act(action),
    query: (name, input) => {
      const answer = handlers[name](input);
      answering.add(answer);
      const forget = (): boolean => answering.delete(answer);
      answer.then(forget, forget);
      return answer;
    },
    stop: () => {
      stopped ??= parts
        .drain()
        .then(() => afterAnswers(parts.clock, answering))
        .then(parts.close);
      return stopped;
    },
  };
}

/** Resolves when all is answered, at the latest after `answerMsMax`. */
async function afterAnswers(
  clock: ServiceParts['clock'],
  answering: Iterable<Promise<unknown>>,
): Promise<void> {
  const late = Promise.withResolvers<void>();
  const cancel = clock.after(answerMsMax, late.resolve);
  await Promise.race([Promise.allSettled(answering), late.promise]);
  cancel();
}

/** What was altered is not repeated; the reply itself is whole. */
function unreadable(error: unknown): [] {
  if (isUnreadable(error)) return [];
  throw error;
}

/** A reply that its reader did not get, with what it is a reply to; what was shown of it is void. */
async function noticeOf(
  journal: Pick<Journal, 'record'>,
  { id, turn, text }: OutboundReply,
): Promise<Notice> {
  if (turn === undefined) return { text, reply: id };
  const [first] = await journal.record(turn).catch(unreadable);
  const about = first?.type === 'turn-start' ? `"${shortened(first.message.text)}"` : 'a message';
  const said = `The agent was interrupted while it answered ${about}. The whole answer:\n\n${text}`;
  return { text: said, reply: id, turn };
}
