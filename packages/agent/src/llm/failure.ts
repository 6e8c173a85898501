// Owns what a failure of a provider means: its code, whether another attempt can succeed, and
// whether it says something about the model's health. Refuses to carry a provider's own words.

import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { ErrorCode, ErrorDetails } from '@opencomputer/contracts';
import { retryAfterMs } from './backoff.ts';

/** A judged failure. */
export interface Failure {
  readonly error: AgentError;
  /** Another attempt with the same model can succeed. */
  readonly retry: boolean;
  /** It counts towards pausing the model. */
  readonly counts: boolean;
  /** What the provider asks to wait. */
  readonly waitMs?: number;
  /** The window that the provider names when the request does not fit. */
  readonly contextTokens?: number;
}

/** Who failed, and when. */
export interface FailureOrigin {
  readonly model: string;
  /** Where it was to be reached; absent: at its provider's own address. */
  readonly baseUrl?: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** It was called without a key: what a refused key then means. */
  readonly withoutKey?: () => AgentError;
}

const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'MODEL_RATE_LIMITED',
  'MODEL_OVERLOADED',
  'MODEL_UNREACHABLE',
  'MODEL_SERVER',
  'MODEL_TIMEOUT',
  'MODEL_ANSWER',
]);

/** Failures of the request, not of the model. */
const NEUTRAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['MODEL_REQUEST', 'MODEL_CONTEXT']);

/** Judges anything that a provider threw, or sent as an error inside a stream. */
export function toFailure(cause: unknown, origin: FailureOrigin): Failure {
  const { model, baseUrl, now, withoutKey } = origin;
  const facts = readFacts(cause);
  const [code, details] = judge(facts, hostOf(baseUrl));
  const waitMs = retryAfterMs(facts.headers, now);
  const seconds = waitMs === undefined ? {} : { retryAfterSeconds: Math.ceil(waitMs / 1000) };
  const error =
    code === 'MODEL_AUTHENTICATION' && withoutKey !== undefined
      ? withoutKey()
      : new AgentError(code, { ...details, ...seconds, model }, { cause });
  return {
    error,
    retry: PASSING.has(code),
    counts: !NEUTRAL.has(code),
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(code === 'MODEL_CONTEXT' ? windowNamed(facts.body) : {}),
  };
}

/** What can be learned from a chain of causes without trusting any class. */
interface Facts {
  readonly own?: AgentError;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Code of a socket, resolver or TLS error. */
  readonly network?: string;
  /** The provider's identifiers (`type`, `code`), never its sentence. */
  readonly kind: string;
  /** Searched for known phrases, never shown. */
  readonly body: string;
}

/** Causes followed before the search is given up. */
const CAUSES_MAX = 8;

function readFacts(cause: unknown): Facts {
  const found: { -readonly [Key in keyof Facts]?: Facts[Key] } = {};
  let body = '';
  let kind = '';
  let current = cause;
  for (let depth = 0; depth < CAUSES_MAX && isObject(current); depth += 1) {
    if (isAgentError(current)) found.own ??= current;
    const { statusCode, responseHeaders, responseBody, message, code } = current;
    if (typeof statusCode === 'number') found.status ??= statusCode;
    if (isObject(responseHeaders)) {
      found.headers ??= responseHeaders as Readonly<Record<string, string>>;
    }
    if (typeof responseBody === 'string') body += responseBody.slice(0, 10_000);
    if (typeof message === 'string') body += ` ${message.slice(0, 2_000)}`;
    if (current instanceof Error && typeof code === 'string' && !isAgentError(current)) {
      found.network ??= code;
    }
    if (kind === '') kind = kindOf(current);
    current = current['cause'];
  }
  return { ...found, kind, body: body.toLowerCase() };
}

