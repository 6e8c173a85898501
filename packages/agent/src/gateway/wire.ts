// Owns what both ends of the daemon's socket must agree on: paths, limits, lines, error bodies.
// Refuses knowledge of a server or a client, so that a client loads no server.

import { errorTable } from '@opencomputer/contracts';
import type { ErrorData, StreamPart } from '@opencomputer/contracts';

/** Bytes of a request body. */
export const bodyBytesMax: number = 2 * 1024 * 1024;

/** Bytes of one line of a stream or of one answer. */
export const answerBytesMax: number = 32 * 1024 * 1024;

/** Bytes of a socket's path that every platform accepts (sun_path holds 104 on macOS). */
export const socketPathBytesMax = 103;

/** Routes that exist on the daemon's socket only. */
export const internalRoute = {
  hello: '/internal/hello',
  send: '/internal/send',
  listen: '/internal/listen',
  act: '/internal/act',
  query: '/internal/query',
  stop: '/internal/stop',
} as const;

/** The last line of a stream that broke after its first line. */
export interface StreamFailure {
  readonly type: 'stream-fail';
  readonly error: ErrorData;
}

/** A line of the stream of a turn. */
export type TurnLine = StreamPart | StreamFailure;

/** A line of what the agent says by itself. */
export type SpeechLine = { readonly text: string } | StreamFailure;

/** Status and headers with which an error leaves through any route (RFC 9110). */
export function errorHead(data: ErrorData): { status: number; headers: Record<string, string> } {
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
  if (data.retryAfterSeconds !== undefined) {
    headers['retry-after'] = String(Math.ceil(data.retryAfterSeconds));
  }
  if (data.code === 'UNAUTHORISED') headers['www-authenticate'] = 'Bearer';
  return { status: errorTable[data.code].status, headers };
}

/** True for the plain form of an error that this version knows. */
export function isErrorData(value: unknown): value is ErrorData {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message } = value as Partial<Record<keyof ErrorData, unknown>>;
  return typeof code === 'string' && Object.hasOwn(errorTable, code) && typeof message === 'string';
}
