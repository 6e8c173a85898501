// Owns a store with known contents, with what was acknowledged when: messages, records of turns and
// replies, written by the code of the product. Refuses to look at files that it is not told of.

import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isAgentError } from '@opencomputer/contracts';
import type { Clock, InboundMessage, OutboundReply, TurnInput } from '@opencomputer/contracts';
import type { Mailbox } from '@opencomputer/contracts/internal';
import {
  channelMigrations,
  createMailbox,
  inboxProven,
  outboxProven,
} from '../../packages/agent/src/channels/index.ts';
import * as core from '../../packages/agent/src/core/index.ts';
import {
  createJournal,
  driverMigrations,
  eventsProven,
} from '../../packages/agent/src/driver/index.ts';
import type { Journal } from '../../packages/agent/src/driver/index.ts';
import { createIdentifiers } from '../../packages/agent/src/identifier.ts';
import { openStore } from '../../packages/agent/src/store/index.ts';
import type { Store } from '../../packages/agent/src/store/index.ts';

/** One turn as it was written. */
export interface WrittenTurn {
  readonly message: InboundMessage;
  readonly record: readonly TurnInput[];
  readonly reply: OutboundReply;
  /** Bytes of the log when message, record and reply had been acknowledged, in this order. */
  readonly logBytes: readonly [number, number, number];
}

/** Copies of a store's files, and what is in them. */
export interface WrittenStore {
  /** The files after a kill: the log holds everything. */
  readonly killed: string;
  /** The files after an orderly end: there is no log. */
  readonly closed: string;
  readonly turns: readonly WrittenTurn[];
  remove(): void;
}

export const databaseName = 'store.sqlite';
export const logName = 'store.sqlite-wal';
const clock: Clock = {
  now: () => Date.UTC(2026, 0, 5, 9),
  monotonic: () => 0,
  after: () => () => undefined,
};
const identifier = createIdentifiers();

/** A store over a folder, with the two parts that read and write it. */
export interface OpenedStore {
  readonly store: Store;
  readonly mailbox: Mailbox;
  readonly journal: Journal;
  /** Errors that were told to the operator. */
  readonly reports: readonly string[];
}

/** Opens the store of a folder as the product does. */
export async function openWritten(path: string): Promise<OpenedStore> {
  const store = await openStore({
    path,
    command: 'test:crash',
    migrations: [...channelMigrations, ...driverMigrations],
    proven: [inboxProven, outboxProven, eventsProven],
    clock,
  });
  const { database, sealing } = store;
  const reports: string[] = [];
  const report = (error: unknown, about: string): void => {
    reports.push(`${about}: ${String(error)}`);
  };
  const journal = createJournal({ database, sealing, identifier, machine: core, report });
  return { store, mailbox: createMailbox(database, sealing, { report }), journal, reports };
}

/** Writes so many turns. */
export async function writeStore(count: number): Promise<WrittenStore> {
  const folder = mkdtempSync(join(tmpdir(), 'oc-store-'));
  const [live, killed, closed] = ['live', 'killed', 'closed'].map((name) => join(folder, name));
  if (live === undefined || killed === undefined || closed === undefined) throw new Error('names');
  for (const path of [killed, closed]) mkdirSync(path, { mode: 0o700 });
  const opened = await openWritten(live);
  const turns: WrittenTurn[] = [];
  for (let index = 0; index < count; index += 1) turns.push(await writeTurn(opened, live, index));
  copyStore(live, killed);
  await opened.store.close();
  copyStore(live, closed);
  return { killed, closed, turns, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The files that make a store, but for its lock. */
export function copyStore(from: string, to: string): void {
  for (const name of [databaseName, logName, 'root.key']) {
    try {
      cpSync(join(from, name), join(to, name));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}

async function writeTurn(
  { store, mailbox, journal }: OpenedStore,
  folder: string,
  index: number,
): Promise<WrittenTurn> {
  const bytes = (): number => statSync(join(folder, logName)).size;
  const id = identifier();
  const conversation = `conversation-${index % 5}`;
  const message: InboundMessage = {
    id,
    channel: 'terminal',
    channelMessageId: `message-${index}`,
    person: 'owner',
    assurance: 'local',
    conversation,
    text: `message ${index} ${'and more of it '.repeat(index % 20)}`,
    at: clock.now(),
    timeZone: 'UTC',
    interactive: true,
  };
  await mailbox.accept(message);
  const accepted = bytes();
  const record = recordOf(message);
  const owner = { person: 'owner', conversation, turn: id };
  await store.database.write(await journal.append(owner, record, 0));
  const recorded = bytes();
  const reply = { id: identifier(), channel: 'terminal', person: 'owner', conversation, turn: id };
  const said = { ...reply, text: `answer ${index}` };
  const statements = await mailbox.enqueue(said);
  const ends = index % 2 === 0 ? [mailbox.finish(id)] : [];
  await store.database.write([...statements, ...ends]);
  return { message, record, reply: said, logBytes: [accepted, recorded, bytes()] };
}

function recordOf(message: InboundMessage): readonly TurnInput[] {
  const budget = { steps: 10, tokens: 100_000, seconds: 600, money: 1 };
  const parsed = {
    kind: 'unknown' as const,
    confidence: 0,
    slots: {},
    missing: [],
    alternatives: [],
    reason: 'known contents',
  };
  const at = clock.now();
  return [
    { type: 'turn-start', at, message, parsed, plan: { type: 'model' }, budget },
    { type: 'turn-steer', at, text: `words for ${message.channelMessageId}` },
  ];
}

/** What a reader of the whole store finds, against what was written. */
export interface Reading {
  /** What differs from what was written, although it was served. */
  readonly altered: readonly string[];
  /** What was written and is not served, without an error of its own. */
  readonly missing: readonly string[];
  /** Errors of reads, and what the operator was told. */
  readonly reported: readonly string[];
}

/** Reads everything that belongs to these turns. */
export async function readAll(
  opened: OpenedStore,
  turns: readonly WrittenTurn[],
): Promise<Reading> {
  const { mailbox, journal } = opened;
  const altered: string[] = [];
  const missing: string[] = [];
  const reported: string[] = [];
  const look = async (what: string, due: unknown, read: () => Promise<unknown>): Promise<void> => {
    try {
      const found = await read();
      const isNothing = found === undefined || (Array.isArray(found) && found.length === 0);
      if (isNothing && !isDeepStrictEqual(found, due)) missing.push(what);
      else if (!isDeepStrictEqual(found, due)) altered.push(what);
    } catch (error) {
      // Not an error of the row: there is no row.
      if (isAgentError(error, 'TURN_UNKNOWN')) missing.push(what);
      else reported.push(`${what}: ${String(error)}`);
    }
  };
  const open = turns.filter((_, index) => index % 2 === 1).map(({ message }) => message.id);
  await look('open messages', open, async () => (await mailbox.open()).map(({ id }) => id));
  for (const { message, record } of turns) {
    await look(`message ${message.id}`, message, () => mailbox.read(message.id));
    await look(`record ${message.id}`, record, () => journal.record(message.id));
  }
  const waiting = await mailbox.waiting('owner').catch((error: unknown) => {
    reported.push(`waiting: ${String(error)}`);
    return undefined;
  });
  // No more than this wait at once.
  for (const { reply } of waiting === undefined ? [] : turns.slice(0, waitingMax)) {
    const found = waiting?.find(({ id }) => id === reply.id);
    await look(`reply ${reply.id}`, reply, async () => found);
  }
  return { altered, missing, reported: [...reported, ...opened.reports] };
}

const waitingMax = 40;
