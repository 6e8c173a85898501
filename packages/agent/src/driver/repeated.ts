// Owns what who sends a message again is shown: the end of the turn that it had the first time.
// Refuses a message that is another one under the same id.

import { AgentError } from '@opencomputer/contracts';
import type { InboundMessage, StreamPart } from '@opencomputer/contracts';
import type { KnownMessage, SendRequest, TurnMachine } from '@opencomputer/contracts/internal';
import { TurnParts } from './cluster/turn-parts.ts';
import type { LogPorts } from './ports.ts';

type Log = Pick<LogPorts, 'journal' | 'mailbox'>;

/**
 * The message that `message` repeats. Rejects with MESSAGE_DUPLICATE unless the request wants to join
 * it, with IDEMPOTENCY_KEY_REUSED when it is another one.
 */
export async function repeatedMessage(
  { mailbox }: Pick<Log, 'mailbox'>,
  request: SendRequest,
): Promise<InboundMessage & Pick<KnownMessage, 'state'>> {
  const known = request.join === true ? await mailbox.known(request) : undefined;
  if (known === undefined) throw new AgentError('MESSAGE_DUPLICATE');
  if (known.person !== request.person) throw new AgentError('IDEMPOTENCY_KEY_REUSED');
  const message = await mailbox.read(known.id);
  const { text, conversation = message.conversation } = request;
  if (message.text !== text || message.conversation !== conversation) {
    throw new AgentError('IDEMPOTENCY_KEY_REUSED');
  }
  return { ...message, state: known.state };
}

/**
 * The parts by which a turn ended. Rejects with INTERNAL when it has no end, since its message was
 * set aside.
 */
export async function endParts(
  { log, machine }: { readonly log: Log; readonly machine: TurnMachine },
  { turn, stream }: { readonly turn: string; readonly stream: boolean },
): Promise<readonly StreamPart[]> {
  const shown: StreamPart[] = [];
  const parts = new TurnParts({ machine, pluginOf: () => '' }, (part) => shown.push(part));
  if (!parts.take(await log.journal.record(turn))) {
    throw new AgentError('INTERNAL', { problem: 'the message was set aside' });
  }
  // Of what was done on the way only the end is told.
  shown.length = 0;
  parts.end(turn, { stream });
  return shown;
}

/** The reader of an end has the reply of that turn, so it need not wait for the person as well. */
export async function takeReply(
  { mailbox }: Pick<Log, 'mailbox'>,
  { person, turn }: { readonly person: string; readonly turn: string },
): Promise<void> {
  const replies = (await mailbox.waiting(person)).filter((reply) => reply.turn === turn);
  await mailbox.delivered(replies.map(({ id }) => id));
}
