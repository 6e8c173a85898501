// Owns the reading of a plugin's answer as an outcome, and what an interrupted call means. Refuses to
// believe more of a third party than its text, and to pass on more bytes than allowed.

import { AgentError } from '@opencomputer/contracts';
import type { ErrorCode, ErrorDetails, Json, JsonObject } from '@opencomputer/contracts';
import type { TimerChange, ToolDeclaration, ToolOutcome } from '@opencomputer/contracts';
import { isList, isObject } from './json-object.ts';

const OUTCOME_META = 'opencomputer/outcome';
const DATA_META = 'opencomputer/data';
const TIMERS_MAX = 100;
const TIMER_TEXT_CHARACTERS_MAX = 1_000;

/** A failure with the text of the error table. */
export function failure(code: ErrorCode, details: ErrorDetails): ToolOutcome {
  return { status: 'failed', code, text: new AgentError(code, details).message };
}

/**
 * The outcome of a call that was sent and got no answer. An effect that may have happened and cannot
 * be repeated safely is unknown; for the rest, `code` says why it failed.
 */
export function interrupted(
  declaration: ToolDeclaration,
  code: ErrorCode,
  details: ErrorDetails,
): ToolOutcome {
  if (declaration.effect === 'read' || declaration.idempotent) return failure(code, details);
  const tool = declaration.name;
  return { status: 'unknown', text: new AgentError('TOOL_OUTCOME_UNKNOWN', { tool }).message };
}

/** Reads the result of `tools/call`. `own` is true for a plugin of ours, whose status counts. */
export function readResult(
  result: JsonObject,
  source: { readonly tool: string; readonly own: boolean; readonly bytesMax: number },
): ToolOutcome {
  const text = contentText(result['content']);
  const meta = isObject(result['_meta']) ? result['_meta'] : {};
  const data = result['structuredContent'] ?? (source.own ? meta[DATA_META] : undefined);
  const bytes =
    Buffer.byteLength(text) + (data === undefined ? 0 : Buffer.byteLength(JSON.stringify(data)));
  if (bytes > source.bytesMax) {
    return failure('TOOL_OUTPUT_TOO_LARGE', {
      tool: source.tool,
      bytes,
      bytesMax: source.bytesMax,
    });
  }
  const own = source.own && isObject(meta[OUTCOME_META]) ? meta[OUTCOME_META] : {};
  const status = own['status'] ?? (result['isError'] === true ? 'refused' : 'done');
  if (status === 'refused' || status === 'unknown') return { status, text };
  if (status === 'failed') {
    return { status, text, code: typeof own['code'] === 'string' ? own['code'] : 'TOOL_FAILED' };
  }
  const timers = readTimers(own['timers']);
  return {
    status: 'done',
    text: text === '' && data !== undefined ? JSON.stringify(data) : text,
    ...(data === undefined ? {} : { data }),
    ...(timers.length > 0 ? { timers } : {}),
  };
}

/** The text of content blocks (MCP); what is not text is named, never silently dropped. */
function contentText(content: Json | undefined): string {
  if (!isList(content)) return '';
  return content.map((block) => (isObject(block) ? blockText(block) : '')).join('\n');
}

function blockText(block: JsonObject): string {
  const { type, text, mimeType, data, uri, resource } = block;
  if (type === 'text') return typeof text === 'string' ? text : '';
  if (type === 'resource' && isObject(resource)) {
    if (typeof resource['text'] === 'string') return resource['text'];
    return `[resource ${shown(resource['uri'])}]`;
  }
  if (type === 'resource_link') return `[link ${shown(uri)}]`;
  const characters = typeof data === 'string' ? data.length : 0;
  return `[${shown(type)} ${shown(mimeType)}, ${Math.floor((characters * 3) / 4)} bytes]`;
}

function shown(value: Json | undefined): string {
  return typeof value === 'string' ? value.slice(0, 300) : 'unknown';
}

function readTimers(value: Json | undefined): TimerChange[] {
  if (!isList(value)) return [];
  return value.slice(0, TIMERS_MAX).flatMap((entry) => {
    if (!isObject(entry) || typeof entry['id'] !== 'string') return [];
    const { id, at, text, lateMsMax } = entry;
    return [
      {
        id,
        ...(typeof at === 'number' ? { at } : {}),
        ...(typeof text === 'string' ? { text: text.slice(0, TIMER_TEXT_CHARACTERS_MAX) } : {}),
        ...(typeof lateMsMax === 'number' && lateMsMax >= 0 ? { lateMsMax } : {}),
      },
    ];
  });
}
