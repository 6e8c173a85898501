// Owns the running of turns: accepts messages durably, keeps their order within a conversation,
// passes signals on, and resumes what a crash left open. Refuses to decide what a turn does.

import { AgentError } from '@opencomputer/contracts';
import type { InboundMessage, StreamPart, TurnInput } from '@opencomputer/contracts';
import type {
  ModelRequest,
  SendRequest,
  TurnAction,
  TurnSummary,
} from '@opencomputer/contracts/internal';
import { createConversations } from './conversations.ts';
import type { Conversations } from './conversations.ts';
import { toInput, toMessage } from './message.ts';
import type { DriverPorts } from './ports.ts';
import { RunningTurn } from './running-turn.ts';
import { createPartStream } from './stream.ts';

/** The embedded driver of turns. */
export interface Driver {
  /** Accepts a message and runs its turn; the first part follows the durable acceptance. */
  send(request: SendRequest): AsyncIterable<StreamPart>;
  /** Resolves when the turn has taken it; rejects with TURN_, APPROVAL_UNKNOWN or TURN_BUSY. */
  act(action: TurnAction): Promise<void>;
  /** Runs again what was open when the last process ended; resolves when all of it has started. */
  resume(): Promise<number>;
  /** Hides the last visible turn of a conversation. */
  undo(person: string, conversation: string): Promise<TurnSummary>;
  /** Turns of a conversation, oldest first. */
  turns(conversation: string): Promise<readonly TurnSummary[]>;
  /** What would be sent to the model if the person said `text` now. */
  preview(input: PreviewInput): Promise<ModelRequest>;
  running(): number;
  /** Takes no new message, waits for running turns up to `graceMs`, then leaves them open. */
  stop(graceMs: number): Promise<void>;
}

/** A message that is not sent. */
export interface PreviewInput {
  readonly person: string;
  readonly conversation?: string;
  readonly text: string;
  readonly timeZone: string;
}

/** A driver on one machine, with the journal as its memory. */
export function createDriver<View>(ports: DriverPorts<View>): Driver {
  return new EmbeddedDriver(ports);
}

class EmbeddedDriver<View> implements Driver {
  readonly #ports: DriverPorts<View>;
  readonly #conversations: Conversations<View>;
  readonly #turns = new Map<string, RunningTurn<View>>();
  /** Turns that wait for the one before them, with what was said of them meanwhile. */
  readonly #queued = new Map<string, TurnInput[]>();
  readonly #ending = new Set<Promise<unknown>>();
  #stopping = false;

  constructor(ports: DriverPorts<View>) {
    this.#ports = ports;
    this.#conversations = createConversations(ports.log.journal, ports.core.dialogue);
  }

  async *send(request: SendRequest): AsyncGenerator<StreamPart> {
    if (this.#stopping) throw new AgentError('SERVICE_STOPPING', { retryAfterSeconds: 5 });
    const message = toMessage(request, this.#ports);
    const leave = this.#conversations.admit(message.conversation);
    const stream = createPartStream();
    try {
      const accepted = await this.#ports.log.mailbox.accept(message);
      if (accepted === 'duplicate') throw new AgentError('MESSAGE_DUPLICATE');
    } catch (error) {
      leave();
      throw error;
    }
    const reader = { emit: stream.put, stream: request.stream, attended: true };
    const work = this.#run(message, reader).finally(leave);
    work.then(() => stream.end(), stream.fail);
    yield { type: 'turn-start', turn: message.id, conversation: message.conversation };
    yield* stream.parts;
  }

  async act(action: TurnAction): Promise<void> {
    const input = toInput(action, this.#ports.clock.now());
    const queued = this.#queued.get(action.turn);
    if (queued !== undefined && !('callId' in action)) {
      queued.push(input);
      return;
    }
    const turn = this.#turns.get(action.turn);
    if (turn === undefined) throw new AgentError('TURN_UNKNOWN', { turn: action.turn });
    if ('callId' in action && !turn.asks(action.callId)) {
      throw new AgentError('APPROVAL_UNKNOWN', { approval: action.callId });
    }
    if (action.type === 'steer' && !turn.takesWords()) throw new AgentError('TURN_BUSY');
    await turn.offer(input);
  }

  async resume(): Promise<number> {
    const open = await this.#ports.log.mailbox.open();
    for (const message of open) {
      this.#run(message, { emit: () => undefined, stream: false, attended: false }).catch(
        (error: unknown) => this.#ports.report(error, `turn ${message.id}`),
      );
    }
    return open.length;
  }

  async undo(person: string, conversation: string): Promise<TurnSummary> {
    const last = (await this.turns(conversation)).findLast(({ undone }) => !undone);
    if (last === undefined) throw new AgentError('CONVERSATION_UNKNOWN', { conversation });
    const { journal, database } = this.#ports.log;
    const at = this.#ports.clock.now();
    const event = { name: 'turn-undo', at, payload: { turn: last.turn } };
    await database.write([await journal.event({ person, conversation }, event)]);
    this.#conversations.forget(conversation);
    return { ...last, undone: true };
  }

  async turns(conversation: string): Promise<readonly TurnSummary[]> {
    const { turns, undone } = await this.#ports.log.journal.turns(conversation);
    return turns.map(({ turn, at, status, messages, reply, usage }) => {
      const said = messages.find(({ role }) => role === 'user');
      const text = said?.role === 'user' ? said.text : '';
      return { turn, at, status, text, reply, undone: undone.has(turn), usage };
    });
  }

  async preview(input: PreviewInput): Promise<ModelRequest> {
    const message = toMessage({ ...unsent, ...input }, this.#ports);
    const view = await this.#conversations.view(message.conversation);
    const messages = [{ role: 'user' as const, text: input.text }];
    return this.#ports.core.prepare(view, { message, messages, step: 1 });
  }

  running(): number {
    return this.#turns.size;
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    let cancel = (): void => undefined;
    const patience = new Promise<void>((resolve) => {
      cancel = this.#ports.clock.after(graceMs, resolve);
    });
    await Promise.race([Promise.allSettled(this.#ending), patience]);
    cancel();
  }

  #run(message: InboundMessage, reader: Reader): Promise<void> {
    const queued: TurnInput[] = [];
    this.#queued.set(message.id, queued);
    const work = this.#conversations.inOrder(message.conversation, async () => {
      const view = await this.#conversations.view(message.conversation);
      const record = reader.attended ? [] : await this.#ports.log.journal.record(message.id);
      const turn = new RunningTurn(this.#ports, { ...reader, message, view, record });
      this.#turns.set(message.id, turn);
      this.#queued.delete(message.id);
      for (const input of queued) turn.offer(input).catch(() => undefined);
      try {
        this.#conversations.add(message.conversation, await turn.run());
      } finally {
        this.#turns.delete(message.id);
      }
    });
    this.#ending.add(work);
    const forget = (): boolean => this.#ending.delete(work);
    work.then(forget, forget);
    return work;
  }
}

const unsent = {
  channel: 'preview',
  channelMessageId: '',
  assurance: 'none',
  interactive: false,
  stream: false,
} as const;

/** Who reads the parts of a turn. */
interface Reader {
  readonly emit: (part: StreamPart) => void;
  readonly stream: boolean;
  /** False for a turn of the process before this one, which may have a record already. */
  readonly attended: boolean;
}
