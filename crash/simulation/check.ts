// Owns the accounting identity over one episode: what was accepted against what is on the disk, and
// what the world took. Refuses to know how the agent came to it.

import type { InboundMessage, OutboundReply, TurnInput } from '@opencomputer/contracts';
import type { PersonSeal } from '@opencomputer/contracts/internal';
import type { Violation } from '../story/account.ts';
import type { Episode, Written } from './episode.ts';

interface SealedRow {
  readonly id: string;
  readonly state: string;
  readonly channel: string;
  readonly turn: string | null;
  readonly payload: Uint8Array;
}

interface Ledger {
  readonly inbox: readonly (SealedRow & { readonly message: InboundMessage })[];
  readonly outbox: readonly (SealedRow & { readonly reply: OutboundReply })[];
  readonly ends: ReadonlyMap<string, number>;
  readonly records: ReadonlyMap<string, readonly TurnInput[]>;
}

/** What the episode came to. */
export interface EpisodeAccount {
  readonly accepted: number;
  readonly done: number;
  readonly parked: number;
  readonly effects: number;
  readonly unknown: number;
  readonly violations: readonly Violation[];
}

/** The accounts of an episode. */
export async function checkEpisode(episode: Episode): Promise<EpisodeAccount> {
  const ledger = await readLedger(episode);
  const violations: Violation[] = [];
  const add: Add = (assertion, text) => violations.push({ assertion, text });
  if (!episode.isQuiet) add('settles', 'it was still at work after all its patience');
  for (const message of episode.written) checkMessage(message, ledger, add);
  for (const { id, state } of ledger.inbox) checkEnd({ id, state }, ledger, add);
  checkShown(episode, ledger, add);
  checkEffects(episode, add);
  const unknown = checkOutcomes(episode, ledger, add);
  return {
    accepted: episode.written.filter(({ accepted }) => accepted).length,
    done: ledger.inbox.filter(({ state }) => state === 'done').length,
    parked: ledger.inbox.filter(({ state }) => state === 'parked').length,
    effects: episode.outside.effects.length,
    unknown,
    violations,
  };
}

type Add = (assertion: Violation['assertion'], text: string) => void;

async function readLedger({ disk }: Episode): Promise<Ledger> {
  const seal = await disk.sealing.person('owner');
  const inbox = disk.rows<SealedRow>('select * from inbox');
  const outbox = disk.rows<SealedRow>('select * from outbox');
  const events = disk.rows<SealedRow & { readonly name: string; readonly seq: number | null }>(
    'select * from events order by turn, seq',
  );
  const ends = new Map<string, number>();
  const records = new Map<string, TurnInput[]>();
  for (const event of events) {
    const turn = event.turn ?? '';
    if (event.name === 'turn-finish') ends.set(turn, (ends.get(turn) ?? 0) + 1);
    if (event.seq === null) continue;
    const record = records.get(turn) ?? [];
    records.set(turn, record);
    record.push(opened<TurnInput>(seal, 'events', event));
  }
  return {
    inbox: inbox.map((row) => ({ ...row, message: opened<InboundMessage>(seal, 'inbox', row) })),
    outbox: outbox.map((row) => ({ ...row, reply: opened<OutboundReply>(seal, 'outbox', row) })),
    ends,
    records,
  };
}

function opened<Value>(seal: PersonSeal, table: string, { id, payload }: SealedRow): Value {
  const bytes = seal.open({ table, rowId: id }, payload);
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Value;
}

function checkMessage(written: Written, { inbox }: Ledger, add: Add): void {
  const { channelMessageId: name, accepted, turns, by } = written;
  const rows = inbox.filter(({ message }) => message.channelMessageId === name);
  const kept = [...turns].filter((turn) => rows.some(({ id }) => id === turn));
  if ((accepted && rows.length === 0) || kept.length < turns.size) {
    add('accepted-is-kept', `${name} by ${by} was accepted and is not in the inbox`);
  }
  if (rows.length > 1) add('message-once', `${name} is ${rows.length} times in the inbox`);
  if (!accepted) add('settles', `${name} was never accepted`);
}

