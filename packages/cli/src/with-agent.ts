// Owns the frame of every command that talks to the agent: read the configuration, open, use, stop.
// Refuses to leave anything running when the command ends, whichever way it ends.

import type { Configuration } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';
import type { AgentDoor, CommandContext } from './command-context.ts';
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
  return using(context, { configuration, use, open: (door) => door.open(configuration) });
}

/** The same for a program that stays open: other commands use the agent through it. */
export async function withSharedAgent<Result>(
  context: CommandContext,
  options: OptionValues,
  use: (opened: OpenedAgent) => Promise<Result>,
): Promise<Result> {
  const configuration = readConfiguration(context, options);
  const timeZone = zoneOf(context, configuration);
  const open = (door: AgentDoor) => door.share({ configuration, timeZone });
  return using(context, { configuration, use, open });
}

async function using<Result>(
  context: CommandContext,
  steps: {
    readonly configuration: Configuration;
    readonly open: (door: AgentDoor) => Promise<AgentService>;
    readonly use: (opened: OpenedAgent) => Promise<Result>;
  },
): Promise<Result> {
  const { configuration, open, use } = steps;
  const service = await open(context.agent);
  try {
    const timeZone = zoneOf(context, configuration);
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

/** IANA zone of the person: configured, else the machine's. */
export function zoneOf(context: CommandContext, configuration: Configuration): string {
  return configuration.person.timeZone ?? context.environment.timeZone;
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
