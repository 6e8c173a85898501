// Owns what a person sees when something fails: one sentence, what to do, the code, and the exit
// code of the process. Refuses stack traces unless they are asked for.

import { isAgentError, toErrorData } from '@opencomputer/contracts';
import type { ErrorCode } from '@opencomputer/contracts';
import { sanitiseLine } from './sanitise.ts';

/** How the process ends; documented in docs/reference/cli.md. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  denied: 3,
  modelMissing: 4,
  store: 5,
  interrupted: 130,
} as const;

const usage: readonly ErrorCode[] = [
  'COMMAND_UNKNOWN',
  'OPTION_INVALID',
  'INPUT_EMPTY',
  'INPUT_TOO_LARGE',
  'INPUT_ENCODING',
  'INPUT_INVALID',
  'CONVERSATION_UNKNOWN',
  'TURN_UNKNOWN',
  'MODEL_UNKNOWN',
  'PLUGIN_UNKNOWN',
  'CONFIG_INVALID',
  'CONFIG_UNREADABLE',
  'RUNTIME_OLD',
  'PORT_TAKEN',
];

const denied: readonly ErrorCode[] = [
  'POLICY_DENIED',
  'TERMINAL_MISSING',
  'PLUGIN_UNTRUSTED',
  'PLUGIN_CONSENT',
];

/** The exit code that an error code leads to. */
export function exitCodeOf(code: ErrorCode): number {
  if (usage.includes(code)) return exitCodes.usage;
  if (denied.includes(code)) return exitCodes.denied;
  if (code === 'MODEL_MISSING') return exitCodes.modelMissing;
  if (code === 'TURN_CANCELLED') return exitCodes.interrupted;
  if (/^(STORE|SEAL|ROOT_KEY|MIGRATION)_/.test(code)) return exitCodes.store;
  return exitCodes.failed;
}

/** What of an error is shown: its plain data, as it also crosses sockets. */
export interface ShownError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
}

/** Any thrown value as what is shown. A `remedy` among an error's details replaces the table's. */
export function shownError(error: unknown): ShownError {
  const { code, message, remedy } = toErrorData(error);
  const better = isAgentError(error) ? error.details['remedy'] : undefined;
  return { code, message, remedy: typeof better === 'string' ? better : remedy };
}

/** `agent: <message> <remedy> [CODE]`, one line without a line feed. */
export function failureLine(error: ShownError): string {
  return `agent: ${failureText(error)}`;
}

/** The same without who says it, for where that is clear. */
export function failureText(error: ShownError): string {
  return `${sanitiseLine(`${error.message} ${error.remedy}`)} [${error.code}]`;
}

/** The stack with its causes, for `--debug`. */
export function debugLines(error: unknown): string {
  const lines: string[] = [];
  let current = error;
  for (let depth = 0; current instanceof Error && depth < 8; depth += 1) {
    lines.push(current.stack ?? current.message);
    current = current.cause;
  }
  return lines.join('\ncaused by: ');
}
