// Owns what a plugin reads when the proxy itself answers: a status and `{code, text}` as JSON.
// Refuses to say anything that is not in the table of errors.

import { STATUS_CODES } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorTable } from '@opencomputer/contracts';
import type { AgentError } from '@opencomputer/contracts';

function bodyOf({ code, message: text }: AgentError): string {
  return JSON.stringify({ code, text });
}

/** Answers a request with an error; one that was answered already is cut off. */
export function answerError(response: ServerResponse, error: AgentError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = bodyOf(error);
  response.writeHead(errorTable[error.code].status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    // the rest of a request that was not read must not be taken for the next one
    ...(response.req.complete ? {} : { Connection: 'close' }),
  });
  response.end(body);
}

/** Answers on a connection that has no request, or no longer one, and closes it. */
export function closeWithError(socket: Duplex, error: AgentError): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status } = errorTable[error.code];
  const body = bodyOf(error);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
