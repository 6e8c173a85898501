// Owns the running of turns: accepts messages durably, keeps their order within a conversation and
// the share of each person, and resumes what a crash left open. Refuses to decide what a turn does.

import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { InboundMessage, StreamPart, TurnInput } from '@opencomputer/contracts';
import type {
  ModelRequest,
  OpenMessage,
  SendRequest,
  TurnAction,
  TurnSummary,
} from '@opencomputer/contracts/internal';
import { Calm } from './calm.ts';
import { hideLast, summaries, unsent } from './conversation-log.ts';
import { createConversations } from './conversations.ts';
import type { Conversations } from './conversations.ts';
import { createFairQueue, stopping } from './fair-queue.ts';
import type { FairQueue, Pace } from './fair-queue.ts';
import { createLimit } from './limit.ts';
import { toInput, toMessage } from './message.ts';
import { eventOf, isUnreadable, parkCrashing, parkUnreadable, startsMax } from './parking.ts';
import { unknownOutcomes } from './pending.ts';
import { createPlaces } from './places.ts';
import type { Admit } from './places.ts';
import type { DriverPorts } from './ports.ts';
import { RunningTurn } from './running-turn.ts';
import type { EndedRun } from './running-turn.ts';
import { createPartStream } from './stream.ts';

/** The embedded driver of turns. */
export interface Driver {
  /** Accepts a message and runs its turn; the first part follows the durable acceptance. */
  send(request: SendRequest): AsyncIterable<StreamPart>;
  /**
   * Accepts a message that a channel brings; its reply leaves through the outbox. Resolves when it
   * is durable, also for one that was accepted before. Rejects with SERVICE_BUSY, SERVICE_STOPPING.
   */
  receive(message: Omit<InboundMessage, 'id'>): Promise<void>;
  /** Resolves when the turn has taken it; rejects with TURN_, APPROVAL_UNKNOWN or TURN_BUSY. */
  act(action: TurnAction): Promise<void>;
  /** Runs again, a few at a time, what was open when the last process ended; resolves with how many. */
  resume(): Promise<number>;
  /** Runs again what was set aside, or drops it. Rejects with TURN_UNKNOWN. */
  settle(person: string, message: string, how: 'retry' | 'drop'): Promise<void>;
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

/** Turns of an earlier process that run at the same time, so that new ones find room. */
export const resumedMax = 32;
/** What could not be written for want of space is tried again after this. */
const againMs = 5_000;
/** Turns that are left have this long to record what their tools did. */
const leaveMsMax = 2_000;

/** A driver on one machine, with the journal as its memory. */
export function createDriver<View>(ports: DriverPorts<View>): Driver {
  return new EmbeddedDriver(ports);
}

class EmbeddedDriver<View> implements Driver {
  readonly #ports: DriverPorts<View>;
  readonly #conversations: Conversations<View>;
  readonly #admit: Admit = createPlaces();
  readonly #queue: FairQueue = createFairQueue();
  readonly #resumed = createLimit(resumedMax);
  /** What may have ended the process runs alone, so that it takes no other down with it. */
  readonly #suspects = createLimit(1);
  readonly #calm: Calm;
  /** Takes back what is to be tried again later. */
  readonly #later = new Set<() => void>();
  readonly #turns = new Map<string, RunningTurn<View>>();
  /** Turns that wait for their time, with what was said of them meanwhile. */
  readonly #queued = new Map<string, TurnInput[]>();
  /** Messages whose start was counted and which have no end yet. */
  readonly #open = new Set<string>();
  readonly #ending = new Set<Promise<unknown>>();
  #stopping = false;
  #leaving = false;

  constructor(ports: DriverPorts<View>) {
    this.#ports = ports;
    this.#conversations = createConversations(ports.log.journal, ports.core.dialogue);
    this.#calm = new Calm(ports.clock);
  }

