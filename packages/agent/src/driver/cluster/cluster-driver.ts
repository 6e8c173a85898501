// Owns the driver of a process in a cluster: accepts messages durably, has the engine run their turns,
// and shows how they go by their records. Refuses to run a turn itself.

import { AgentError } from '@opencomputer/contracts';
import type { InboundMessage, StreamPart, TurnState } from '@opencomputer/contracts';
import type { ClusterEngine, ConversationKey, SendRequest } from '@opencomputer/contracts/internal';
import type { TurnAction } from '@opencomputer/contracts/internal';
import { hideLast, summaries, unsent } from '../conversation-log.ts';
import type { Driver } from '../driver-port.ts';
import { stopping } from '../fair-queue.ts';
import { toInput, toMessage } from '../message.ts';
import { eventOf } from '../parking.ts';
import { createPlaces } from '../places.ts';
import type { DriverPorts } from '../ports.ts';
import { createPartStream } from '../stream.ts';
import { createFollower } from './follower.ts';
import type { Follower } from './follower.ts';
import { repeatedMessage } from '../repeated.ts';
import { replyIdentifier } from './reply-identifier.ts';
import { createViews } from './views.ts';
import type { ViewOf } from './views.ts';

/** Milliseconds between looks for messages that nobody was asked to work on. */
export const offerMs = 15_000;
/** Milliseconds between looks for notices that another process has written. */
const noticeMs = 1_000;
/** Bytes of words that steer a turn: they travel with the engine's own record. */
export const steerBytesMax = 16_384;

/** What the driver needs beside the ports of every driver. */
export interface ClusterDriverParts<View> {
  readonly ports: DriverPorts<View>;
  readonly engine: ClusterEngine;
  /** The keyed hash by which the engine's server knows a conversation. */
  readonly keyOf: (conversation: string) => string;
  /** True where messages come in; else nothing is offered again. */
  readonly isGateway: boolean;
  /** Who is told of what other processes have to say. */
  readonly person: string;
}

/** The driver of a cluster. */
export function createClusterDriver<View>(parts: ClusterDriverParts<View>): Driver {
  return new ClusterDriver(parts);
}

class ClusterDriver<View> implements Driver {
  readonly #parts: ClusterDriverParts<View>;
  readonly #ports: DriverPorts<View>;
  readonly #follower: Follower;
  readonly #viewOf: ViewOf<View>;
  readonly #admit = createPlaces();
  #following = 0;
  #isStopping = false;
  readonly #waits = new Map<string, () => void>();

