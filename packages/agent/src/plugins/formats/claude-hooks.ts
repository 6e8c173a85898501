// Owns what is said of a Claude Code plugin's hooks. Refuses to run any, and to be silent about one
// that its author relies on to block something.

import * as z from 'zod';
import { isAgentError } from '@opencomputer/contracts';
import { shortened } from './identity.ts';
import type { ImportReport } from './imported-plugin.ts';

/** Events at which a hook can say no. */
const blockingEvents = new Set([
  'PreToolUse',
  'PermissionRequest',
  'UserPromptSubmit',
  'UserPromptExpansion',
  'Stop',
  'SubagentStop',
  'TeammateIdle',
  'TaskCreated',
  'TaskCompleted',
  'ConfigChange',
  'PostToolBatch',
  'PreCompact',
  'Elicitation',
  'ElicitationResult',
  'WorktreeCreate',
]);

const handler = z.looseObject({
  type: z.enum(['command', 'http', 'mcp_tool', 'prompt', 'agent']),
  command: z.string().optional(),
  url: z.string().optional(),
});

const hooksFile = z.record(
  z.string(),
  z.array(z.looseObject({ matcher: z.string().optional(), hooks: z.array(handler) })),
);

/** Hooks, whether or not they are within `hooks`, as in the file. */
const hooksForm = z.union([z.looseObject({ hooks: hooksFile }), hooksFile]);

/**
 * Reports each hook as dropped; one that could block also as a warning, first words first. Hooks that
 * cannot be read are reported too: what they would have stopped is not known.
 */
export function reportHooks(value: unknown, part: string, report: ImportReport): void {
  const parsed = hooksForm.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    report.dropped(part, `not hooks: ${issue?.path.join('.')}: ${issue?.message}`);
    report.warn(
      `NOT ENFORCED: ${part}: the hooks cannot be read, so what they would block is open`,
    );
    return;
  }
  const events = 'hooks' in parsed.data ? parsed.data.hooks : parsed.data;
  for (const [event, matchers] of Object.entries(events as z.infer<typeof hooksFile>)) {
    for (const { matcher, hooks } of matchers) {
      for (const hook of hooks) reportHook({ event, matcher, hook, part }, report);
    }
  }
}

/** A file of hooks that is not JSON. Throws what is no fault of the file. */
export function reportUnreadable(error: unknown, part: string, report: ImportReport): void {
  if (!isAgentError(error, 'PLUGIN_MANIFEST')) throw error;
  report.dropped(part, error.message);
  report.warn(`NOT ENFORCED: ${part}: the hooks cannot be read, so what they would block is open`);
}

interface FoundHook {
  readonly event: string;
  readonly matcher: string | undefined;
  readonly hook: z.infer<typeof handler>;
  readonly part: string;
}

function reportHook({ event, matcher, hook, part }: FoundHook, report: ImportReport): void {
  const scope = matcher === undefined || matcher === '' ? '' : ` (${shortened(matcher, 60)})`;
  const name = `${part}: ${event}${scope}`;
  if (!blockingEvents.has(event)) {
    report.dropped(name, `there is no hook at ${event} here, so its ${hook.type} is not run`);
    return;
  }
  const what = shortened(hook.command ?? hook.url ?? hook.type, 80);
  report.dropped(name, 'not enforced: what it would have blocked is not blocked by it');
  report.warn(`NOT ENFORCED: ${name}: "${what}" cannot block anything here; only policy can`);
}
