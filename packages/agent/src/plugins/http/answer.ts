// Owns what an answer of an HTTP service means for a call: done, refused in its words, or failed.
// Refuses to show more of an error than its text, and to guess at bodies that are not text.

import { errorTable } from '@opencomputer/contracts';
import type { Json } from '@opencomputer/contracts';
import type { PluginAnswer } from '../connection.ts';
import { isList, isObject } from '../json-object.ts';
import { ownResult } from '../own-result.ts';

const ERROR_TEXT_CHARACTERS_MAX = 2_000;
/** Of an answer without a body, what tells something of the thing that was asked for. */
const TOLD_HEADERS = ['location', 'etag', 'last-modified', 'content-length', 'content-type'];
/** The proxy's own answers that were given before anything was sent. */
const NOT_SENT = ['EGRESS_REQUEST', 'EGRESS_HOST_INVALID', 'EGRESS_HOST', 'EGRESS_BUSY'];

/** An answer as it came. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Absent when it has more bytes than were allowed. */
  readonly body?: Uint8Array;
}

/** What an answer stands for. `now` is in milliseconds since the Unix epoch. */
export function readAnswer(
  answer: HttpAnswer,
  request: { readonly method: string; readonly isRead: boolean; readonly now: number },
): PluginAnswer {
  const { status, body } = answer;
  if (body === undefined) return { type: 'oversize' };
  const read = readBody(answer, body);
  const own = proxyError(status, read.data);
  if (own !== undefined) return proxyAnswer(own, request.isRead);
  if (status >= 200 && status < 300) return done(answer, request.method, read);
  const wait = waitOf(answer, request.now);
  if (status === 429 || (status === 503 && wait !== '')) {
    const text = `The service takes no more requests for now.${wait}`;
    return outcome('refused', joined(text, errorText(read)));
  }
  if (status >= 400 && status < 500) {
    return outcome('refused', joined(`The service answered ${status}.`, errorText(read)));
  }
  return outcome('failed', joined(`The service failed with ${status}.`, errorText(read)));
}

interface ReadBody {
  readonly text: string;
  readonly data?: Json;
}

function readBody(answer: HttpAnswer, body: Uint8Array): ReadBody {
  const type = headerOf(answer, 'content-type').toLowerCase();
  const coding = headerOf(answer, 'content-encoding').toLowerCase();
  if (body.length === 0) return { text: '' };
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/.test(type);
  const isText =
    isJson || type === '' || /^text\/|^application\/(?:[\w.-]+\+)?(?:xml|yaml)\b/.test(type);
  if (!isText || (coding !== '' && coding !== 'identity')) {
    return { text: `[${type.slice(0, 100) || 'unknown'}, ${body.length} bytes]` };
  }
  const text = decoded(body, /charset="?([\w-]+)/.exec(type)?.[1] ?? 'utf-8');
  const data = isJson || type === '' ? parse(text) : undefined;
  return data === undefined ? { text } : { text, data };
}

function decoded(body: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function done(answer: HttpAnswer, method: string, { text, data }: ReadBody): PluginAnswer {
  const shown = text === '' ? emptyText(answer, method) : text;
  return {
    type: 'result',
    result: {
      content: [{ type: 'text', text: data === undefined ? shown : JSON.stringify(data) }],
      ...(data === undefined ? {} : { structuredContent: data }),
    },
  };
}

function emptyText(answer: HttpAnswer, method: string): string {
  const lines = TOLD_HEADERS.flatMap((name) => {
    const value = headerOf(answer, name);
    const isTold = value !== '' && (method === 'HEAD' || name === 'location');
    return isTold ? [`${name}: ${value.slice(0, 500)}`] : [];
  });
  return [`Done (${answer.status}).`, ...lines].join('\n');
}

/** The members of problem details (RFC 9457), or what other services write in their place. */
function errorText({ text, data }: ReadBody): string {
  if (!isObject(data)) return text.slice(0, ERROR_TEXT_CHARACTERS_MAX);
  const { title, detail, errors, message, error } = data;
  const inner = isObject(error) ? error['message'] : error;
  const parts = [title, detail, message, inner, data['error_description']].flatMap((part) =>
    typeof part === 'string' && part !== '' ? [part.replace(/\.?$/, '.')] : [],
  );
  if (isList(errors) || isObject(errors)) parts.push(JSON.stringify(errors));
  const whole = parts.length === 0 ? JSON.stringify(data) : [...new Set(parts)].join(' ');
  return whole.slice(0, ERROR_TEXT_CHARACTERS_MAX);
}

/** `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3); empty without one. */
function waitOf(answer: HttpAnswer, now: number): string {
  const value = headerOf(answer, 'retry-after').trim();
  const at = /^\d{1,9}$/.test(value) ? now + Number(value) * 1_000 : Date.parse(value);
  if (Number.isNaN(at)) return '';
  const seconds = Math.max(0, Math.ceil((at - now) / 1_000));
  return ` Try again in ${seconds} s.`;
}

interface ProxyError {
  readonly code: string;
  readonly text: string;
}

/** The proxy answers with codes of the table, and their status. */
function proxyError(status: number, data: Json | undefined): ProxyError | undefined {
  if (!isObject(data)) return undefined;
  const { code, text } = data;
  if (typeof code !== 'string' || typeof text !== 'string') return undefined;
  if (!code.startsWith('EGRESS_') || !Object.hasOwn(errorTable, code)) return undefined;
  const known = errorTable[code as keyof typeof errorTable];
  return known.status === status ? { code, text: text.slice(0, 500) } : undefined;
}

/** Of a request that may have arrived, nobody knows more than that the answer did not. */
function proxyAnswer({ code, text }: ProxyError, isRead: boolean): PluginAnswer {
  if (isRead || NOT_SENT.includes(code)) return outcome('failed', text, code);
  return { type: 'lost', problem: text };
}

/** A result whose status counts. */
export function outcome(
  status: 'refused' | 'failed',
  text: string,
  code = 'TOOL_FAILED',
): PluginAnswer {
  const ended = status === 'failed' ? { status, text, code } : { status, text };
  return { type: 'result', result: ownResult(ended) };
}

function joined(first: string, second: string): string {
  return second.trim() === '' ? first : `${first} ${second.trim()}`;
}

function headerOf({ headers }: HttpAnswer, name: string): string {
  const value = headers[name];
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}
