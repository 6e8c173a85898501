// Owns one life of the simulated agent: the real driver, channels, timers, policy and core over a
// simulated disk. Refuses to be anything but what the composition root makes of them.

import type { InboundMessage, StreamPart } from '@opencomputer/contracts';
import type { SendRequest, Understand } from '@opencomputer/contracts/internal';
import { createChannels } from '../../packages/agent/src/channels/index.ts';
import type { Notices } from '../../packages/agent/src/channels/index.ts';
import * as core from '../../packages/agent/src/core/index.ts';
import { createDriver } from '../../packages/agent/src/driver/driver.ts';
import type { Driver } from '../../packages/agent/src/driver/driver.ts';
import { createJournal, fireTimer, replyEvents } from '../../packages/agent/src/driver/index.ts';
import type { Journal } from '../../packages/agent/src/driver/index.ts';
import { createGate, decide, originsOf } from '../../packages/agent/src/policy/index.ts';
import { createTimers } from '../../packages/agent/src/workflows/index.ts';
import type { Random } from '../random.ts';
import type { Disk } from './disk.ts';
import type { Process } from './faults.ts';
import { simulatedChannel, simulatedHost, simulatedModel } from './outside.ts';
import type { Outside } from './outside.ts';

/** What a life is made of; the first three outlive it. */
export interface LifeParts {
  readonly disk: Disk;
  readonly outside: Outside;
  readonly identifier: () => string;
  readonly process: Process;
  readonly random: Random;
  readonly report: (error: unknown, about: string) => void;
}

/** A running agent. */
export interface Life {
  readonly driver: Driver;
  readonly journal: Journal;
  readonly notices: Notices;
}

const budget = { steps: 10, tokens: 100_000, seconds: 600, money: 1 };
const plugin = 'sim';
const grants = ['sim_read', 'sim_keyed', 'sim_once', 'sim_remind'].map((tool) => ({
  type: 'tool' as const,
  plugin,
  tool,
}));

/** Starts the agent, which goes on with what the life before it left. */
export async function live(parts: LifeParts): Promise<Life> {
  const { disk, identifier, process, random, report, outside } = parts;
  const { sealing } = disk;
  const database = disk.open(process);
  const clock = process.clock();
  const gate = createGate(decide);
  const journal = createJournal({ database, sealing, identifier, machine: core, report });
  const shared = { database, sealing, clock, report };
  const { mailbox, notices, delivery } = createChannels({
    ...shared,
    channels: [{ channel: simulatedChannel(parts), copies: 'notices' }],
    random: () => random.next(),
    ...replyEvents(journal),
  });
  const host = simulatedHost({ outside, process, random }, (permit) => gate.redeem(permit));
  const timeZone = 'Europe/Berlin';
  const { enqueue } = mailbox;
  const firing = { host, gate, grants, journal, enqueue, clock, identifier, timeZone, report };
  const timers = createTimers({
    ...shared,
    fire: (timer) => fireTimer(firing, timer),
    fired: ({ person }) => {
      notices.announce(person);
      delivery.wake();
    },
  });
  const driver = createDriver<core.Conversation>({
    core: {
      machine: core,
      dialogue: core.createDialogue(() => core.windowLimits(100_000)),
      understand: understandWith(parts),
      prepare: async (view, { message: { id, at }, messages, step }) => ({
        system: 'Simulated.',
        messages: core.assembleMessages(view, { at, messages }),
        tools: [],
        outputTokensMax: 1_000,
        trace: { turn: id, step },
      }),
    },
    tools: {
      host,
      gate,
      grants,
      originsOf,
      keepTimers: timers.keep,
      timersKept: () => timers.wake(),
      folders: [],
    },
    log: {
      journal,
      mailbox,
      database,
      observe: () => [],
      announce: notices.announce,
      replied: delivery.wake,
    },
    engine: simulatedModel({ outside, process, random }),
    clock,
    identifier,
    budget,
    report,
  });
  await delivery.start((message) => driver.receive(message));
  await driver.resume();
  await timers.start();
  return { driver, journal, notices };
}

/** Every third message goes straight to a tool, as the fast path does it. */
function understandWith({ outside }: LifeParts): Understand {
  return async ({ id, text }) => {
    const parsed = {
      kind: 'unknown' as const,
      confidence: 0,
      slots: {},
      missing: [],
      alternatives: [],
      reason: 'simulated',
    };
    const [, tool] = /^straight to (\w+)/.exec(text) ?? [];
    if (tool === undefined) return { parsed, plan: { type: 'model' } };
    const values = { marker: outside.marker() };
    const call = { callId: `call_${id.slice(-8)}_0_0`, tool, arguments: values };
    return { parsed, plan: { type: 'tool', call, intent: 'simulated', candidates: [] } };
  };
}

/** A message as a terminal sends it. */
export type Typed = Pick<SendRequest, 'channelMessageId' | 'conversation' | 'text'>;

/** The request of a terminal. */
export function typed(message: Typed): SendRequest {
  return {
    channel: 'terminal',
    person: 'owner',
    assurance: 'local',
    timeZone: 'Europe/Berlin',
    interactive: true,
    stream: false,
    ...message,
  };
}

/** The same words as a channel brings them, to be answered by the outbox. */
export function brought(message: Typed, at: number): Omit<InboundMessage, 'id'> {
  const { channelMessageId, conversation = 'medium', text } = message;
  return {
    channel: 'medium',
    channelMessageId,
    person: 'owner',
    assurance: 'key',
    conversation,
    text,
    at,
    timeZone: 'Europe/Berlin',
    interactive: false,
  };
}

export type { StreamPart };
