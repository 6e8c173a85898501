// Owns the record of a turn as many processes write it: what is there stays, what is missing is added,
// however often it is tried. Refuses gaps, and two inputs at one place.

import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { InboundMessage, Json, TurnInput } from '@opencomputer/contracts';
import type { CarriedInput, Statement, Unrecorded } from '@opencomputer/contracts/internal';
import type { DriverPorts } from '../ports.ts';
import { isSmall, thinned } from './carried-input.ts';

/** Attempts to add what another process adds at the same time. */
const attemptsMax = 5;
/** Characters of a result that are left when the whole could not be kept. */
const shortenedCharactersMax = 2_000;

/** A turn as its record tells it. */
export interface LoggedTurn {
  readonly message: InboundMessage;
  readonly record: readonly TurnInput[];
}

/** The records of turns. */
export interface TurnLog {
  /** Adds what is missing, and gives the turn up to the last of these inputs. */
  write(turn: string, unrecorded: Unrecorded): Promise<LoggedTurn>;
  /** The same in one commit with what `more` makes of the turn; nothing when it has ended before. */
  end(
    turn: string,
    unrecorded: Unrecorded,
    more: (logged: LoggedTurn) => Promise<readonly Statement[]>,
  ): Promise<void>;
  /** Keeps an input that is too large to be carried. */
  carry(message: InboundMessage, input: TurnInput): Promise<CarriedInput>;
}

type LogPorts = Pick<DriverPorts<never>, 'log' | 'tools' | 'identifier' | 'report'>;

/** Records over the event log. */
export function createTurnLog(ports: LogPorts): TurnLog {
  const { journal, database } = ports.log;
  return {
    write: (turn, unrecorded) =>
      repeated(async () => {
        const { logged, missing, place } = await read(ports, turn, unrecorded);
        const statements = await added(ports, logged, { missing, place });
        if (statements.length > 0) await database.write(statements);
        if (missing.some(hasTimers)) ports.tools.timersKept();
        return logged;
      }),
    end: (turn, unrecorded, more) =>
      repeated(async () => {
        const progress = (await journal.progress([turn])).get(turn);
        if (progress?.isEnded === true) return;
        const { logged, missing, place } = await read(ports, turn, unrecorded);
        const statements = await added(ports, logged, { missing, place });
        await database.write([...statements, ...(await more(logged))]);
        if (missing.some(hasTimers)) ports.tools.timersKept();
      }),
    carry: async (message, input) => {
      if (isSmall(input)) return { input };
      const kept = ports.identifier();
      const payload = JSON.parse(JSON.stringify(input)) as Json;
      const event = { id: kept, name: 'turn-part', at: input.at, payload };
      try {
        await database.write([await journal.event(ownerOf(message), event)]);
        return { input: thinned(input), kept };
      } catch (error) {
        if (input.type !== 'tool-finish') throw error;
        // The effect has happened, so its result must not be lost with the words of it.
        ports.report(error, `turn ${message.id}`);
        return { input: shortened(input) };
      }
    },
  };
}

/** Again when another process was faster: what it wrote is then there. */
async function repeated<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isAgentError(error, 'STORE_CONFLICT') || attempt >= attemptsMax) throw error;
    }
  }
}

interface Missing {
  readonly missing: readonly TurnInput[];
  /** The place of the first that is missing. */
  readonly place: number;
}

async function read(
  { log }: LogPorts,
  turn: string,
  { from, inputs }: Unrecorded,
): Promise<Missing & { readonly logged: LoggedTurn }> {
  const known = await log.journal.record(turn);
  const [first] = known;
  if (first?.type !== 'turn-start' || known.length < from) {
    throw new AgentError('INTERNAL', { problem: `the record of ${turn} has a gap` });
  }
  const carried = inputs.slice(known.length - from);
  const missing = await Promise.all(
    carried.map(async ({ input, kept }) => (kept === undefined ? input : log.journal.kept(kept))),
  );
  const record = [...known, ...missing].slice(0, from + inputs.length);
  return { logged: { message: first.message, record }, missing, place: known.length };
}

async function added(
  { log, tools }: LogPorts,
  { message, record }: LoggedTurn,
  { missing, place }: Missing,
): Promise<readonly Statement[]> {
  const statements = [...(await log.journal.append(ownerOf(message), missing, place))];
  for (const input of missing) {
    if (!hasTimers(input)) continue;
    const { person, conversation } = message;
    const owner = { person, conversation, plugin: pluginOf(record, input.callId) };
    statements.push(...(await tools.keepTimers(owner, input.outcome.timers)));
  }
  return statements;
}

type ToolFinish = Extract<TurnInput, { type: 'tool-finish' }>;
type DoneOutcome = Extract<ToolFinish['outcome'], { status: 'done' }>;
type WithTimers = ToolFinish & {
  readonly outcome: DoneOutcome & { readonly timers: NonNullable<DoneOutcome['timers']> };
};

function hasTimers(input: TurnInput): input is WithTimers {
  if (input.type !== 'tool-finish' || input.outcome.status !== 'done') return false;
  return input.outcome.timers !== undefined;
}

/** Whose tool was decided on. */
function pluginOf(record: readonly TurnInput[], callId: string): string {
  const decisions = record.flatMap((input) =>
    input.type === 'policy-decide' ? input.decisions : [],
  );
  return decisions.find((decision) => decision.callId === callId)?.plugin ?? 'unknown';
}

function shortened(input: ToolFinish): TurnInput {
  const { status, text } = input.outcome;
  const rest = `${text.slice(0, shortenedCharactersMax)}…\n(The rest could not be kept.)`;
  const outcome = status === 'failed' ? { ...input.outcome, text: rest } : { status, text: rest };
  return { ...input, outcome };
}

/** Whose the events of a turn are. */
export function ownerOf({ person, conversation, id }: InboundMessage): {
  person: string;
  conversation: string;
  turn: string;
} {
  return { person, conversation, turn: id };
}
