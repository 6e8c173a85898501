// Owns the operations that clients of the agent have, in this process: send, listen, act, query.
// Refuses to know whether a client sits in the same process or behind the daemon's socket.

import { AgentError } from '@opencomputer/contracts';
import type { StreamPart } from '@opencomputer/contracts';
import type {
  AgentService,
  Queries,
  QueryName,
  SendRequest,
} from '@opencomputer/contracts/internal';
import type { Driver } from './driver.ts';
import { explain } from './explain.ts';
import type { Journal } from './journal.ts';

/** Questions that other parts answer. */
export type OtherQueries = {
  readonly [Name in 'context' | 'models' | 'plugins' | 'status' | 'integrity' | 'choose']: (
    input: Queries[Name]['input'],
  ) => Promise<Queries[Name]['output']>;
};

/** What a service is made of. */
export interface ServiceParts {
  readonly driver: Driver;
  readonly journal: Journal;
  readonly queries: OtherQueries;
  /** The person whose agent this is. */
  readonly person: string;
  readonly notices: {
    take(person: string): Promise<readonly { readonly text: string }[]>;
    listen(person: string, signal: AbortSignal): AsyncIterable<{ readonly text: string }>;
  };
  /** Lets go of everything, in reverse order of its start. */
  readonly close: () => Promise<void>;
}

type Handlers = {
  readonly [Name in QueryName]: (input: Queries[Name]['input']) => Promise<Queries[Name]['output']>;
};

/** Conversations listed at most. */
const conversationsMax = 200;

/** The service in this process. */
export function createService(parts: ServiceParts): AgentService {
  const { driver, journal, person, notices } = parts;
  const handlers: Handlers = {
    ...parts.queries,
    conversations: ({ limit }) => journal.conversations(person, Math.min(limit, conversationsMax)),
    turns: ({ conversation }) => driver.turns(conversation),
    undo: ({ conversation }) => driver.undo(person, conversation),
    why: async ({ turn }) => {
      const asked = turn ?? (await journal.lastTurn(person));
      const record = asked === undefined ? [] : await journal.record(asked);
      if (record.length === 0) throw new AgentError('TURN_UNKNOWN', { turn: asked ?? 'last' });
      return explain(record);
    },
  };
  let stopped: Promise<void> | undefined;

  async function* send(request: SendRequest): AsyncGenerator<StreamPart> {
    const isLocal = request.assurance === 'local' && request.person === person;
    let isFirst = true;
    for await (const part of driver.send(request)) {
      yield part;
      if (isFirst && isLocal) {
        for (const { text } of await notices.take(person)) yield { type: 'notice', text };
      }
      isFirst = false;
    }
  }

  return {
    send,
    listen: (listener, signal) => notices.listen(listener, signal),
    act: (action) => driver.act(action),
    query: (name, input) => handlers[name](input),
    stop: () => {
      stopped ??= parts.close();
      return stopped;
    },
  };
}
