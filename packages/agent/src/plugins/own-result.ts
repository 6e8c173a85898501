// Owns the form in which a connection of ours gives an outcome to the supervisor: the result of
// `tools/call` as the kits write it. Refuses nothing: whoever calls it has read the outcome already.

import type { Json, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { isObject } from './json-object.ts';

/** The result that `readResult` reads back as the same outcome. */
export function ownResult(outcome: ToolOutcome): JsonObject {
  const { status, text } = outcome;
  const data = status === 'done' ? outcome.data : undefined;
  const timers = status === 'done' ? (outcome.timers ?? []) : [];
  const said = {
    status,
    ...(status === 'failed' ? { code: outcome.code } : {}),
    ...(timers.length === 0 ? {} : { timers: timers.map((timer) => ({ ...timer })) }),
  };
  return resultSaying(said, { text, data });
}

/** The result with what a program said of its outcome as it said it; `readResult` checks that. */
export function resultSaying(
  said: JsonObject & { readonly status: string },
  { text, data }: { readonly text: string; readonly data: Json | undefined },
): JsonObject {
  return {
    content: [{ type: 'text', text }],
    ...(isObject(data) ? { structuredContent: data } : {}),
    ...(said.status === 'done' ? {} : { isError: true }),
    _meta: {
      'opencomputer/outcome': said,
      ...(data === undefined || isObject(data) ? {} : { 'opencomputer/data': data }),
    },
  };
}