  async *send(request: SendRequest): AsyncGenerator<StreamPart> {
    this.#refuseWhenStopping();
    const message = await this.#withRepeat(request);
    const leave = await this.#accept(message);
    if (leave === 'duplicate') throw new AgentError('MESSAGE_DUPLICATE');
    const stream = createPartStream();
    const reader = { ...nobody, emit: stream.put, stream: request.stream, attended: true };
    const work = this.#run(message, reader).finally(leave);
    work.then(() => stream.end(), stream.fail);
    let isShown = false;
    try {
      yield { type: 'turn-start', turn: message.id, conversation: message.conversation };
      for await (const part of stream.parts) {
        yield part;
        // Whoever asks for more has taken what came before.
        isShown ||= part.type === 'turn-end';
      }
    } finally {
      const settled = work.then((ended) => this.#settleReply(message.person, ended, isShown));
      if (isShown) await settled;
      else settled.catch(() => undefined);
    }
  }

  async receive(message: Omit<InboundMessage, 'id'>): Promise<void> {
    this.#refuseWhenStopping();
    const accepted = { ...message, id: this.#ports.identifier() };
    const leave = await this.#accept(accepted);
    if (leave === 'duplicate') return;
    this.#unattended(accepted.id, this.#run(accepted, nobody).finally(leave));
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
    for (const message of open) this.#unattended(message.id, this.#resumeOne(message));
    return open.length;
  }

  async settle(person: string, message: string, how: 'retry' | 'drop'): Promise<void> {
    const { mailbox, database } = this.#ports.log;
    const parked = (await mailbox.parked(person)).find(({ id }) => id === message);
    if (parked === undefined) throw new AgentError('TURN_UNKNOWN', { turn: message });
    const name = `message-${how}`;
    await database.write([
      // Of two decisions at once the second comes too late: the message runs or is gone by then.
      { ...mailbox.unpark(message), expectedChanges: 1 },
      ...(how === 'drop' ? [mailbox.finish(message)] : []),
      await eventOf(this.#ports, parked, { name, payload: {} }),
    ]);
    if (how === 'drop') return;
    this.#unattended(message, this.#resumeOne({ ...parked, starts: 0 }));
  }

  async undo(person: string, conversation: string): Promise<TurnSummary> {
    const hidden = await hideLast(this.#ports, { person, conversation });
    this.#conversations.forget(conversation);
    return hidden;
  }

  turns(conversation: string): Promise<readonly TurnSummary[]> {
    return summaries(this.#ports, conversation);
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
    this.#queue.close();
    for (const cancel of this.#later) cancel();
    this.#calm.stop();
    await this.#within(graceMs);
    this.#leaving = true;
    for (const turn of this.#turns.values()) turn.leave();
    await this.#within(leaveMsMax);
    await this.#ports.log.mailbox
      .leave([...this.#open])
      .catch((error: unknown) => this.#ports.report(error, 'turns that were left'));
  }

  /** The message of a request, with the call that the person wants done again. */
  async #withRepeat(request: SendRequest): Promise<InboundMessage> {
    const { again, person } = request;
    if (again === undefined) return toMessage(request, this.#ports);
    const lost = await unknownOutcomes(this.#ports.log.journal, person);
    const found = lost.find(({ id }) => id === again);
    if (found === undefined) throw new AgentError('APPROVAL_UNKNOWN', { approval: again });
    const { conversation, call } = found;
    const message = toMessage({ ...request, conversation }, this.#ports);
    return { ...message, repeat: { outcome: again, call } };
  }

  #refuseWhenStopping(): void {
    if (this.#stopping) throw stopping();
  }

  /** Takes a place and writes the message; the returned function gives the place back. */
  async #accept(message: InboundMessage): Promise<(() => void) | 'duplicate'> {
    const leave = this.#admit(message);
    try {
      const accepted = await this.#ports.log.mailbox.accept(message);
      if (accepted === 'accepted') {
        this.#open.add(message.id);
        return leave;
      }
    } catch (error) {
      leave();
      throw error;
    }
    leave();
    return 'duplicate';
  }

  /** What a reader took is delivered; what it left waits for the person like a notice. */
  async #settleReply(person: string, { replyId }: EndedRun, isShown: boolean): Promise<void> {
    const { mailbox, announce } = this.#ports.log;
    if (isShown) return mailbox.delivered([replyId]);
    mailbox.release(replyId);
    return announce(person);
  }

  /** Work that nobody waits for. */
  #unattended(id: string, work: Promise<unknown>): void {
    const told = work.catch((error: unknown) => {
      if (!isAgentError(error, 'SERVICE_STOPPING')) this.#ports.report(error, `turn ${id}`);
    });
    this.#ending.add(told);
    void told.finally(() => this.#ending.delete(told));
  }

  /** In its place within the conversation, though its words are read only when its turn begins. */
  async #resumeOne(open: OpenMessage): Promise<void> {
    const { person, starts } = open;
    if (starts >= startsMax) return this.#setAside(open, () => parkCrashing(this.#ports, open));
    const run = (pace: Pace): Promise<void> => this.#resumeNow(open, pace);
    const inTurn = (): Promise<void> => this.#resumed(() => this.#queue.run(person, run));
    const alone = (): Promise<void> =>
      this.#suspects(async () => {
        await this.#calm.wait();
        await run(noPace);
      });
    await this.#schedule(open, starts > 1 ? alone : inTurn);
  }

  #resumeNow(open: OpenMessage, pace: Pace): Promise<void> {
    const { mailbox } = this.#ports.log;
    return this.#setAside(open, async () => {
      // A start that the store could not see the end of is no start that ended the process.
      if (!this.#open.has(open.id)) await mailbox.begin(open.id);
      else if (await this.#endedUnseen(open)) return;
      this.#open.add(open.id);
      await this.#runNow(await mailbox.read(open.id), { ...unattended, pace });
    });
  }

  /** The commit of an end may have come through although the store reported a failure. */
  async #endedUnseen({ id, person, conversation }: OpenMessage): Promise<boolean> {
    const { journal, announce, replied } = this.#ports.log;
    if ((await journal.progress([id])).get(id)?.isEnded !== true) return false;
    this.#open.delete(id);
    this.#conversations.forget(conversation);
    announce(person);
    replied();
    return true;
  }

  /** Does it; a message or a record that cannot be read is set aside instead. */
  async #setAside(open: OpenMessage, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      await parkUnreadable(this.#ports, open, error);
      this.#open.delete(open.id);
    }
  }

  #run(message: InboundMessage, reader: Omit<Reader, 'pace'>): Promise<EndedRun> {
    const run = (pace: Pace): Promise<EndedRun> => this.#runNow(message, { ...reader, pace });
    return this.#schedule(message, () => this.#queue.run(message.person, run));
  }

  /** Runs `work` after what came before it in its conversation. */
  #schedule<Result>(
    { id, person, conversation }: Omit<OpenMessage, 'starts'>,
    work: () => Promise<Result>,
  ): Promise<Result> {
    this.#queued.set(id, []);
    const scheduled = this.#conversations.inOrder(conversation, work);
    this.#ending.add(scheduled);
    const ended = (): void => {
      this.#ending.delete(scheduled);
      this.#queued.delete(id);
    };
    scheduled.then(ended, (error: unknown) => {
      ended();
      if (isStoreFailure(error)) this.#again({ id, person, conversation, starts: 0 });
    });
    return scheduled;
  }

  /** An accepted message whose turn the store did not take, as on a full disk, is tried again. */
  #again(open: OpenMessage): void {
    if (!this.#open.has(open.id) || this.#stopping) return;
    const cancel = this.#ports.clock.after(againMs, () => {
      this.#later.delete(cancel);
      this.#unattended(open.id, this.#resumeOne(open));
    });
    this.#later.add(cancel);
  }

