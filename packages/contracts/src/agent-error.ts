// Owns the one error class and its plain-data form. Refuses to be matched by `instanceof`
// across packages: callers match by `code`, since two copies of this package may be loaded.

import { errorTable } from './errors.ts';
import type { ErrorActor, ErrorCode } from './errors.ts';

/** Values for the placeholders of an error's message. Never a secret, never a person's words. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** An error as plain data, for events, streams and routes. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly actor: ErrorActor;
  /** Seconds after which a retry may work, when known (RFC 9110, Retry-After). */
  readonly retryAfterSeconds?: number;
}

const brand: unique symbol = Symbol.for('opencomputer.AgentError');

/** An error of the table. `message` is complete and safe to show; `cause` stays in the process. */
export class AgentError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly retryAfterSeconds: number | undefined;
  readonly [brand]: true = true;

  /** Must name a code of the table; details fill the placeholders, `retryAfterSeconds` apart. */
  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(fill(errorTable[code].message, details), options);
    this.name = 'AgentError';
    this.code = code;
    this.details = details;
    const retryAfter = details['retryAfterSeconds'];
    this.retryAfterSeconds = typeof retryAfter === 'number' ? retryAfter : undefined;
  }

  /** The same error as plain data. */
  toData(): ErrorData {
    const { remedy, actor } = errorTable[this.code];
    const data: ErrorData = { code: this.code, message: this.message, remedy, actor };
    return this.retryAfterSeconds === undefined
      ? data
      : { ...data, retryAfterSeconds: this.retryAfterSeconds };
  }
}

/** True for an `AgentError` from any copy of this package; narrows to one code when given. */
export function isAgentError(value: unknown, code?: ErrorCode): value is AgentError {
  return (
    value instanceof Error &&
    brand in value &&
    (code === undefined || (value as AgentError).code === code)
  );
}

/** Any thrown value as plain data; what is not an `AgentError` becomes `INTERNAL`. */
export function toErrorData(value: unknown): ErrorData {
  if (isAgentError(value)) return value.toData();
  const problem = value instanceof Error ? value.message : String(value);
  return new AgentError('INTERNAL', { problem }, { cause: value }).toData();
}

/** An error rebuilt from its plain data, for clients of the service. */
export function fromErrorData(data: ErrorData): AgentError {
  const { retryAfterSeconds } = data;
  const error = new AgentError(data.code, retryAfterSeconds ? { retryAfterSeconds } : {});
  error.message = data.message;
  return error;
}

function fill(template: string, details: ErrorDetails): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(details, name) ? String(details[name]) : whole,
  );
}
