// Owns the view of a conversation: a fold over its finished turns, with old ones compacted. Refuses
// to change the log: a turn that left the window or was undone is still there and can come back.

import type { Expectation, Message } from '@opencomputer/contracts';
import type { Dialogue, FinishedTurn } from '@opencomputer/contracts/internal';

/** What a conversation looks like to the next turn. */
export interface Conversation {
  /** Turns that are sent to the model, oldest first. */
  readonly window: readonly FinishedTurn[];
  /** Characters of the window's messages as they are sent. */
  readonly characters: number;
  /** What the person said in turns before the window, shortened; newest last. */
  readonly earlier: readonly string[];
  /** Turns that are no longer in the window. */
  readonly compacted: number;
  /** What the person is expected to say next. */
  readonly expectation?: Expectation;
}

/** A conversation without turns. */
export const emptyConversation: Conversation = {
  window: [],
  characters: 0,
  earlier: [],
  compacted: 0,
};

/**
 * How many characters of past turns are sent: little for talk, more while tools are at work, since
 * their results are what the task is about.
 */
export interface WindowLimits {
  readonly talkCharactersMax: number;
  readonly workCharactersMax: number;
}

/** Tokens of past turns that are sent: in talk, and while tools are at work. */
const talkTokensMax = 8_000;
const workTokensMax = 32_000;
const charactersPerToken = 3.6;

/** The limits for a model's context window: half of it at most, the rest is for the current turn. */
export function windowLimits(contextTokens: number): WindowLimits {
  const half = contextTokens / 2;
  return {
    talkCharactersMax: Math.min(half, talkTokensMax) * charactersPerToken,
    workCharactersMax: Math.min(half, workTokensMax) * charactersPerToken,
  };
}

/** Result texts longer than this are sent with their middle cut out. */
export const resultCharactersMax = 16_000;
/** Lines kept of what was said before the window, and the length of each. */
export const earlierLinesMax = 12;
const earlierLineCharactersMax = 160;

/**
 * The conversation with one more turn. When the window grows beyond its limit, its oldest turns leave until half of that is left: a window that moves rarely keeps the provider's cache.
 * A turn leaves as a whole, so a call is never parted from its result.
 */
export function addTurn(
  conversation: Conversation,
  turn: FinishedTurn,
  limits: WindowLimits,
): Conversation {
  const window = [...conversation.window, turn];
  const working = window.some(({ messages }) => messages.some(({ role }) => role === 'tool'));
  const charactersMax = working ? limits.workCharactersMax : limits.talkCharactersMax;
  let characters = conversation.characters + charactersOf(turn.messages);
  let leaving = 0;
  if (characters > charactersMax) {
    while (leaving < window.length - 1 && characters > charactersMax / 2) {
      characters -= charactersOf(window[leaving]?.messages ?? []);
      leaving += 1;
    }
  }
  const left = window.slice(0, leaving);
  return {
    window: window.slice(leaving),
    characters,
    earlier: [...conversation.earlier, ...left.flatMap(saidIn)].slice(-earlierLinesMax),
    compacted: conversation.compacted + leaving,
    ...(turn.expectation && { expectation: turn.expectation }),
  };
}

/** The conversation of a list of turns, oldest first; turns in `undone` are left out. */
export function foldConversation(
  turns: readonly FinishedTurn[],
  undone: ReadonlySet<string>,
  limits: WindowLimits,
): Conversation {
  return turns
    .filter(({ turn }) => !undone.has(turn))
    .reduce((view, turn) => addTurn(view, turn, limits), emptyConversation);
}

/** The messages of a turn that is running, and when it started. */
export interface CurrentTurn {
  readonly at: number;
  readonly messages: readonly Message[];
}

/**
 * The messages to send: what went before in short, the window, and the turn that is running. The
 * first words of each turn carry its time by `stamp`, so that a model knows when "now" is and what
 * was sent once is sent again unchanged.
 */
export function assembleMessages(
  conversation: Conversation,
  current: CurrentTurn,
  stamp: (at: number) => string = () => '',
): readonly Message[] {
  const before: Message[] = conversation.earlier.length > 0 ? [earlierMessage(conversation)] : [];
  const turns = [...conversation.window, current].flatMap(({ at, messages }) =>
    stamped(messages, stamp(at)),
  );
  return [...before, ...turns].map(whole).map(clip);
}

/** The dialogue as the driver uses it; the limits may change with the model. */
export function createDialogue(limits: () => WindowLimits): Dialogue<Conversation> {
  return {
    fold: (turns, undone) => foldConversation(turns, undone, limits()),
    add: (view, turn) => addTurn(view, turn, limits()),
    expectation: (view) => view.expectation,
  };
}

/** What a message weighs when it is sent, in characters. */
export function charactersOf(messages: readonly Message[]): number {
  let characters = 0;
  for (const message of messages) {
    if (message.role === 'user') {
      characters += message.text.length + (message.attached?.length ?? 0);
    } else if (message.role === 'tool') {
      characters += Math.min(message.outcome.text.length, resultCharactersMax);
    } else {
      for (const part of message.parts) {
        characters +=
          part.type === 'tool-call' ? JSON.stringify(part.call).length : part.text.length;
      }
    }
  }
  return characters;
}

function stamped(messages: readonly Message[], time: string): readonly Message[] {
  const [first, ...rest] = messages;
  if (first?.role !== 'user' || time === '') return messages;
  return [{ ...first, text: `${first.text}\n\n[${time}]` }, ...rest];
}

/** What is sent of a message of the person: the words, then what came with them. */
function whole(message: Message): Message {
  if (message.role !== 'user' || message.attached === undefined) return message;
  return { role: 'user', text: `${message.text}\n\n${message.attached}` };
}

function saidIn(turn: FinishedTurn): readonly string[] {
  return turn.messages.flatMap((message) =>
    message.role === 'user' ? [shorten(message.text)] : [],
  );
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line.length <= earlierLineCharactersMax) return line;
  return `${line.slice(0, earlierLineCharactersMax - 1)}…`;
}

function earlierMessage(conversation: Conversation): Message {
  const lines = conversation.earlier.map((line) => `- ${line}`).join('\n');
  const count = conversation.compacted;
  const text = `[${count} earlier messages are not shown. The last of what I said then:\n${lines}]`;
  return { role: 'user', text };
}

function clip(message: Message): Message {
  if (message.role !== 'tool' || message.outcome.text.length <= resultCharactersMax) return message;
  const { text } = message.outcome;
  const half = resultCharactersMax / 2 - 40;
  const cut = text.length - 2 * half;
  const clipped = `${text.slice(0, half)}\n[… ${cut} characters cut …]\n${text.slice(-half)}`;
  return { ...message, outcome: { ...message.outcome, text: clipped } };
}
