// Owns the names of the slash commands and how a typed line is read: a command, a shell command or a
// message. Refuses to send a mistyped command to the model.

import { AgentError } from '@opencomputer/contracts';
import { nearest } from '../nearest.ts';

/** A slash command, as it is listed and completed. */
export interface SlashCommand {
  readonly name: string;
  readonly argument?: string;
  readonly description: string;
  /** Whether it can be given while a turn runs. */
  readonly isAnytime: boolean;
}

const command = (
  name: string,
  description: string,
  options: { readonly argument?: string; readonly isAnytime?: boolean } = {},
): SlashCommand => ({ name, description, isAnytime: false, ...options });

/** In the order of `/help`. */
export const slashCommands: readonly SlashCommand[] = [
  command('help', 'keys and commands', { isAnytime: true }),
  command('undo', 'take the last turn out of the conversation'),
  command('context', 'what is sent to the model, in tokens', { isAnytime: true }),
  command('cost', 'tokens and money of this chat', { isAnytime: true }),
  command('model', 'list the models, or choose one', { argument: '[name]' }),
  command('why', 'what happened in the last turn', { isAnytime: true }),
  command('steer', 'say something to the turn that is running', {
    argument: '<text>',
    isAnytime: true,
  }),
  command('new', 'begin a new conversation'),
  command('resume', 'list conversations, or continue one', { argument: '[number or id]' }),
  command('quit', 'leave', { isAnytime: true }),
];

/** What a typed text is. */
export type Typed =
  | { readonly type: 'message'; readonly text: string }
  /** A command for the shell, from a leading `!`. */
  | { readonly type: 'shell'; readonly text: string; readonly command: string }
  | { readonly type: 'slash'; readonly command: SlashCommand; readonly argument: string };

/** Reads a typed text. Throws COMMAND_UNKNOWN with the nearest command. */
export function readTyped(typed: string): Typed {
  const text = typed.trim();
  if (text.startsWith('!') && text.length > 1) {
    return { type: 'shell', text, command: text.slice(1).trim() };
  }
  const match = /^\/([a-z-]+)(?:\s+([^]*))?$/i.exec(text);
  // A path such as /etc/hosts is a message.
  if (match === null) return { type: 'message', text };
  const [, name = '', argument = ''] = match;
  const found = slashCommands.find((each) => each.name === name.toLowerCase());
  if (found !== undefined) return { type: 'slash', command: found, argument: argument.trim() };
  const meant = nearest(
    name,
    slashCommands.map((each) => each.name),
  );
  const suggestion = meant === undefined ? '' : `Did you mean /${meant}? `;
  const remedy = `${suggestion}/help lists them.`;
  throw new AgentError('COMMAND_UNKNOWN', { command: `/${name}`, remedy });
}
