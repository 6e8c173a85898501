// Owns the event log: the record of each turn, and what is read back from it. Refuses to interpret
// a record: what the inputs mean is the pure turn's.

import { sql } from 'kysely';
import { isAgentError } from '@opencomputer/contracts';
import type { IdentifierSource, Json, TurnInput } from '@opencomputer/contracts';
import type { Database, FinishedTurn, Sealing, Statement } from '@opencomputer/contracts/internal';
import type { TurnMachine } from '@opencomputer/contracts/internal';
import { markRows, recordRows } from './record-rows.ts';
import { eventsProven } from './tables.ts';
import type { DriverTables, EventTable } from './tables.ts';

/** Turns of a conversation that are read back; older ones stay in the log. */
export const conversationTurnsMax = 500;
/** Events of one name that are read back. */
const eventsMax = 500;
const payloadVersion = 1;

/** Whose event it is. */
export interface Owner {
  readonly person: string;
  readonly conversation: string;
  readonly turn?: string;
}

/** A conversation of the log in numbers, with its first words. */
export interface LoggedConversation {
  readonly conversation: string;
  readonly title: string;
  readonly turns: number;
  readonly startedAt: number;
  readonly lastAt: number;
}

/** An event outside a record, opened. */
export interface LoggedEvent {
  readonly at: number;
  readonly conversation: string;
  readonly turn?: string;
  readonly payload: Json;
}

/** The log, as the driver uses it. */
export interface Journal {
  /** Statements that add inputs to the record of a turn from place `from` on. */
  append(owner: Owner, inputs: readonly TurnInput[], from: number): Promise<readonly Statement[]>;
  /** The statement that adds an event outside a record; `id` when it has to be found again. */
  event(owner: Owner, event: Recorded): Promise<Statement>;
  /** The input that an event outside a record holds. */
  kept(id: string): Promise<TurnInput>;
  /** How far turns are, by their ids; one without a record is absent. */
  progress(turns: readonly string[]): Promise<ReadonlyMap<string, TurnProgress>>;
  /**
   * The record of a turn in order; empty when there is none. Who knows the conversation says it, so
   * that a record is found missing too. Rejects with SEAL_BROKEN when it is not whole.
   */
  record(turn: string, conversation?: string): Promise<readonly TurnInput[]>;
  /** Finished turns of a conversation (after a turn), oldest first, and all that were undone. */
  turns(
    conversation: string,
    after?: string,
  ): Promise<{ turns: readonly FinishedTurn[]; undone: Set<string> }>;
  /** Conversations of a person, newest first. */
  conversations(person: string, limit: number): Promise<readonly LoggedConversation[]>;
  /** A person's events of one name outside records, newest first. */
  events(person: string, name: string): Promise<readonly LoggedEvent[]>;
  /** The newest turn of a person. */
  lastTurn(person: string): Promise<string | undefined>;
}

/** An event outside a record. */
export interface Recorded {
  readonly id?: string;
  readonly name: string;
  readonly at: number;
  readonly payload: Json;
}

/** How far a turn is. */
export interface TurnProgress {
  readonly inputs: number;
  readonly isEnded: boolean;
}

/** What a journal is made of. */
export interface JournalParts {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly identifier: IdentifierSource;
  readonly machine: TurnMachine;
  /** Told of rows that were altered. */
  readonly report: (error: unknown, about: string) => void;
}

