// Owns the one import of the agent: connect to the daemon of the data directory if it runs, else
// open the agent in this process. Refuses to be imported before a command needs the agent.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentDoor } from './command-context.ts';
import type { Environment } from './environment.ts';

/** Where the plugins lie: beside the built program, or in the checkout. */
export function pluginDirectoryOf(folder: string): string {
  const built = join(folder, 'plugins');
  return existsSync(built) ? built : join(folder, '..', '..', '..', 'plugins');
}

/** The door to the agent of this machine. */
export function agentDoor(environment: Environment): AgentDoor {
  const directory = environment.dataDirectory;
  const pluginDirectory = pluginDirectoryOf(import.meta.dirname);
  const running: AgentDoor['running'] = async () => {
    const { connectAgent } = await import('@opencomputer/agent');
    return connectAgent(directory);
  };
  return {
    running,
    open: async (configuration) => {
      const service = await running();
      if (service !== undefined) return service;
      const { openAgent } = await import('@opencomputer/agent');
      const { variables } = environment;
      return openAgent({ directory, environment: variables, configuration, pluginDirectory });
    },
    serve: async ({ configuration, port }) => {
      const { serve } = await import('@opencomputer/agent');
      const { variables } = environment;
      const options = { directory, environment: variables, configuration, pluginDirectory };
      return serve(port === undefined ? options : { ...options, port });
    },
  };
}
