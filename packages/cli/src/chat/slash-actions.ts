// Owns what the slash commands do: each asks the service and adds what it says to the transcript.
// Refuses to send anything to a model.

import { AgentError } from '@opencomputer/contracts';
import type {
  AgentService,
  ConversationSummary,
  TurnSummary,
} from '@opencomputer/contracts/internal';
import type { CommandContext } from '../command-context.ts';
import { contextTable } from '../commands/context.ts';
import { MODEL_MISSING_LINE, modelTable } from '../commands/models.ts';
import { sanitiseLine } from '../sanitise.ts';
import { styleFor } from '../style.ts';
import { table } from '../table.ts';
import { VERSION } from '../version.ts';
import { count, duration, timeText } from '../wording.ts';
import type { ChatView } from './chat-view.ts';
import { blankEntry, messageEntry, noteEntry, replyEntry, tableEntry } from './entries.ts';
import { keyHelp } from './keys.ts';
import { slashCommands } from './slash.ts';
import type { Tally } from './tally.ts';

/** Conversations that `/resume` lists. */
const LIST_MAX = 10;

/** Turns that are shown when a conversation goes on. */
const TURNS_SHOWN_MAX = 20;

/** What the commands work on. */
export interface SlashOptions {
  readonly context: CommandContext;
  readonly service: AgentService;
  readonly view: ChatView;
  readonly tally: Tally;
  readonly timeZone: string;
  readonly conversation: () => string | undefined;
  readonly resume: (conversation: string | undefined) => Promise<void>;
  readonly steer: (text: string) => Promise<void>;
  readonly leave: () => void;
}

/** The commands, and what begins a chat. */
export interface SlashActions {
  /** Throws the errors of the service. */
  run(name: string, argument: string): Promise<void>;
  /** Says which model answers, or that there is none. */
  greet(): Promise<void>;
  /** Shows the turns of a conversation and returns them. */
  past(conversation: string): Promise<readonly TurnSummary[]>;
}

/** The actions of one chat. */
export function createSlashActions(options: SlashOptions): SlashActions {
  const { context, service, view, tally } = options;
  const style = styleFor(context.environment.terminal.isColoured);
  const say = (text: string): void => {
    view.screen.append(noteEntry(text));
    view.update();
  };
  const show = (make: (width: number) => string): void => {
    view.screen.append(blankEntry());
    view.screen.append(tableEntry(make));
    view.update();
  };
  const actions: Readonly<Record<string, (argument: string) => Promise<void>>> = {
    help: async () => show(help),
    undo: async () => {
      const conversation = options.conversation();
      if (conversation === undefined) throw nothingYet('nothing has been said yet');
      const { text } = await service.query('undo', { conversation });
      say(`Taken out: “${sanitiseLine(text)}”. Changes made by tools stay.`);
    },
    context: async (argument) => {
      const conversation = options.conversation();
      const text = argument || 'hi';
      const input = conversation === undefined ? { text } : { text, conversation };
      const sections = await service.query('context', input);
      show((width) => contextTable(sections, width));
    },
    cost: async () => say(tally.long()),
    model: (argument) => chooseModel({ argument, service, view, show, say }),
    why: async () => {
      const steps = await service.query('why', {});
      const began = steps[0]?.at ?? 0;
      const rows = steps.map(({ at, name, text }) => [`+${duration(at - began)}`, name, text]);
      if (rows.length === 0) say('There is no turn yet.');
      else
        for (const [at, name, text] of rows)
          say(`${style.dim(at ?? '')} ${style.bold(name ?? '')} ${sanitiseLine(text ?? '')}`);
    },
    steer: async (argument) => {
      if (argument === '') throw nothingYet('/steer needs the words to say');
      await options.steer(argument);
    },
    new: async () => {
      await options.resume(undefined);
      say('A new conversation.');
    },
    resume: (argument) => resume(argument, { options, show, say }),
    quit: async () => options.leave(),
  };
  return {
    run: async (name, argument) => {
      // What was asked stands above what is said to it, as with a message.
      view.screen.append(messageEntry(`/${name} ${argument}`.trim(), style));
      await actions[name]?.(argument);
    },
    greet: () => greet({ service, view, say: (text) => say(style.dim(text)) }),
    past: (conversation) => past(conversation, options),
  };
}