/** `type` and `code` of an error in the form of a wire, wherever the package has put it. */
function kindOf(value: Record<string, unknown>): string {
  const { data, error, responseBody, type, code } = value;
  if (isObject(data)) return kindOf(data);
  if (isObject(error)) return kindOf(error);
  if (typeof responseBody === 'string') return kindOf(parseObject(responseBody));
  if (value instanceof Error) return '';
  const words = [type, code].filter((word) => typeof word === 'string' && word !== 'error');
  return [...new Set(words)].join(' ').slice(0, 100);
}

function judge(facts: Facts, host: string): [ErrorCode, ErrorDetails] {
  const { own, status, network, kind, body } = facts;
  if (own) return [own.code, own.details];
  if (network !== undefined && kind === '' && isOpen(status)) {
    return ['MODEL_UNREACHABLE', { problem: inWords(network, host) }];
  }
  const problem = [status === undefined ? '' : `HTTP ${status}`, kind].filter(Boolean).join(', ');
  if (
    status === 402 ||
    /insufficient_quota|billing|insufficient_credits|credit balance/.test(kind)
  ) {
    return ['MODEL_BILLING', {}];
  }
  if (isContextOverflow(status, kind, body)) return ['MODEL_CONTEXT', {}];
  if (status === 401 || status === 403 || /authentication|permission|invalid_api_key/.test(kind)) {
    return ['MODEL_AUTHENTICATION', {}];
  }
  if (status === 429 || /rate_limit/.test(kind)) return ['MODEL_RATE_LIMITED', {}];
  if (status === 503 || status === 529 || /overloaded/.test(kind)) return ['MODEL_OVERLOADED', {}];
  const isServer = status === 408 || status === 409 || (status !== undefined && status >= 500);
  if (isServer || /server_error|api_error/.test(kind)) return ['MODEL_SERVER', { problem }];
  if (!isOpen(status)) return ['MODEL_REQUEST', { problem }];
  const unread = `what ${host} sends is not the answer of a model`;
  return ['MODEL_ANSWER', { problem: problem === '' || status ? unread : problem }];
}

/** Host and port alone: an address may hold a name and a password. */
function hostOf(baseUrl: string | undefined): string {
  const host = baseUrl !== undefined && URL.canParse(baseUrl) ? new URL(baseUrl).host : '';
  return host === '' ? 'its server' : host;
}

/** What the code of a socket, resolver or TLS error says, with the code for whoever looks it up. */
function inWords(network: string, host: string): string {
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: `nothing listens at ${host}`,
    ENOTFOUND: `the name of ${host} is not known`,
    EAI_AGAIN: `the name of ${host} cannot be looked up`,
    ECONNRESET: `${host} cut the connection`,
    EPIPE: `${host} cut the connection`,
    ETIMEDOUT: `${host} does not answer`,
    EHOSTUNREACH: `there is no way to ${host}`,
    ENETUNREACH: `there is no way to ${host}`,
  };
  const certificate = /CERT|SELF_SIGNED|ISSUER|ALTNAME/.test(network);
  const words = certificate ? `the certificate of ${host} is not trusted` : known[network];
  return words === undefined ? network : `${words} (${network})`;
}

/** No status, or a good one: the connection failed before or behind it. */
function isOpen(status: number | undefined): boolean {
  return status === undefined || (status >= 200 && status <= 299);
}

function isContextOverflow(status: number | undefined, kind: string, body: string): boolean {
  if (status === 413 || kind.includes('context_length') || kind.includes('request_too_large')) {
    return true;
  }
  if (status !== 400 && status !== 422 && status !== undefined) return false;
  return /context (?:length|window|size)|prompt is too long|exceeds? the (?:available|maximum) (?:context|number of tokens)|input is too long|maximum context/.test(
    body,
  );
}

/** The window in words such as "maximum context length is 8192 tokens" or "> 200000 maximum". */
function windowNamed(body: string): { contextTokens?: number } {
  const found =
    /(?:maximum context length|context (?:size|window|length))[^0-9]{0,40}(\d{3,8})/.exec(body) ??
    /> (\d{3,8}) maximum/.exec(body);
  return found ? { contextTokens: Number(found[1]) } : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
