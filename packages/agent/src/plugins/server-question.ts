// Owns questions of a server to the person (MCP: elicitation by form): one at a time, in the words of
// the server, its defaults filled in by the client. Refuses links to open, and answers with cancel.

import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/client';
import type { ElicitRequestParams, ElicitResult } from '@modelcontextprotocol/client';
import type { JsonObject } from '@opencomputer/contracts';

/** What a server wants to know. Its texts are its own, to be shown as such. */
export interface ServerQuestion {
  readonly message: string;
  /** JSON Schema of an object with plain values only. */
  readonly schema: JsonObject;
  /** Ends when the server no longer waits. */
  readonly signal: AbortSignal;
}

/** What a person said. Values that are left out become the defaults of the schema. */
export type QuestionAnswer =
  | {
      readonly action: 'accept';
      readonly content: Readonly<Record<string, string | number | boolean | string[]>>;
    }
  | { readonly action: 'decline' | 'cancel' };

/**
 * Asks the person. Must not be given to a connection where nobody can be asked: a server that is told
 * that it may ask can wait for the answer.
 */
export type AskPerson = (question: ServerQuestion) => Promise<QuestionAnswer>;

/** The client's answer to questions of one server; a second one while one is open is cancelled. */
export function answerQuestions(
  ask: AskPerson,
): (params: ElicitRequestParams, signal: AbortSignal) => Promise<ElicitResult> {
  let isOpen = false;
  return async (params, signal) => {
    if (params.mode === 'url') {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Links are not opened here');
    }
    if (isOpen) return { action: 'cancel' };
    isOpen = true;
    try {
      const schema = params.requestedSchema as unknown as JsonObject;
      const answer = await ask({ message: params.message, schema, signal });
      if (answer.action !== 'accept') return { action: answer.action };
      return { action: 'accept', content: { ...answer.content } };
    } finally {
      isOpen = false;
    }
  };
}