type Say = (text: string) => void;
type Show = (make: (width: number) => string) => void;

function help(width: number): string {
  const commands = slashCommands.map(({ name, argument, description }) => [
    `/${name}${argument === undefined ? '' : ` ${argument}`}`,
    description,
  ]);
  return table([...keyHelp, ['', ''], ...commands], { columns: width, isWrapped: true });
}

async function greet(options: {
  readonly service: AgentService;
  readonly view: ChatView;
  readonly say: Say;
}): Promise<void> {
  const { service, view, say } = options;
  const models = await service.query('models', {});
  const current = models.find((model) => model.current);
  view.model = current?.model ?? '';
  say(`OpenComputer ${VERSION} · type a message, /help for more`);
  if (current === undefined) say(MODEL_MISSING_LINE);
}

async function chooseModel(options: {
  readonly argument: string;
  readonly service: AgentService;
  readonly view: ChatView;
  readonly show: Show;
  readonly say: Say;
}): Promise<void> {
  const { argument, service, view, show, say } = options;
  if (argument === '') {
    const models = await service.query('models', {});
    if (models.length === 0) say(MODEL_MISSING_LINE);
    else show((width) => modelTable(models, width));
    return;
  }
  const chosen = await service.query('choose', { model: argument });
  view.model = chosen.model;
  say(`${sanitiseLine(chosen.model)} (${sanitiseLine(chosen.provider)}) answers from now on.`);
}

async function resume(
  argument: string,
  {
    options,
    show,
    say,
  }: { readonly options: SlashOptions; readonly show: Show; readonly say: Say },
): Promise<void> {
  const { service } = options;
  const list = await service.query('conversations', { limit: LIST_MAX });
  if (argument !== '') {
    const number = /^\d{1,2}$/.test(argument) ? Number(argument) : undefined;
    const chosen = number === undefined ? argument : list[number - 1]?.conversation;
    if (chosen === undefined)
      throw new AgentError('CONVERSATION_UNKNOWN', { conversation: argument });
    await options.resume(chosen);
  } else if (list.length === 0) say('There is no conversation yet.');
  else show((width) => conversationTable(list, { width, options }));
}

function conversationTable(
  list: readonly ConversationSummary[],
  { width, options }: { readonly width: number; readonly options: SlashOptions },
): string {
  const { locale } = options.context.environment;
  const time = { now: options.context.clock.now(), timeZone: options.timeZone, locale };
  const rows = list.map(({ lastAt, turns, title }, index) => [
    String(index + 1),
    timeText(lastAt, time),
    `${count(turns)} ${turns === 1 ? 'turn' : 'turns'}`,
    title,
  ]);
  return `${table(rows, { columns: width, numbers: [0] })}Continue one with /resume and its number.\n`;
}

async function past(conversation: string, options: SlashOptions): Promise<readonly TurnSummary[]> {
  const { service, view, context } = options;
  const style = styleFor(context.environment.terminal.isColoured);
  const turns = (await service.query('turns', { conversation })).filter(({ undone }) => !undone);
  const shown = turns.slice(-TURNS_SHOWN_MAX);
  const before = turns.length - shown.length;
  if (before > 0) view.screen.append(noteEntry(style.dim(`… ${count(before)} turns before`)));
  for (const { text, reply } of shown) {
    view.screen.append(messageEntry(text, style));
    view.screen.append(blankEntry());
    view.screen.append(replyEntry(reply, style));
  }
  view.update();
  return turns;
}

function nothingYet(problem: string): AgentError {
  return new AgentError('INPUT_INVALID', { problem });
}