/** A journal over the store. */
export function createJournal(parts: JournalParts): Journal {
  const { database } = parts;
  const insert = prepareInsert(database);
  const query = database.query.$extendTables<DriverTables>();
  const proofs = parts.sealing.rows(eventsProven);
  const row = (owner: Owner, event: Draft): Promise<Statement> =>
    seal(parts, owner, event).then((sealed) => insert({ ...sealed, proof: proofs.prove(sealed) }));
  const open = <Value>(event: EventTable): Promise<Value> => unseal<Value>(parts.sealing, event);
  const recordOf: Journal['record'] = async (turn, conversation) => {
    const rows = await recordRows(database, { turn, conversation });
    return Promise.all(rows.map((event) => open<TurnInput>(event)));
  };
  return {
    append: (owner, inputs, from) =>
      Promise.all(
        inputs.map((input, index) =>
          row(owner, { name: input.type, at: input.at, payload: input, seq: from + index }),
        ),
      ),
    event: (owner, event) => row(owner, { ...event, seq: null }),
    kept: async (id) =>
      open<TurnInput>(
        await query.selectFrom('events').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
      ),
    progress: (turns) => readProgress(database, turns),
    record: recordOf,
    turns: (conversation, after = '') => readTurns(parts, { conversation, after, recordOf }),
    conversations: (person, limit) => listConversations(parts, person, limit),
    events: (person, name) => readEvents(parts, person, name),
    lastTurn: async (person) => {
      const last = await query
        .selectFrom('events')
        .select('turn')
        .where('person', '=', person)
        .where('name', '=', 'turn-start')
        .orderBy('at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return last?.turn ?? undefined;
    },
  };
}

/** The finished turn that a record tells of; nothing while it runs. */
export function finishedTurn(
  machine: TurnMachine,
  turn: string,
  record: readonly TurnInput[],
): FinishedTurn | undefined {
  const state = machine.replay(record);
  if (state === undefined || !machine.isFinal(state)) return undefined;
  const { expectation, text } = state.reply ?? { text: '' };
  return {
    turn,
    at: state.progress.startedAt,
    status: state.status,
    messages: state.messages,
    reply: text,
    usage: state.progress.usage,
    ...(expectation && { expectation }),
  };
}

/** A row without its proof, which covers the rest. */
type Unproven = Omit<EventTable, 'proof'>;

interface Draft {
  readonly id?: string;
  readonly name: string;
  readonly at: number;
  readonly payload: unknown;
  readonly seq: number | null;
}

async function seal(parts: JournalParts, owner: Owner, draft: Draft): Promise<Unproven> {
  const { person, conversation, turn } = owner;
  const { id = parts.identifier() } = draft;
  const key = await parts.sealing.person(person);
  const bytes = Buffer.from(JSON.stringify(draft.payload));
  const payload = key.seal({ table: 'events', rowId: id }, bytes);
  const { name, at, seq } = draft;
  return {
    id,
    at,
    name,
    person,
    conversation,
    seq,
    payload,
    turn: turn ?? null,
    version: payloadVersion,
  };
}

async function unseal<Value>(sealing: Sealing, event: EventTable): Promise<Value> {
  sealing.rows(eventsProven).check(event);
  const key = await sealing.person(event.person);
  const bytes = key.open({ table: 'events', rowId: event.id }, event.payload);
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Value;
}

function prepareInsert(database: Database): (event: EventTable) => Statement {
  const query = database.query.$extendTables<DriverTables>();
  return database.prepare<EventTable>((value) =>
    query.insertInto('events').values({
      id: value('id'),
      at: value('at'),
      name: value('name'),
      person: value('person'),
      conversation: value('conversation'),
      turn: value('turn'),
      seq: value('seq'),
      version: value('version'),
      payload: value('payload'),
      proof: sql`chain_row('events', ${value('proof')})`,
    }),
  );
}

/** What was altered is told of and left out; everything else stays a failure. */
function unlessBroken(report: JournalParts['report'], about: string) {
  return (error: unknown): undefined => {
    if (!isAgentError(error, 'SEAL_BROKEN')) throw error;
    report(error, `events of ${about}`);
  };
}

async function readProgress(
  database: Database,
  turns: readonly string[],
): ReturnType<Journal['progress']> {
  if (turns.length === 0) return new Map();
  const query = database.query.$extendTables<DriverTables>();
  const rows = await query
    .selectFrom('events')
    .select((expression) => [
      'turn',
      expression.fn.count<number>('seq').as('inputs'),
      expression.fn
        .max(expression.case().when('name', '=', 'turn-finish').then(1).else(0).end())
        .as('ended'),
    ])
    .where('turn', 'in', turns)
    .groupBy('turn')
    .execute();
  return new Map(
    rows.map(({ turn, inputs, ended }) => [
      turn ?? '',
      { inputs: Number(inputs), isEnded: Number(ended) === 1 },
    ]),
  );
}

async function readTurns(
  { database, machine, sealing, report }: JournalParts,
  asked: {
    readonly conversation: string;
    readonly after: string;
    readonly recordOf: Journal['record'];
  },
): ReturnType<Journal['turns']> {
  const { conversation, after, recordOf } = asked;
  const query = database.query.$extendTables<DriverTables>();
  const recent = await query
    .selectFrom('events')
    .select('turn')
    // Not by its first input only, which a damaged index may hide.
    .distinct()
    .where('conversation', '=', conversation)
    .where('turn', '>', after)
    .orderBy('turn', 'desc')
    .limit(conversationTurnsMax)
    .execute();
  const turns: FinishedTurn[] = [];
  const people = new Set<string>();
  for (const { turn } of recent.reverse()) {
    if (turn === null) continue;
    const record = await recordOf(turn, conversation).catch(unlessBroken(report, turn));
    const finished = record && finishedTurn(machine, turn, record);
    const [first] = record ?? [];
    if (first?.type === 'turn-start') people.add(first.message.person);
    if (finished !== undefined) turns.push(finished);
  }
  const marks = await markRows(database, conversation, people);
  const undone = marks.map((event) =>
    unseal<{ turn: string }>(sealing, event).catch(unlessBroken(report, event.id)),
  );
  const known = (await Promise.all(undone)).flatMap((mark) => (mark ? [mark.turn] : []));
  return { turns, undone: new Set(known) };
}

async function listConversations(
  { database, sealing, report }: JournalParts,
  person: string,
  limit: number,
): Promise<readonly LoggedConversation[]> {
  const query = database.query.$extendTables<DriverTables>();
  const groups = await query
    .selectFrom('events')
    .select((expression) => [
      'conversation',
      expression.fn.countAll<number>().as('turns'),
      expression.fn.min('at').as('startedAt'),
      expression.fn.max('at').as('lastAt'),
      expression.fn.min('id').as('first'),
    ])
    .where('person', '=', person)
    .where('name', '=', 'turn-start')
    .groupBy('conversation')
    .orderBy('lastAt', 'desc')
    .limit(limit)
    .execute();
  return Promise.all(
    groups.map(async ({ conversation, turns, startedAt, lastAt, first }) => {
      const event = await query
        .selectFrom('events')
        .selectAll()
        .where('id', '=', first)
        .executeTakeFirstOrThrow();
      const opened = unseal<{ message: { text: string } }>(sealing, event);
      const started = await opened.catch(unlessBroken(report, first));
      const title = started?.message.text ?? '(altered, not shown)';
      return {
        conversation: conversation ?? '',
        title: title.replaceAll(/\s+/g, ' ').slice(0, 80),
        turns: Number(turns),
        startedAt: Number(startedAt),
        lastAt: Number(lastAt),
      };
    }),
  );
}

async function readEvents(
  { database, sealing, report }: JournalParts,
  person: string,
  name: string,
): Promise<readonly LoggedEvent[]> {
  const rows = await database.query
    .$extendTables<DriverTables>()
    .selectFrom('events')
    .selectAll()
    .where('person', '=', person)
    .where('name', '=', name)
    .orderBy('at', 'desc')
    .limit(eventsMax)
    .execute();
  const opened = rows.map(async (event): Promise<readonly LoggedEvent[]> => {
    const payload = await unseal<Json>(sealing, event).catch(unlessBroken(report, event.id));
    if (payload === undefined) return [];
    const { at, conversation, turn } = event;
    const owner = { conversation: conversation ?? '', ...(turn !== null && { turn }) };
    return [{ at: Number(at), ...owner, payload }];
  });
  return (await Promise.all(opened)).flat();
}
