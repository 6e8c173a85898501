// Owns the tools of the built-in plugin `assistant`: the tool search, help, settings, small talk.
// Refuses to change anything: settings are the person's to change in their file.

import type { ToolHandler } from '@opencomputer/contracts';
import { textIn } from './input.ts';

/** A tool that a search found. */
export interface FoundTool {
  readonly name: string;
  readonly description: string;
  readonly plugin: string;
}

/** What the assistant is told by the composition root. */
export interface AssistantFacts {
  readonly search: (query: string, limit: number) => readonly FoundTool[];
  /** One line per thing that the installed plugins can do, with an example. */
  readonly abilities: () => readonly string[];
  readonly settings: () => readonly (readonly [name: string, value: string])[];
  readonly modelConnected: () => boolean;
}

const foundMax = 6;

/** The handlers of the assistant's tools. */
export function assistantSkill(facts: AssistantFacts): Readonly<Record<string, ToolHandler>> {
  return {
    tool_search: async (input) => {
      const found = facts.search(textIn(input, 'query'), foundMax);
      if (found.length === 0) {
        return { status: 'refused', text: 'No installed tool matches. Try other words.' };
      }
      const text = found.map((one) => `- ${one.name}: ${one.description}`).join('\n');
      return { status: 'done', text, data: { tools: found.map(({ name }) => name) } };
    },
    help_show: async () => {
      const lines = facts.abilities().map((line) => `- ${line}`);
      const model = facts.modelConnected()
        ? 'A language model is connected, so you can also ask anything else.'
        : 'For anything else, connect a language model: `agent init` shows how.';
      return { status: 'done', text: `I can:\n${lines.join('\n')}\n\n${model}` };
    },
    settings_show: async () => {
      const rows = facts.settings().map(([name, value]) => `- ${name}: ${value}`);
      const how =
        'Change them with `agent config set <key> <value>`, or all of them with `agent init`.';
      return { status: 'done', text: `Settings:\n${rows.join('\n')}\n\n${how}` };
    },
    greeting_reply: async (input) => ({ status: 'done', text: reply(textIn(input, 'text')) }),
  };
}

function reply(text: string): string {
  if (/\b(?:thank|thanks|thx|ty|cheers|appreciate)/i.test(text)) return 'You are welcome.';
  if (/\b(?:bye|good ?night|see you|see ya|take care|later|gotta go)\b/i.test(text)) return 'Bye!';
  if (/how (?:are|is|have)|how's|what's up/i.test(text)) {
    return 'All well here. What can I do for you?';
  }
  return 'Hello! What can I do for you? (Say "help" for what I can do.)';
}
