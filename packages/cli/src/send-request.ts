// Owns the shape in which this channel sends a message: who says it, where, and with which id.
// Refuses text of its own: what was typed is what is sent.

import { randomUUID } from 'node:crypto';
import type { SendRequest } from '@opencomputer/contracts/internal';

/** The one person of a data directory, as every local channel names them. */
export const PERSON = 'owner';

/** What differs from message to message. */
export interface RequestOptions {
  readonly text: string;
  /** Absent: a new conversation. */
  readonly conversation: string | undefined;
  readonly timeZone: string;
  readonly folder: string;
  /** Whether a question can be answered. */
  readonly interactive: boolean;
  readonly stream: boolean;
  readonly modelOnly: boolean;
  /** A shell command, typed as such. */
  readonly command?: string;
}

/** A request with an id of its own; sending the same request again is the same message. */
export function createRequest(options: RequestOptions): SendRequest {
  const { conversation, ...rest } = options;
  return {
    channel: 'terminal',
    channelMessageId: randomUUID(),
    person: PERSON,
    assurance: 'local',
    ...rest,
    ...(conversation === undefined ? {} : { conversation }),
  };
}
