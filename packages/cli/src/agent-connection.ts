// Owns the one import of the agent: connect to the daemon of the data directory if it runs, else
// open the agent in this process. Refuses to be imported before a command needs the agent.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';
import type { AgentDoor, Serving } from './command-context.ts';
import type { Environment } from './environment.ts';

/** The daemon's socket in its data directory. */
const SOCKET_NAME = 'agent.sock';

/** Where the plugins lie: beside the built program, or in the checkout. */
export function pluginDirectoryOf(folder: string): string {
  const built = join(folder, 'plugins');
  return existsSync(built) ? built : join(folder, '..', '..', '..', 'plugins');
}

/** Where the official plugins of this program lie. */
export function officialPlugins(): string {
  return pluginDirectoryOf(import.meta.dirname);
}

/** The door to the agent of this machine. */
export function agentDoor(environment: Environment): AgentDoor {
  const directory = environment.dataDirectory;
  const pluginDirectory = officialPlugins();
  const base = { directory, environment: environment.variables, pluginDirectory };
  const running: AgentDoor['running'] = async () => {
    const { connectAgent } = await import('@opencomputer/agent/client');
    return connectAgent(join(directory, SOCKET_NAME));
  };
  const serve: AgentDoor['serve'] = async ({ port, ...rest }) => {
    const agent = await import('@opencomputer/agent');
    const options = { ...base, command: 'agent serve', ...rest };
    return agent.serve(port === undefined ? options : { ...options, port });
  };
  return {
    running,
    serve,
    open: async (configuration) => {
      const service = await running();
      if (service !== undefined) return service;
      const { openAgent } = await import('@opencomputer/agent');
      return openAgent({ ...base, configuration, command: 'agent' });
    },
    share: async (options) => {
      const service = await running();
      if (service !== undefined) return service;
      const serving = await serve({ ...options, command: 'agent chat' });
      const own = await running();
      if (own !== undefined) return stoppingBoth(own, serving);
      await serving.stop();
      throw new AgentError('SERVICE_UNREACHABLE', { problem: 'its own socket is silent' });
    },
  };
}

function stoppingBoth(service: AgentService, serving: Serving): AgentService {
  return {
    send: (request) => service.send(request),
    listen: (person, signal) => service.listen(person, signal),
    act: (action) => service.act(action),
    query: (name, input) => service.query(name, input),
    stop: async () => {
      await service.stop();
      await serving.stop();
    },
  };
}