function checkEnd(
  { id, state }: Pick<SealedRow, 'id' | 'state'>,
  { ends, outbox }: Ledger,
  add: Add,
): void {
  if (state === 'open') add('settles', `${id} is open after the quiet time`);
  const due = state === 'done' ? 1 : 0;
  const had = ends.get(id) ?? 0;
  if (had !== due) add('one-end', `${id} is ${state} and has ${had} ends`);
  const replies = outbox.filter(({ turn }) => turn === id).length;
  if (replies !== due) add('one-reply', `${id} is ${state} and has ${replies} replies`);
}

/** Everything said was shown to somebody, or taken by the medium. */
function checkShown({ noticed, written, outside }: Episode, { outbox }: Ledger, add: Add): void {
  const ended = new Set(written.flatMap((message) => [...message.ended]));
  const taken = new Set(outside.delivered.map(({ id }) => id));
  const dues = new Map<string, number>();
  for (const { id, state, channel, turn, reply } of outbox) {
    const isShown =
      channel === 'medium' ? taken.has(id) : noticed.has(id) || (turn !== null && ended.has(turn));
    if (state === 'pending') add('settles', `reply ${id} for ${channel} still waits`);
    if (state === 'delivered' && !isShown)
      add('reply-shown', `${id} for ${channel} was never seen`);
    const [due] = /^due k\d+$/.exec(reply.text) ?? [];
    if (due !== undefined) dues.set(`${channel} ${due}`, (dues.get(`${channel} ${due}`) ?? 0) + 1);
  }
  for (const [due, times] of dues) {
    if (times > 1) add('reminder-once', `${due} was said ${times} times`);
  }
}

const withoutKey = ['sim_once', 'sim_asked'];

function checkEffects({ outside }: Episode, add: Add): void {
  for (const [marker, effects] of Map.groupBy(outside.effects, (effect) => effect.marker)) {
    const [first] = effects;
    const keys = new Set(effects.map(({ key }) => key)).size;
    if (withoutKey.includes(first?.tool ?? '')) {
      if (effects.length > 1)
        add('effect-once', `${first?.tool} ${marker}: ${effects.length} times`);
    } else if (keys > 1) add('key-once', `${first?.tool} ${marker}: under ${keys} keys`);
  }
}

/** What the record says of each call, against what the world took; gives the unknown ones. */
function checkOutcomes({ outside }: Episode, { records, outbox }: Ledger, add: Add): number {
  const happened = new Set(outside.effects.map(({ marker }) => marker));
  const recorded = new Set<string>();
  let unknown = 0;
  for (const [turn, record] of records) {
    const calls = new Map(record.flatMap(callsIn));
    for (const { marker } of calls.values()) recorded.add(marker);
    for (const input of record) {
      if (input.type !== 'tool-finish') continue;
      const { tool = '', marker = '' } = calls.get(input.callId) ?? {};
      const { status } = input.outcome;
      if (status === 'done' && !happened.has(marker)) {
        add('told-truth', `${turn}: ${tool} ${marker} is done and never happened`);
      }
      const isDenied = status === 'refused' || (status === 'failed' && withoutKey.includes(tool));
      if (isDenied && happened.has(marker)) {
        add('told-truth', `${turn}: ${tool} ${marker} is ${status} and happened`);
      }
      if (status === 'unknown') unknown += 1;
      const isSet = status === 'done' && tool === 'sim_remind';
      const said = `due ${marker}`;
      if (isSet && !outbox.some(({ reply }) => reply.text === said)) {
        add('settles', `${turn}: the reminder ${marker} was never said`);
      }
    }
  }
  for (const { tool, marker } of outside.effects) {
    if (!recorded.has(marker)) add('effect-is-recorded', `${tool} ${marker} stands in no record`);
  }
  return unknown;
}

function callsIn(input: TurnInput): [string, { tool: string; marker: string }][] {
  const calls =
    input.type === 'model-finish'
      ? input.parts.flatMap((part) => (part.type === 'tool-call' ? [part.call] : []))
      : input.type === 'turn-start' && input.plan.type === 'tool'
        ? [input.plan.call]
        : [];
  return calls.map(({ callId, tool, arguments: values }) => [
    callId,
    { tool, marker: (values as { readonly marker: string }).marker },
  ]);
}
