// Owns the commands for secrets of plugins. Refuses a value as an argument, which every process of the
// machine could read, and never shows one.

import type { Readable, Writable } from 'node:stream';
import { AgentError } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { readPipe } from '../standard-input.ts';
import { table } from '../table.ts';
import { withAgent } from '../with-agent.ts';
import { canAsk } from '../yes-question.ts';
import { secretState } from './list-command.ts';

const valueBytesMax = 4_096;
const waitMs = 2_000;

/** Keeps a secret: asked for without an echo, or read from standard input. */
export async function secretSet(
  context: CommandContext,
  operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  return setSecret(context, operands, { options });
}

/** The same with other streams for the question than the terminal of the process. */
export async function setSecret(
  context: CommandContext,
  [plugin = '', name = '']: readonly string[],
  given: {
    readonly options: OptionValues;
    readonly streams?: { readonly input: Readable; readonly output: Writable };
  },
): Promise<number> {
  const value = canAsk(context)
    ? await askHidden(`${plugin}: ${name}`, given.streams)
    : await readValue(context);
  if (value === undefined) return exitCodes.interrupted;
  if (value === '') {
    throw new AgentError('OPTION_INVALID', { option: 'the secret', problem: 'it is empty' });
  }
  return withAgent(context, given.options, async ({ service }) => {
    await service.query('plugin-secret', { plugin, name, value });
    context.output.write(`${sanitiseLine(`The secret ${name} of ${plugin} is set.`)}\n`);
    return exitCodes.ok;
  });
}

/** Lists all secrets that plugins declare, without values. */
export async function secretList(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  return withAgent(context, options, async ({ service }) => {
    const list = await service.query('plugin-list', {});
    const { output, environment } = context;
    const all = list.flatMap(({ name: plugin, secrets }) =>
      secrets.map((secret) => ({ plugin, ...secret })),
    );
    if (options['json'] === true) output.write(`${visibleJson(all, 2)}\n`);
    else if (all.length === 0) output.write('No plugin asks for a secret.\n');
    else {
      const rows = all.map((each) => [each.plugin, each.name, secretState(each)]);
      output.write(table(rows, { columns: environment.terminal.columns }));
    }
    return exitCodes.ok;
  });
}

/** Forgets a secret. */
export async function secretDelete(
  context: CommandContext,
  [plugin = '', name = '']: readonly string[],
  options: OptionValues,
): Promise<number> {
  return withAgent(context, options, async ({ service }) => {
    await service.query('plugin-secret', { plugin, name });
    context.output.write(`${sanitiseLine(`The secret ${name} of ${plugin} is forgotten.`)}\n`);
    return exitCodes.ok;
  });
}

async function askHidden(
  about: string,
  streams: { readonly input: Readable; readonly output: Writable } | undefined,
): Promise<string | undefined> {
  const { isCancel, password } = await import('@clack/prompts');
  const typed = await password({ ...streams, message: sanitiseLine(about) });
  return isCancel(typed) ? undefined : typed;
}

/** The line feed at the end of `echo` is not part of it. */
async function readValue({ input, error }: CommandContext): Promise<string> {
  const onWait = (): void => error.write('Waiting for the secret on standard input.\n');
  const text = await readPipe(input, { bytesMax: valueBytesMax, waitMs, onWait });
  return text.replace(/\r?\n$/, '');
}
