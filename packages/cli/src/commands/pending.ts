// Owns `agent pending`: what waits for a decision of the person, and the decision. Refuses to do
// anything again that was not named by its id.

import { AgentError } from '@opencomputer/contracts';
import type { AgentService, Pending } from '@opencomputer/contracts/internal';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { createRequest } from '../send-request.ts';
import { count, timeText } from '../wording.ts';
import { withAgent } from '../with-agent.ts';
import { terminalFor, viewsFor } from './run.ts';
import { runTurn } from './turn.ts';

/** An entry's words are shown up to this many characters. */
const wordsMax = 120;

/** Lists messages that were set aside, calls without a known outcome, replies that did not leave. */
export async function pending(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  return withAgent(context, options, async ({ service, timeZone }) => {
    const waiting = await service.query('pending', {});
    if (options['json'] === true) {
      context.output.write(`${visibleJson(waiting, 2)}\n`);
      return 0;
    }
    const { locale } = context.environment;
    const lines = linesOf(waiting, (at) =>
      timeText(at, { now: context.clock.now(), timeZone, locale }),
    );
    context.output.write(lines.length > 0 ? `${lines.join('\n')}\n` : 'Nothing waits for you.\n');
    if (lines.length > 0) {
      context.error.write('Decide with `agent pending retry <id>` or `agent pending drop <id>`.\n');
    }
    return 0;
  });
}

/** Tries one of them again: a message, a reply, or a call, which may ask first. */
export async function pendingRetry(
  context: CommandContext,
  operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  const id = idOf(operands);
  return withAgent(context, options, async ({ service, timeZone }) => {
    const { outcomes } = await service.query('pending', {});
    if (outcomes.some((one) => one.id === id)) {
      return repeatCall(context, { service, timeZone, id, options });
    }
    return decide(context, service, { id, how: 'retry' });
  });
}

/** Leaves one of them as it is, for good. */
export async function pendingDrop(
  context: CommandContext,
  operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  const id = idOf(operands);
  return withAgent(context, options, ({ service }) =>
    decide(context, service, { id, how: 'drop' }),
  );
}

function idOf([id]: readonly string[]): string {
  if (id !== undefined) return id;
  throw new AgentError('OPTION_INVALID', { option: '<id>', problem: 'it is missing' });
}

async function decide(
  context: CommandContext,
  service: AgentService,
  decision: { readonly id: string; readonly how: 'retry' | 'drop' },
): Promise<number> {
  const { what } = await service.query('settle', decision);
  const done = decision.how === 'retry' ? 'is tried again' : 'was dropped';
  context.output.write(`The ${what} ${done}.\n`);
  return 0;
}

/** A turn of its own, so that policy and the person have their say before it runs once more. */
function repeatCall(
  context: CommandContext,
  given: {
    readonly service: AgentService;
    readonly timeZone: string;
    readonly id: string;
    readonly options: OptionValues;
  },
): Promise<number> {
  const { service, timeZone, id, options } = given;
  const terminal = terminalFor(context);
  const request = createRequest({
    text: 'Do it again.',
    conversation: undefined,
    timeZone,
    folder: context.environment.workingFolder,
    interactive: terminal !== undefined,
    stream: false,
    modelOnly: false,
  });
  const views = viewsFor(context, options);
  return runTurn(context, { service, request: { ...request, again: id }, views, terminal });
}

function linesOf(waiting: Pending, time: (at: number) => string): readonly string[] {
  const { messages, outcomes, replies, more = 0 } = waiting;
  return [
    ...messages.map(({ id, starts, text }) =>
      text === undefined
        ? `${id}  message set aside: it was altered`
        : `${id}  message set aside after ${starts} starts: ${short(text)}`,
    ),
    ...outcomes.map(({ id, at, call }) => {
      const values = short(JSON.stringify(call.arguments));
      return `${id}  outcome unknown: ${sanitiseLine(call.tool)} ${values}, started ${time(at)}`;
    }),
    ...replies.map(({ id, channel, state, attempts, reason, text }) => {
      const why = reason === undefined ? '' : ` (${short(reason)})`;
      const where =
        state === 'dead' ? `given up after ${attempts} attempts` : `tried ${attempts} times`;
      return `${id}  reply to ${channel} ${where}${why}: ${short(text)}`;
    }),
    ...(more > 0 ? [`and ${count(more)} more`] : []),
  ];
}

function short(text: string): string {
  const line = sanitiseLine(text.replaceAll(/\s+/g, ' ').trim());
  return line.length > wordsMax ? `${line.slice(0, wordsMax)}…` : line;
}
