// Owns what people ask of finished turns: the list of them, hiding the last. Refuses to run one.

import { AgentError } from '@opencomputer/contracts';
import type { TurnSummary } from '@opencomputer/contracts/internal';
import type { DriverPorts } from './ports.ts';

/** Turns of a conversation, oldest first. */
export async function summaries(
  { log }: Pick<DriverPorts<never>, 'log'>,
  conversation: string,
): Promise<readonly TurnSummary[]> {
  const { turns, undone } = await log.journal.turns(conversation);
  return turns.map(({ turn, at, status, messages, reply, usage }) => {
    const said = messages.find(({ role }) => role === 'user');
    const text = said?.role === 'user' ? said.text : '';
    return { turn, at, status, text, reply, undone: undone.has(turn), usage };
  });
}

/** Hides the last visible turn. Rejects with CONVERSATION_UNKNOWN when there is none. */
export async function hideLast(
  ports: Pick<DriverPorts<never>, 'log' | 'clock'>,
  { person, conversation }: { readonly person: string; readonly conversation: string },
): Promise<TurnSummary> {
  const last = (await summaries(ports, conversation)).findLast(({ undone }) => !undone);
  if (last === undefined) throw new AgentError('CONVERSATION_UNKNOWN', { conversation });
  const { journal, database } = ports.log;
  const event = { name: 'turn-undo', at: ports.clock.now(), payload: { turn: last.turn } };
  await database.write([await journal.event({ person, conversation }, event)]);
  return { ...last, undone: true };
}

/** What a message needs that is not sent. */
export const unsent = {
  channel: 'preview',
  channelMessageId: '',
  assurance: 'none',
  interactive: false,
  stream: false,
} as const;
