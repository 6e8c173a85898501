// Owns the two forms of an outcome: what a handler returns and the result of `tools/call`. Refuses an
// outcome of the wrong shape: it becomes a failure, never a broken message.

import type { Json, JsonObject, TimerChange, ToolOutcome } from '@opencomputer/contracts';
import { DATA_META, OUTCOME_META, isObject } from './wire.ts';

const FAILED: ToolOutcome = {
  status: 'failed',
  code: 'TOOL_FAILED',
  text: 'The tool returned something that is not an outcome.',
};

/** The outcome that `value` is; anything else is a failure that says so. */
export function readOutcome(value: unknown): ToolOutcome {
  if (!isObject(value) || typeof value['text'] !== 'string') return FAILED;
  const { status, text, code, data, timers } = value;
  if (status === 'refused' || status === 'unknown') return { status, text };
  if (status === 'failed') {
    return { status, text, code: typeof code === 'string' ? code : 'TOOL_FAILED' };
  }
  if (status !== 'done') return FAILED;
  return {
    status,
    text,
    ...(data === undefined ? {} : { data }),
    ...(Array.isArray(timers) ? { timers: timers as unknown as readonly TimerChange[] } : {}),
  };
}

/** The result of `tools/call` (MCP, `CallToolResult`) that carries an outcome. */
export function toResult(outcome: ToolOutcome): JsonObject {
  const data = outcome.status === 'done' ? outcome.data : undefined;
  return {
    content: [{ type: 'text', text: outcome.text }],
    ...(isObject(data) ? { structuredContent: data } : {}),
    ...(outcome.status === 'done' ? {} : { isError: true }),
    _meta: {
      [OUTCOME_META]: circumstancesOf(outcome),
      ...(data === undefined || isObject(data) ? {} : { [DATA_META]: data }),
    },
  };
}

function circumstancesOf(outcome: ToolOutcome): JsonObject {
  const { status } = outcome;
  if (status === 'failed') return { status, code: outcome.code };
  if (status !== 'done' || outcome.timers === undefined) return { status };
  return { status, timers: outcome.timers as unknown as Json };
}