  constructor(parts: ClusterDriverParts<View>) {
    const { ports } = parts;
    this.#parts = parts;
    this.#ports = ports;
    this.#viewOf = createViews(ports.log.journal, ports.core.dialogue);
    this.#follower = createFollower({
      journal: ports.log.journal,
      machine: ports.core.machine,
      clock: ports.clock,
      pluginOf: (name) =>
        ports.tools.host.tools().find(({ declaration }) => declaration.name === name)?.plugin ??
        'unknown',
      parked: (turns) => this.#parked(turns),
      report: ports.report,
    });
  }

  async *send(request: SendRequest): AsyncGenerator<StreamPart> {
    if (this.#isStopping) throw stopping();
    const message = toMessage(request, this.#ports);
    const leave = this.#admit(message);
    try {
      const isNew = (await this.#accept(message)) === 'accepted';
      const shown = isNew ? message : await repeatedMessage(this.#ports.log, request);
      yield* this.#follow(shown, request.stream);
    } finally {
      leave();
    }
  }

  async *#follow(message: InboundMessage, isStreamed: boolean): AsyncGenerator<StreamPart> {
    const { mailbox, announce } = this.#ports.log;
    const { id: turn, conversation, person } = message;
    const replyId = replyIdentifier(turn);
    mailbox.hold(replyId);
    const stream = createPartStream();
    this.#following += 1;
    const followed = this.#follower.follow({ turn, emit: stream.put, stream: isStreamed });
    followed.then(() => stream.end(), stream.fail).finally(() => (this.#following -= 1));
    let isShown = false;
    try {
      yield { type: 'turn-start', turn, conversation };
      for await (const part of stream.parts) {
        yield part;
        // Whoever asks for more has taken what came before.
        isShown ||= part.type === 'turn-end';
      }
    } finally {
      if (isShown) await mailbox.delivered([replyId]);
      else {
        mailbox.release(replyId);
        announce(person);
      }
    }
  }

  async receive(message: Omit<InboundMessage, 'id'>): Promise<void> {
    if (this.#isStopping) throw stopping();
    const accepted = { ...message, id: this.#ports.identifier() };
    const leave = this.#admit(accepted);
    try {
      await this.#accept(accepted);
    } finally {
      leave();
    }
  }

  async act(action: TurnAction): Promise<void> {
    const { mailbox } = this.#ports.log;
    const input = toInput(action, this.#ports.clock.now());
    const state = await this.#stateOf(action.turn);
    if (state === undefined && 'callId' in action) {
      throw new AgentError('APPROVAL_UNKNOWN', { approval: action.callId });
    }
    if (state !== undefined) checkFits(state, action, this.#ports.core.machine.isFinal(state));
    if (action.type === 'steer') checkWords(action.text);
    const { conversation } = await mailbox.read(action.turn);
    await this.#parts.engine.signal(this.#keyed(conversation), action.turn, input);
  }

  async resume(): Promise<number> {
    if (!this.#parts.isGateway) return 0;
    const open = await this.#offer();
    this.#every('offer', offerMs, () => this.#offer());
    const { announce } = this.#ports.log;
    this.#every('notice', noticeMs, async () => announce(this.#parts.person));
    return open;
  }

  async settle(person: string, message: string, how: 'retry' | 'drop'): Promise<void> {
    const { mailbox, database } = this.#ports.log;
    const parked = (await mailbox.parked(person)).find(({ id }) => id === message);
    if (parked === undefined) throw new AgentError('TURN_UNKNOWN', { turn: message });
    await database.write([
      how === 'retry' ? mailbox.unpark(message) : mailbox.finish(message),
      await eventOf(this.#ports, parked, { name: `message-${how}`, payload: {} }),
    ]);
    if (how === 'retry') await this.#wake(parked.conversation);
  }

  undo(person: string, conversation: string): ReturnType<Driver['undo']> {
    return hideLast(this.#ports, { person, conversation });
  }

  turns(conversation: string): ReturnType<Driver['turns']> {
    return summaries(this.#ports, conversation);
  }

  async preview(input: Parameters<Driver['preview']>[0]): ReturnType<Driver['preview']> {
    const message = toMessage({ ...unsent, ...input }, this.#ports);
    const view = await this.#viewOf(message.conversation);
    const messages = [{ role: 'user' as const, text: input.text }];
    return this.#ports.core.prepare(view, { message, messages, step: 1 });
  }

  /** Turns that are followed here; they may run anywhere. */
  running(): number {
    return this.#following;
  }

  /** What failed is the engine's to try again. */
  held(): undefined {
    return undefined;
  }

  /** Turns go on elsewhere; whoever follows one here is told to come back. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const cancel of this.#waits.values()) cancel();
    this.#follower.stop();
    await this.#parts.engine.stop();
  }

  async #accept(message: InboundMessage): Promise<'accepted' | 'duplicate'> {
    const accepted = await this.#ports.log.mailbox.accept(message);
    // Not waited for: the message is durable, and what is not woken now is offered again.
    if (accepted === 'accepted') void this.#wake(message.conversation);
    return accepted;
  }

  async #wake(conversation: string): Promise<void> {
    try {
      await this.#parts.engine.wake(this.#keyed(conversation));
    } catch (error) {
      this.#ports.report(error, 'engine');
    }
  }

  /** Has everything worked on that is open: a crash may have come before the engine was told. */
  async #offer(): Promise<number> {
    const open = await this.#ports.log.mailbox.open();
    const conversations = new Set(open.map(({ conversation }) => conversation));
    for (const conversation of conversations) {
      if (this.#isStopping) break;
      await this.#wake(conversation);
    }
    return open.length;
  }

  #every(name: string, delayMs: number, work: () => Promise<unknown>): void {
    const wait = this.#ports.clock.after(delayMs, () => {
      work()
        .catch((error: unknown) => this.#ports.report(error, name))
        .finally(() => {
          if (!this.#isStopping) this.#every(name, delayMs, work);
        });
    });
    this.#waits.set(name, wait);
  }

  async #stateOf(turn: string): Promise<TurnState | undefined> {
    return this.#ports.core.machine.replay(await this.#ports.log.journal.record(turn));
  }

  async #parked(turns: readonly string[]): Promise<readonly string[]> {
    const { mailbox, journal } = this.#ports.log;
    const begun = await journal.progress(turns);
    const parked: string[] = [];
    for (const turn of turns) {
      if (begun.has(turn)) continue;
      const { person } = await mailbox.read(turn);
      const aside = await mailbox.parked(person);
      if (aside.some(({ id }) => id === turn)) parked.push(turn);
    }
    return parked;
  }

  #keyed(conversation: string): ConversationKey {
    return { conversation, key: this.#parts.keyOf(conversation) };
  }
}

function checkFits(state: TurnState, action: TurnAction, isOver: boolean): void {
  if (isOver) throw new AgentError('TURN_UNKNOWN', { turn: action.turn });
  if ('callId' in action) {
    const { callId } = action;
    const isAsked = state.calls.some(
      ({ call, status }) => call.callId === callId && status === 'asked',
    );
    if (!isAsked) throw new AgentError('APPROVAL_UNKNOWN', { approval: callId });
  }
  if (action.type === 'steer' && state.progress.intent !== undefined) {
    throw new AgentError('TURN_BUSY');
  }
}

function checkWords(text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > steerBytesMax) {
    throw new AgentError('INPUT_TOO_LARGE', { bytes, bytesMax: steerBytesMax });
  }
}