  async #runNow(message: InboundMessage, reader: Reader): Promise<EndedRun> {
    const { id, conversation } = message;
    const view = await this.#conversations.view(conversation);
    const record = reader.mayHaveRecord
      ? await this.#ports.log.journal.record(id, conversation)
      : [];
    if (this.#leaving) throw stopping();
    const turn = new RunningTurn(this.#ports, { ...reader, message, view, record });
    const queued = this.#queued.get(id) ?? [];
    this.#turns.set(id, turn);
    if (reader.pace !== noPace) this.#calm.enter();
    this.#queued.delete(id);
    for (const input of queued) turn.offer(input).catch(() => undefined);
    try {
      const ended = await turn.run();
      this.#open.delete(id);
      this.#conversations.add(conversation, ended.finished);
      return ended;
    } finally {
      this.#turns.delete(id);
      if (reader.pace !== noPace) this.#calm.leave();
    }
  }

  /** Resolves when all that was begun has ended, at the latest after `delayMs`. */
  async #within(delayMs: number): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#ports.clock.after(delayMs, late.resolve);
    await Promise.race([Promise.allSettled(this.#ending), late.promise]);
    cancel();
  }
}

/** Who reads the parts of a turn. */
interface Reader {
  readonly emit: (part: StreamPart) => void;
  readonly stream: boolean;
  /** False where nobody reads: the reply waits in the outbox. */
  readonly attended: boolean;
  /** True for a turn that was begun before. */
  readonly mayHaveRecord: boolean;
  readonly pace: Pace;
}

const nobody = { emit: () => undefined, stream: false, attended: false, mayHaveRecord: false };
const unattended = { ...nobody, mayHaveRecord: true };

/** Of a turn that runs alone. */
const noPace: Pace = { rest: () => undefined, work: () => undefined };

function isStoreFailure(error: unknown): boolean {
  return isAgentError(error) && error.code.startsWith('STORE_');
}
