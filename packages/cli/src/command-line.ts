// Owns the decision whether the words of a command line are a command, a question or neither.
// Refuses to guess: what could be a mistyped command is not sent to a model.

import { AgentError } from '@opencomputer/contracts';
import { nearest } from './nearest.ts';

/** Options before the command that take a value. */
const VALUED = new Set(['--conversation', '--trust', '--model', '--folder']);

/** More words than this are a sentence, not a mistyped command. */
const COMMAND_WORDS_MAX = 2;

/** A conversation is named by a UUID. */
const CONVERSATION = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The words as the parser takes them: a bare question becomes `run <question>`, nothing at all
 * becomes `chat`. Throws COMMAND_UNKNOWN with the nearest command and how to ask it as a question.
 */
export function normalise(words: readonly string[], commands: readonly string[]): string[] {
  const args = joinResume(words);
  const place = firstPositional(args);
  if (place === undefined) return isHelp(args) ? args : ['chat', ...args];
  const isLiteral = args[place - 1] === '--';
  const first = args[place] ?? '';
  if (commands.includes(first) && !isLiteral) return moveToFront(args, place);
  const positionals = positionalsOf(args.slice(place));
  if (positionals.length === 1 && (isLiteral || isQuestion(first, commands))) {
    return ['run', ...args];
  }
  throw unknown(positionals, commands);
}

/** `--resume` without an id means the last conversation; what follows may be the question. */
function joinResume(words: readonly string[]): string[] {
  const args: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const next = words[index + 1] ?? '';
    if (word !== '--resume') args.push(word);
    else if (CONVERSATION.test(next)) {
      args.push(`--resume=${next}`);
      index += 1;
    } else args.push('--resume=last');
  }
  return args;
}

function firstPositional(args: readonly string[]): number | undefined {
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (word === '--') return index + 1 < args.length ? index + 1 : undefined;
    if (!word.startsWith('-') || word === '-') return index;
    if (VALUED.has(word)) index += 1;
  }
  return undefined;
}

/** The words that are neither options nor their values. */
function positionalsOf(args: readonly string[]): string[] {
  return args.filter((word, index) => {
    const isValue = VALUED.has(args[index - 1] ?? '');
    return !isValue && !word.startsWith('-');
  });
}

function isHelp(args: readonly string[]): boolean {
  return args.some((word) => ['-h', '--help', '-V', '--version'].includes(word));
}

/** Options of a command may stand before it: `agent --debug sessions`. */
function moveToFront(args: readonly string[], place: number): string[] {
  const command = args[place] ?? '';
  return [command, ...args.slice(0, place), ...args.slice(place + 1)];
}

/** A sentence, or a single word such as "hi" that no command is near to. */
function isQuestion(word: string, commands: readonly string[]): boolean {
  const isSentence = /\s/.test(word.trim()) || /[?!？！。¿¡؟]$/u.test(word);
  return isSentence || nearest(word, commands) === undefined;
}

function unknown(words: readonly string[], commands: readonly string[]): AgentError {
  const command = words[0] ?? '';
  const meant = words.length <= COMMAND_WORDS_MAX ? nearest(command, commands) : undefined;
  const question = words.length === 1 ? `agent run ${command}` : `agent "${words.join(' ')}"`;
  const suggestion = meant === undefined ? '' : `Did you mean \`agent ${meant}\`? `;
  const remedy = `${suggestion}To ask it as a question: \`${question}\`.`;
  return new AgentError('COMMAND_UNKNOWN', { command, remedy });
}
