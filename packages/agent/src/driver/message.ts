// Owns the way in: a request as the one message format, an action as an input of the turn. Refuses
// what is empty or too large before anything is written.

import { AgentError } from '@opencomputer/contracts';
import type { Clock, IdentifierSource, InboundMessage, TurnInput } from '@opencomputer/contracts';
import type { SendRequest, TurnAction } from '@opencomputer/contracts/internal';
import type { Journal } from './journal.ts';
import { unknownOutcomes } from './pending.ts';

/** A message is at most this long, in bytes of UTF-8. */
export const messageBytesMax = 1_000_000;

/**
 * The message of a request, with the call that the person wants done again. Rejects as `toMessage`
 * throws, and with APPROVAL_UNKNOWN when no such call waits.
 */
export async function requestedMessage(
  request: SendRequest,
  given: Given & { readonly log: { readonly journal: Pick<Journal, 'events'> } },
): Promise<InboundMessage> {
  const { again, person } = request;
  if (again === undefined) return toMessage(request, given);
  const lost = await unknownOutcomes(given.log.journal, person);
  const found = lost.find(({ id }) => id === again);
  if (found === undefined) throw new AgentError('APPROVAL_UNKNOWN', { approval: again });
  const { conversation, call } = found;
  return { ...toMessage({ ...request, conversation }, given), repeat: { outcome: again, call } };
}

interface Given {
  readonly clock: Clock;
  readonly identifier: IdentifierSource;
}

/** The message of a request without its `again`. Throws INPUT_EMPTY, INPUT_TOO_LARGE or INPUT_INVALID. */
export function toMessage(request: SendRequest, given: Given): InboundMessage {
  const { text, attached = '', command, timeZone } = request;
  const bytes = Buffer.byteLength(text) + Buffer.byteLength(attached);
  checkSize(bytes);
  if (text.trim() === '') throw new AgentError('INPUT_EMPTY');
  if (!isTimeZone(timeZone)) {
    throw new AgentError('INPUT_INVALID', { problem: `"${timeZone}" is not an IANA time zone` });
  }
  const { channel, channelMessageId, person, assurance, interactive, folder, modelOnly } = request;
  return {
    id: given.identifier(),
    channel,
    channelMessageId,
    person,
    assurance,
    conversation: request.conversation ?? given.identifier(),
    text,
    at: given.clock.now(),
    timeZone,
    interactive,
    ...(attached !== '' && { attached }),
    ...(folder !== undefined && { folder }),
    ...(command !== undefined && { command }),
    ...(modelOnly === true && { modelOnly }),
  };
}

/** The input that an action of the person is to its turn. Throws INPUT_EMPTY or INPUT_TOO_LARGE. */
export function toInput(action: TurnAction, at: number): TurnInput {
  switch (action.type) {
    case 'approve':
      return { type: 'approval-give', at, callId: action.callId, approved: true };
    case 'deny': {
      const { callId, reason } = action;
      return { type: 'approval-give', at, callId, approved: false, ...(reason && { reason }) };
    }
    case 'cancel':
      return { type: 'turn-cancel', at, reason: action.reason };
    case 'steer':
      if (action.text.trim() === '') throw new AgentError('INPUT_EMPTY');
      checkSize(Buffer.byteLength(action.text));
      return { type: 'turn-steer', at, text: action.text };
  }
}

function checkSize(bytes: number): void {
  if (bytes <= messageBytesMax) return;
  throw new AgentError('INPUT_TOO_LARGE', { bytes, bytesMax: messageBytesMax });
}

/** Zones that were found to exist: asking costs more than the rest of a message. */
const zonesKnown = new Set<string>();
const zonesKnownMax = 64;

function isTimeZone(zone: string): boolean {
  if (zonesKnown.has(zone)) return true;
  try {
    Intl.DateTimeFormat('en', { timeZone: zone });
    if (zonesKnown.size < zonesKnownMax) zonesKnown.add(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
