// Owns one simulated stretch of days: people who write, answer, leave and write again, a machine that
// dies, jumps in time and runs out of disk, and at the end a quiet time in which all must end well.
// Refuses real time and real chance: one seed is one episode.

import { isAgentError } from '@opencomputer/contracts';
import type { StreamPart } from '@opencomputer/contracts';
import { createFakeClock } from '@opencomputer/testkit';
import type { FakeClock } from '@opencomputer/testkit';
import { createIdentifiers } from '../../packages/agent/src/identifier.ts';
import { createRandom } from '../random.ts';
import type { Random } from '../random.ts';
import { createDisk } from './fixtures/disk.ts';
import type { Disk } from './fixtures/disk.ts';
import { noFaults, Process } from './fixtures/faults.ts';
import type { FaultRates } from './fixtures/faults.ts';
import { brought, live, typed } from './fixtures/life.ts';
import type { Life, Typed } from './fixtures/life.ts';
import { Outside } from './fixtures/outside.ts';

/** A message, and what was heard of it. */
export interface Written extends Typed {
  readonly by: 'terminal' | 'medium';
  /** Said to be taken: by its turn, by the end of `receive`, or as a repetition. */
  accepted: boolean;
  readonly turns: Set<string>;
  /** Turns whose end was shown to whoever waited. */
  readonly ended: Set<string>;
}

/** All that is known at the end. */
export interface Episode {
  readonly disk: Disk;
  readonly outside: Outside;
  readonly written: readonly Written[];
  /** Identifiers of replies that were shown as notices. */
  readonly noticed: ReadonlySet<string>;
  readonly hours: number;
  readonly turns: number;
  readonly crashes: number;
  /** Faults beside crashes: writes refused, clocks set, and a world that failed, was late or silent. */
  readonly faults: number;
  /** False: something was still going on when patience ended. */
  readonly isQuiet: boolean;
}

/** At most; each episode has its own. */
const ratesMax: FaultRates = { crash: 0.08, full: 0.03, outside: 0.15 };
const messagesMax = 60;
/** Between one, where all wait for each other, and so many, each episode has its own number. */
const conversationsMax = 8;
const daysMax = 1;
const hourMs = 3_600_000;
/** Steps of the quiet time, each an answer or a leap in time. */
const quietStepsMax = 30_000;
const tools = ['sim_read', 'sim_keyed', 'sim_once', 'sim_remind', 'sim_asked'];

/** Runs one episode to its quiet end. */
export async function runEpisode(seed: number): Promise<Episode> {
  const episode = new RunningEpisode(seed, await createDisk());
  await episode.days();
  await episode.quiet();
  return episode;
}

class RunningEpisode implements Episode {
  readonly disk: Disk;
  readonly outside: Outside = new Outside();
  readonly written: Written[] = [];
  readonly noticed: Set<string> = new Set<string>();
  crashes = 0;
  faults = 0;
  isQuiet = false;
  readonly #random: Random;
  readonly #conversations: number;
  readonly #clock: FakeClock;
  readonly #identifier: () => string;
  #process: Process;
  #life: Life | undefined;
  /** Questions that wait for the person. */
  #asked: { readonly turn: string; readonly callId: string }[] = [];

  constructor(seed: number, disk: Disk) {
    this.disk = disk;
    this.#random = createRandom(seed);
    this.#conversations = 1 + this.#random.whole(conversationsMax);
    this.#clock = createFakeClock(Date.UTC(2026, 2, 28, 20));
    this.#identifier = createIdentifiers(() => this.#uuid());
    this.#process = this.#newProcess(noFaults);
    this.#process.die();
    this.crashes = 0;
  }

  get hours(): number {
    return this.#clock.monotonic() / hourMs;
  }

  get turns(): number {
    return this.written.length;
  }

