// Owns `agent serve`: the daemon in the foreground until it is interrupted. Refuses to detach
// itself: whoever starts it decides how it lives.

import { AgentError } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { readConfiguration, zoneOf } from '../with-agent.ts';
import { clusterOf } from './serve-cluster.ts';

/** Serves until Ctrl-C, SIGTERM or a command that asks it to stop, then ends in order. */
export async function serve(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  const port = portOf(options);
  const cluster = clusterOf(context.environment, options);
  const configuration = readConfiguration(context, options);
  const interrupted = Promise.withResolvers<void>();
  const end = context.onInterrupt(interrupted.resolve);
  const timeZone = zoneOf(context, configuration);
  const serving = await context.agent.serve({
    configuration,
    timeZone,
    ...(port === undefined ? {} : { port }),
    ...(cluster === undefined ? {} : { cluster }),
  });
  context.output.write(`ready ${serving.url}\n`);
  await Promise.race([interrupted.promise, serving.stopAsked]);
  end();
  await serving.stop();
  return 0;
}

function portOf(options: OptionValues): number | undefined {
  const typed = options['port'];
  if (typeof typed !== 'string') return undefined;
  const port = Number(typed);
  if (/^\d+$/.test(typed) && port <= 65_535) return port;
  const problem = 'expected a number from 0 (any free port) to 65535';
  throw new AgentError('OPTION_INVALID', { option: '--port', problem });
}
