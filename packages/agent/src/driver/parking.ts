// Owns what is set aside: a message whose turn ended the process again and again, or that was altered
// where it is stored. Refuses to do that in silence: the person is told in the same commit.

import { isAgentError, toErrorData } from '@opencomputer/contracts';
import type { InboundMessage, Json } from '@opencomputer/contracts';
import type { OpenMessage, Statement } from '@opencomputer/contracts/internal';
import type { DriverPorts } from './ports.ts';

/** Starts of one turn; when the last of them did not end it either, its message is set aside. */
export const startsMax = 3;
/** What is repeated of a message that was set aside. */
const wordsMax = 80;
/** The channel by which the agent speaks by itself until a person chose another. */
const noticeChannel = 'terminal';

/** What parking needs. */
export type ParkingPorts = Pick<DriverPorts<never>, 'log' | 'clock' | 'identifier' | 'report'>;

/** True when a row can never be opened: it was altered, or its person was erased. */
export function isUnreadable(error: unknown): boolean {
  return isAgentError(error, 'SEAL_BROKEN') || isAgentError(error, 'PERSON_ERASED');
}

/** Sets aside a message whose turn was started too often. */
export async function parkCrashing(ports: ParkingPorts, open: OpenMessage): Promise<void> {
  const { text } = await ports.log.mailbox.read(open.id);
  const said =
    `The agent ended ${open.starts} times while it worked on "${shortened(text)}", so this message ` +
    'was set aside and is not tried again by itself.';
  await park(ports, open, { reason: 'crashes', said });
}

/** Sets aside a message whose turn failed too often before its end could be recorded. */
export async function parkFaulty(
  ports: ParkingPorts,
  open: OpenMessage,
  failure: unknown,
): Promise<void> {
  const { text } = await ports.log.mailbox.read(open.id);
  const said =
    `The agent could not work on "${shortened(text)}" (${toErrorData(failure).message}), so this ` +
    'message was set aside and is not tried again by itself.';
  await park(ports, open, { reason: 'faults', said });
}

/** Sets aside a message that cannot be used, and tells the operator why. */
export async function parkUnreadable(
  ports: ParkingPorts,
  open: OpenMessage,
  error: unknown,
): Promise<void> {
  ports.report(error, `message ${open.id}`);
  const { mailbox, database } = ports.log;
  if (isAgentError(error, 'PERSON_ERASED')) {
    await database.write([mailbox.park(open.id)]);
    return;
  }
  const said =
    'A message that you sent before was altered where it is stored, so it is not used and was set ' +
    'aside.';
  await park(ports, open, { reason: 'altered', said });
}

async function park(
  ports: ParkingPorts,
  open: OpenMessage,
  { reason, said }: { readonly reason: string; readonly said: string },
): Promise<void> {
  const { log, identifier } = ports;
  const { id, person, conversation, starts } = open;
  const text = `${said} Try it again with \`agent pending retry ${id}\`, or drop it with \`agent pending drop ${id}\`.`;
  const notice = { id: identifier(), channel: noticeChannel, person, conversation, text };
  await log.database.write([
    log.mailbox.park(id),
    await eventOf(ports, open, { name: 'message-park', payload: { reason, starts } }),
    ...(await log.mailbox.enqueue(notice)),
  ]);
  log.announce(person);
  log.replied();
}

/** The statement of an event about a message. */
export function eventOf(
  { log, clock }: Pick<ParkingPorts, 'log' | 'clock'>,
  { id, person, conversation }: Pick<OpenMessage, 'id' | 'person' | 'conversation'>,
  { name, payload }: { readonly name: string; readonly payload: Json },
): Promise<Statement> {
  return log.journal.event({ person, conversation, turn: id }, { name, at: clock.now(), payload });
}

/** The first words of a message, on one line. */
export function shortened(text: InboundMessage['text']): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > wordsMax ? `${line.slice(0, wordsMax)}…` : line;
}
