// Owns the life of the daemon: the agent behind a gateway until somebody asks it to stop. Refuses to
// print, to read the process and to leave the agent open when the gateway cannot start.

import type { AgentService } from '@opencomputer/contracts/internal';
import { readApiKey } from './api-key.ts';
import { createGateway } from './gateway.ts';
import type { GatewayOptions } from './gateway.ts';

/** What a daemon is made of; the rest of the gateway's options are its own. */
export interface DaemonOptions extends Omit<GatewayOptions, 'apiKey' | 'onStop'> {
  readonly service: AgentService;
  /** The file with the key of the port. */
  readonly keyPath: string;
}

/** A daemon that takes requests. */
export interface RunningDaemon {
  /** The address of the port, when one was asked for; else the path of the socket. */
  readonly url: string;
  /** Resolves when a command asked the daemon to stop. */
  readonly stopAsked: Promise<void>;
  stop(): Promise<void>;
}

/** Resolves when requests are taken; a stop refuses new ones and new turns from the first moment. */
export async function startDaemon({ keyPath, ...options }: DaemonOptions): Promise<RunningDaemon> {
  const { service, socketPath } = options;
  const asked = Promise.withResolvers<void>();
  try {
    const apiKey = readApiKey(keyPath);
    const gateway = await createGateway({ ...options, apiKey, onStop: () => asked.resolve() });
    const stop = async (): Promise<void> => {
      // Both at once: the agent takes no new turn while the gateway answers what it has taken.
      const stopping = service.stop();
      await gateway.close();
      await stopping;
    };
    return { url: gateway.url ?? socketPath, stopAsked: asked.promise, stop };
  } catch (error) {
    await service.stop();
    throw error;
  }
}