  /** The days of faults. */
  async days(): Promise<void> {
    const random = this.#random;
    const rates = {
      crash: ratesMax.crash * random.next(),
      full: ratesMax.full * random.next(),
      outside: ratesMax.outside * random.next(),
    };
    while (this.hours < daysMax * 24 || this.written.length < messagesMax) {
      if (!this.#process.isOpen()) this.#start(rates);
      const isBusy = this.#process.step();
      await this.#flush();
      if (random.chance(isBusy ? 0.03 : 0.4)) this.#act();
      if (!isBusy && random.chance(0.7)) await this.#passTime();
      if (random.chance(0.001)) this.#kill();
    }
  }

  /** No more faults: everything that was accepted comes to its end. */
  async quiet(): Promise<void> {
    this.#kill();
    this.#start(noFaults);
    let idle = 0;
    for (let steps = 0; steps < quietStepsMax && idle < 400; steps += 1) {
      const isBusy = this.#process.step();
      await this.#flush();
      if (isBusy) continue;
      const missing = this.written.filter(({ accepted }) => !accepted);
      if (this.#life !== undefined && idle % 40 === 0) {
        for (const message of missing) void this.#say(message);
      }
      for (const asked of this.#asked.splice(0)) this.#answer(asked, true);
      this.#clock.forward(Math.min(Math.ceil(this.#clock.waits[0] ?? hourMs), hourMs));
      await this.#flush();
      idle = this.#isOpen() || missing.length > 0 ? 0 : idle + 1;
    }
    this.isQuiet = idle > 0;
    this.#kill();
  }

  #isOpen(): boolean {
    const waiting =
      "select 1 from inbox where state = 'open' union all select 1 from outbox where state = 'pending' " +
      'union all select 1 from timers';
    return this.disk.rows(`${waiting} limit 1`).length > 0;
  }

  #start(faults: FaultRates): void {
    const process = this.#newProcess(faults);
    this.#process = process;
    this.#life = undefined;
    this.#asked = [];
    const { disk, outside } = this;
    const random = this.#random;
    const report = (): void => undefined;
    const parts = { disk, outside, identifier: this.#identifier, process, random, report };
    void live(parts).then(
      (life) => {
        if (this.#process !== process) return;
        this.#life = life;
        void this.#listen(life, process);
      },
      () => {
        if (this.#process === process) this.#kill();
      },
    );
  }

  #newProcess(faults: FaultRates): Process {
    const died = (): void => {
      this.crashes += 1;
    };
    const failed = (): void => {
      this.faults += 1;
    };
    return new Process(this.#random, this.#clock, { rates: faults, died, failed });
  }

  #kill(): void {
    this.#process.die();
    this.#life = undefined;
  }

  /** Something that a person does. */
  #act(): void {
    const random = this.#random;
    const asked = this.#asked.length > 0 && random.chance(0.5) ? this.#asked.shift() : undefined;
    if (asked !== undefined) this.#answer(asked, random.chance(0.7));
    else if (this.written.length > 0 && random.chance(0.3))
      void this.#say(random.pick(this.written));
    else if (this.written.length < messagesMax || random.chance(0.02))
      void this.#say(this.#write());
  }

  #write(): Written {
    const random = this.#random;
    const number = this.written.length;
    const isDirect = random.chance(0.3);
    const message: Written = {
      by: random.chance(0.3) ? 'medium' : 'terminal',
      channelMessageId: `message-${number}`,
      conversation: `conversation-${random.whole(this.#conversations)}`,
      text: isDirect ? `straight to ${random.pick(tools)}` : `to the model ${number}`,
      accepted: false,
      turns: new Set(),
      ended: new Set(),
    };
    this.written.push(message);
    return message;
  }

  async #say(message: Written): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    try {
      if (message.by === 'medium') {
        await life.driver.receive(brought(message, this.#clock.now()));
        message.accepted = true;
        return;
      }
      const leaves = this.#random.chance(0.1);
      // Whoever says it again wants its turn, or only to know that it was taken.
      const join = this.#random.chance(0.5);
      for await (const part of life.driver.send({ ...typed(message), join })) {
        if (this.#hear(message, part) || (leaves && part.type === 'tool-start')) break;
      }
    } catch (error) {
      if (isAgentError(error, 'MESSAGE_DUPLICATE')) message.accepted = true;
    }
  }

  /** True when the reader is gone before it asks for more. */
  #hear(message: Written, part: StreamPart): boolean {
    if (part.type === 'turn-start') {
      message.accepted = true;
      message.turns.add(part.turn);
    }
    if (part.type === 'approval-ask') {
      this.#asked.push({ turn: part.turn, callId: part.call.callId });
    }
    if (part.type === 'turn-end') message.ended.add(part.turn);
    return false;
  }

  #answer({ turn, callId }: { turn: string; callId: string }, yes: boolean): void {
    const type = yes ? 'approve' : 'deny';
    // A question that is no longer open was answered by time.
    this.#life?.driver.act({ type, turn, callId }).catch(() => undefined);
  }

  async #listen({ notices }: Life, process: Process): Promise<void> {
    try {
      for await (const { id } of notices.listen('owner', new AbortController().signal)) {
        if (!process.isOpen()) return;
        this.noticed.add(id);
      }
    } catch {
      // A store that refuses ends the listening; the terminal would listen again.
      if (process.isOpen() && this.#life !== undefined) {
        await process.wait(1_000, new AbortController().signal);
        await this.#listen(this.#life, process);
      }
    }
  }

  /** To the next timer, a leap over many as after a suspended machine, or a clock that is set. */
  async #passTime(): Promise<void> {
    const random = this.#random;
    const next = Math.ceil(this.#clock.waits[0] ?? 1_000);
    const ms = random.chance(0.5) ? next : random.whole(20 * 60_000);
    this.#clock.forward(ms);
    if (random.chance(0.002)) {
      this.#clock.set(this.#clock.now() + (random.whole(49) - 24) * hourMs);
      this.faults += 1;
    }
    await this.#flush();
  }

  /** Everything that needs no answer from outside has happened. */
  async #flush(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }

  /** UUID version 7 (RFC 9562) by the simulated clock and the seed. */
  #uuid(): string {
    const time = Math.floor(this.#clock.now()).toString(16).padStart(12, '0');
    const part = (digits: number): string =>
      this.#random
        .whole(16 ** digits)
        .toString(16)
        .padStart(digits, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${part(3)}-8${part(3)}-${part(6)}${part(6)}`;
  }
}
