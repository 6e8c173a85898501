// Owns `agent run` and `agent "question"`: one message, one turn, one exit code. Refuses to wait
// for anything but the turn, and asks only where a terminal can answer.

import { AgentError } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';
import type { CommandContext, TextInput } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { shownError } from '../failure.ts';
import { MarkdownText } from '../markdown-text.ts';
import { notesView } from '../notes-view.ts';
import { createProgress } from '../progress.ts';
import { Sanitiser, visibleJson } from '../sanitise.ts';
import { checkMessage, readPipe } from '../standard-input.ts';
import { createRequest } from '../send-request.ts';
import { styleFor } from '../style.ts';
import { finalView, jsonView, linesView, noticeView, streamingView } from '../turn-view.ts';
import type { TextFilter, TurnView } from '../turn-view.ts';
import { withAgent } from '../with-agent.ts';
import { runTurn } from './turn.ts';

/** A pipe that is silent for this long is spoken of. */
const PIPE_WAIT_MS = 1_000;

/** Answers one message; the exit code says how it ended. */
export async function run(
  context: CommandContext,
  operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  try {
    if (options['json'] === true && options['streamJson'] === true) {
      const problem = 'use either --json or --stream-json';
      throw new AgentError('OPTION_INVALID', { option: '--json', problem });
    }
    const message = await readMessage(context, operands.join(' '));
    return await withAgent(context, options, async ({ service, timeZone }) => {
      const terminal = terminalFor(context);
      const conversation = await chosenConversation(service, options);
      const request = createRequest({
        ...message,
        conversation,
        timeZone,
        folder: context.environment.workingFolder,
        interactive: terminal !== undefined,
        stream: isStreamed(context, options),
        modelOnly: options['modelOnly'] === true,
      });
      const views = viewsFor(context, options);
      return runTurn(context, { service, request, views, terminal });
    });
  } catch (error) {
    if (options['json'] === true || options['streamJson'] === true) {
      context.output.write(`${visibleJson({ error: shownError(error) })}\n`);
    }
    throw error;
  }
}

/** The typed words and what comes from the pipe. Throws INPUT_EMPTY, _TOO_LARGE or _ENCODING. */
async function readMessage(
  context: CommandContext,
  typed: string,
): Promise<{ readonly text: string; readonly attached?: string }> {
  const { environment, error } = context;
  const words = typed.trim();
  let piped = '';
  if (!environment.terminal.isInput) {
    piped = (
      await readPipe(context.input, {
        waitMs: PIPE_WAIT_MS,
        onWait: () => error.write('agent: waiting for the pipe to end (or add `</dev/null`)\n'),
      })
    ).trim();
  }
  // A pipe with words beside it is what the words are about; alone, it is the message.
  const text = words === '' ? piped : words;
  if (text === '') throw new AgentError('INPUT_EMPTY');
  checkMessage(`${words}${piped}`);
  return words === '' || piped === '' ? { text } : { text, attached: piped };
}

/** The conversation named by `--conversation` or `--resume`. Throws CONVERSATION_UNKNOWN. */
export async function chosenConversation(
  service: AgentService,
  options: OptionValues,
): Promise<string | undefined> {
  const chosen = options['conversation'] ?? options['resume'];
  if (typeof chosen === 'string' && chosen !== 'last') return chosen;
  if (chosen === undefined || Array.isArray(chosen)) return undefined;
  const [last] = await service.query('conversations', { limit: 1 });
  if (last === undefined) throw new AgentError('CONVERSATION_UNKNOWN', { conversation: 'last' });
  return last.conversation;
}

/** Deltas are worth their price only where somebody sees them. */
function isStreamed(context: CommandContext, options: OptionValues): boolean {
  const { isOutput } = context.environment.terminal;
  return options['streamJson'] === true || (isOutput && options['json'] !== true);
}

/** Where questions of a turn are answered; undefined where nobody can. */
export function terminalFor(context: CommandContext): TextInput | undefined {
  const { terminal, isUnattended } = context.environment;
  if (!terminal.isError || isUnattended) return undefined;
  return terminal.isInput ? context.input : context.openTerminalInput();
}

/** How a turn is written out, by the options and by what is at the other end. */
export function viewsFor(context: CommandContext, options: OptionValues): TurnView[] {
  const { output, error, clock, environment } = context;
  const { isOutput, isError, isDumb, isErrorColoured, columns } = environment.terminal;
  const isJson = options['json'] === true;
  const isLines = options['streamJson'] === true;
  const streaming = streamingView(output, () => textFilter(context));
  const isStreaming = isOutput && !isJson && !isLines;
  const views: TurnView[] = [];
  if (isError) {
    const isBlocked = isStreaming ? streaming.isLineOpen : () => false;
    const endLine = isStreaming ? streaming.endLine : () => undefined;
    const shown = { output: error, clock, columns, isVisible: !isDumb, isBlocked };
    const progress = createProgress(shown);
    const style = styleFor(isErrorColoured);
    views.push(notesView({ output: error, style, progress, endLine }));
  } else if (!isJson && !isLines) views.push(noticeView(error));
  if (isJson) views.push(jsonView(output));
  else if (isLines) views.push(linesView(output));
  else views.push(isStreaming ? streaming : finalView(output));
  return views;
}

/** Without colour the marks of Markdown are what tells a heading from a text: they stay. */
function textFilter({ environment }: CommandContext): TextFilter {
  const { isColoured } = environment.terminal;
  return isColoured ? new MarkdownText(styleFor(isColoured)) : new Sanitiser();
}
