// Owns the frame of every command that talks to the agent: read the configuration, open, use, stop.
// Refuses to leave anything running when the command ends, whichever way it ends.

import type { Configuration } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';
import type { CommandContext } from './command-context.ts';
import { loadConfiguration } from './configuration.ts';
import type { OptionValues } from './definitions.ts';
import { sanitiseLine } from './sanitise.ts';

/** An open agent and what it was opened with. */
export interface OpenedAgent {
  readonly service: AgentService;
  readonly configuration: Configuration;
  /** IANA zone of the person. */
  readonly timeZone: string;
}

/** Opens the agent for the time of `use`. */
export async function withAgent<Result>(
  context: CommandContext,
  options: OptionValues,
  use: (opened: OpenedAgent) => Promise<Result>,
): Promise<Result> {
  const configuration = readConfiguration(context, options);
  const service = await context.agent.open(configuration);
  try {
    const timeZone = configuration.person.timeZone ?? context.environment.timeZone;
    return await use({ service, configuration, timeZone });
  } finally {
    await service.stop();
  }
}

/** The configuration of this run; unknown keys are warned of on standard error. */
export function readConfiguration(context: CommandContext, options: OptionValues): Configuration {
  const { configurationFile, homeFolder } = context.environment;
  const loaded = loadConfiguration({ file: configurationFile, home: homeFolder });
  for (const warning of loaded.warnings) {
    context.error.write(`agent: ${sanitiseLine(warning)} (ignored)\n`);
  }
  return trusting(loaded.configuration, options);
}

/** `--trust NAME` holds for this run only. */
function trusting(configuration: Configuration, options: OptionValues): Configuration {
  const names = options['trust'];
  if (!Array.isArray(names)) return configuration;
  const plugins = { ...configuration.plugins };
  for (const name of names) {
    plugins[name] = {
      enabled: true,
      arguments: [],
      environment: {},
      ...plugins[name],
      trust: true,
    };
  }
  return { ...configuration, plugins };
}
