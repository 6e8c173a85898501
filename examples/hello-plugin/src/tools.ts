// Owns the one tool of this example: a greeting that fits the time of day. Refuses names without a
// letter, and the clock of the machine: "now" comes with the call.

import type { CallContext, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { tool } from '@opencomputer/plugin';
import type { PluginTool } from '@opencomputer/plugin';

/** Every tool of the plugin. */
export const tools: readonly PluginTool[] = [
  tool(
    {
      name: 'hello_greet',
      description: 'Greet a person by name, fitting the time of day.',
      effect: 'read',
      reach: 'own',
      idempotent: true,
      input: {
        type: 'object',
        properties: { name: { type: 'string', minLength: 1, maxLength: 100 } },
        required: ['name'],
      },
    },
    greet,
  ),
];

async function greet(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  context.signal.throwIfAborted();
  const { name: given } = input as { readonly name: string };
  const name = given.trim();
  if (!/\p{L}/u.test(name)) {
    return { status: 'refused', text: 'That is no name: it has no letter.' };
  }
  const part = partOfDay(context.now, context.timeZone);
  return { status: 'done', text: `Good ${part}, ${name}!`, data: { part } };
}

function partOfDay(now: number, timeZone: string): 'morning' | 'afternoon' | 'evening' {
  const format = new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' });
  const hour = Number(format.format(now));
  if (hour >= 4 && hour < 12) return 'morning';
  return hour >= 12 && hour < 18 ? 'afternoon' : 'evening';
}
