// Owns the running of turns: accepts messages durably, keeps their order within a conversation and
// the share of each person, and resumes what a crash left open. Refuses to decide what a turn does.

import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { InboundMessage, StreamPart } from '@opencomputer/contracts';
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
import type { Driver, PreviewInput } from './driver-port.ts';
import { createFairQueue, stopping } from './fair-queue.ts';
import type { FairQueue, Pace } from './fair-queue.ts';
import { isKeptInput, KeptInputs } from './kept-inputs.ts';
import { createLimit } from './limit.ts';
import { requestedMessage, toInput, toMessage } from './message.ts';
import * as parking from './parking.ts';
import { createPlaces } from './places.ts';
import type { Admit } from './places.ts';
import type { DriverPorts } from './ports.ts';
import { endParts, repeatedMessage, takeReply } from './repeated.ts';
import { RunningTurn } from './running-turn.ts';
import type { EndedRun } from './running-turn.ts';
import { createPartStream } from './stream.ts';
import { TryingAgain } from './trying-again.ts';
import type { HeldTurns } from './trying-again.ts';

/** Turns of an earlier process that run at the same time, so that new ones find room. */
export const resumedMax = 32;
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
  readonly #again: TryingAgain;
  readonly #kept: KeptInputs;
  readonly #turns = new Map<string, RunningTurn<View>>();
  /** Messages that have their place in a conversation, until their end. */
  readonly #scheduled = new Map<string, Scheduled>();
  /** Messages whose start was counted and which have no end yet. */
  readonly #open = new Set<string>();
  readonly #ending = new Set<Promise<unknown>>();
  #stopping = false;
  #leaving = false;

  constructor(ports: DriverPorts<View>) {
    this.#ports = ports;
    this.#conversations = createConversations(ports.log.journal, ports.core.dialogue);
    this.#calm = new Calm(ports.clock);
    this.#again = new TryingAgain(ports.clock);
    this.#kept = new KeptInputs(ports.log);
  }

  async *send(request: SendRequest): AsyncGenerator<StreamPart> {
    this.#refuseWhenStopping();
    const message = await requestedMessage(request, this.#ports);
    const leave = await this.#accept(message);
    if (leave === 'duplicate') {
      yield* this.#join(request);
      return;
    }
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
    const turn = this.#turns.get(action.turn);
    const waiting = this.#scheduled.get(action.turn);
    if (turn === undefined && waiting !== undefined && isKeptInput(input)) {
      return this.#kept.keep({ ...waiting.open, turn: action.turn }, input);
    }
    if (turn === undefined) throw new AgentError('TURN_UNKNOWN', { turn: action.turn });
    if ('callId' in action && !turn.asks(action.callId)) {
      throw new AgentError('APPROVAL_UNKNOWN', { approval: action.callId });
    }
    if (action.type === 'steer' && !turn.takesWords()) throw new AgentError('TURN_BUSY');
    await turn.offer(input);
  }

  async resume(): Promise<number> {
    const open = await this.#ports.log.mailbox.open();
    for (const message of open) this.#takeUp(message);
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
      await parking.eventOf(this.#ports, parked, { name, payload: {} }),
    ]);
    if (how === 'drop') return;
    this.#takeUp({ ...parked, starts: 0 });
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

  held(): HeldTurns | undefined {
    return this.#again.held;
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#queue.close();
    this.#again.stop();
    this.#calm.stop();
    await this.#within(graceMs);
    this.#leaving = true;
    for (const turn of this.#turns.values()) turn.leave();
    await this.#within(leaveMsMax);
    await this.#ports.log.mailbox
      .leave([...this.#open])
      .catch((error: unknown) => this.#ports.report(error, 'turns that were left'));
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
    const known = await this.#ports.log.mailbox.known(message);
    // The store may have kept what it reported as failed, so nobody works on it.
    if (known?.state === 'open') this.#takeUp(known);
    return 'duplicate';
  }

  /** Shows the end of the turn that the message had the first time. */
  async *#join(request: SendRequest): AsyncGenerator<StreamPart> {
    const { log, core } = this.#ports;
    const { id: turn, conversation, person } = await repeatedMessage(log, request);
    yield { type: 'turn-start', turn, conversation };
    await this.#scheduled.get(turn)?.ended;
    this.#refuseWhenStopping();
    const { stream } = request;
    yield* await endParts({ log, machine: core.machine }, { turn, stream });
    await takeReply(log, { person, turn });
  }

  /** Runs a message of an earlier process, or one that nobody works on; a second time does nothing. */
  #takeUp(open: OpenMessage): void {
    if (this.#scheduled.has(open.id) || this.#open.has(open.id)) return;
    this.#unattended(open.id, this.#resumeOne(open));
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
    const run = (pace: Pace): Promise<void> => this.#resumeNow(open, pace);
    const inTurn = (): Promise<void> => this.#resumed(() => this.#queue.run(person, run));
    const alone = (): Promise<void> =>
      this.#suspects(async () => {
        await this.#calm.wait();
        await run(noPace);
      });
    const park = (): Promise<void> =>
      this.#setAside(open, () => parking.parkCrashing(this.#ports, open));
    const work = starts > 1 ? alone : inTurn;
    await this.#schedule(open, starts >= parking.startsMax ? park : work);
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

  /** Does it, which ends the message or sets it aside; one that cannot be read is set aside. */
  async #setAside(open: OpenMessage, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!parking.isUnreadable(error)) throw error;
      await parking.parkUnreadable(this.#ports, open, error);
    }
    this.#open.delete(open.id);
  }

  #run(message: InboundMessage, reader: Omit<Reader, 'pace'>): Promise<EndedRun> {
    const { person } = message;
    const open = { ...message, starts: 1 };
    const run = (pace: Pace): Promise<EndedRun> => this.#runNow(message, { ...reader, pace });
    const again = (pace: Pace): Promise<void> => this.#resumeNow(open, pace);
    const inTurn = (): Promise<EndedRun> => this.#queue.run(person, run);
    return this.#schedule(open, inTurn, () => this.#queue.run(person, again));
  }

  /**
   * Runs `work` after what came before it in its conversation, and settles as it does; when it fails,
   * `again` is tried before anything that comes after it.
   */
  #schedule<Result>(
    open: OpenMessage,
    work: () => Promise<Result>,
    again: () => Promise<unknown> = work,
  ): Promise<Result> {
    const { id, conversation } = open;
    const first = Promise.withResolvers<Result>();
    const ended = this.#conversations.inOrder(conversation, async () => {
      await work().then(first.resolve, (failure: unknown) => {
        first.reject(failure);
        return this.#retry(open, failure, again);
      });
      this.#scheduled.delete(id);
      this.#kept.forget(id);
    });
    this.#scheduled.set(id, { open, ended });
    this.#ending.add(ended);
    void ended.finally(() => this.#ending.delete(ended));
    return first.promise;
  }

  /** An accepted message whose turn failed before its end is tried again, or set aside. */
  #retry(open: OpenMessage, failure: unknown, work: () => Promise<unknown>): Promise<void> {
    const giveUp = (fault: unknown): Promise<void> =>
      this.#setAside(open, () => parking.parkFaulty(this.#ports, open, fault));
    const report = (error: unknown): void => this.#ports.report(error, `turn ${open.id}`);
    return this.#again.until({ id: open.id, failure }, { work, giveUp, report });
  }

  async #runNow(message: InboundMessage, reader: Reader): Promise<EndedRun> {
    const { id, conversation } = message;
    const view = await this.#conversations.view(conversation);
    const record = reader.mayHaveRecord
      ? await this.#ports.log.journal.record(id, conversation)
      : [];
    const turn = new RunningTurn(this.#ports, { ...reader, message, view, record });
    const said = { turn: id, isNew: !reader.mayHaveRecord, record };
    await this.#kept.handOver(said, (inputs) => {
      if (this.#leaving) throw stopping();
      this.#turns.set(id, turn);
      for (const input of inputs) turn.offer(input).catch(() => undefined);
    });
    if (reader.pace !== noPace) this.#calm.enter();
    try {
      const ended = await turn.run();
      this.#open.delete(id);
      this.#scheduled.delete(id);
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

/** A message in its place. */
interface Scheduled {
  readonly open: OpenMessage;
  /** Resolves when its turn has ended, it was set aside, or the process stops. */
  readonly ended: Promise<void>;
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
