// Owns calls from one plugin to a service of another: who may ask whom, how deep, never in a circle.
// Refuses to run anything: a call goes back through the composition root, and so through policy.

import type { JsonObject, ToolOutcome } from '@opencomputer/contracts';
import type { CallOptions } from '@opencomputer/contracts/internal';
import type { ActivePlugin, Catalogue } from './catalogue.ts';
import type { ServiceRequest } from './connection.ts';
import { failure } from './outcome.ts';

/** Plugins in a row, the first one included. */
export const SERVICE_DEPTH_MAX = 4;

/** Options of a call that a plugin made; they must reach `PluginHost.call` as they are. */
export interface ServiceCallOptions extends CallOptions {
  /** Plugins that wait for this call, the first one first. */
  readonly chain: readonly string[];
}

/** Runs a tool for a plugin, through policy; wired by the composition root. */
export type ServiceRunner = (
  plugin: string,
  tool: string,
  call: { readonly input: JsonObject; readonly options: ServiceCallOptions },
) => Promise<ToolOutcome>;

/** The plugins that wait for a call; empty for one that a turn made. */
export function chainOf(options: CallOptions): readonly string[] {
  const { chain } = options as Partial<ServiceCallOptions>;
  return chain ?? [];
}

/** Answers the service calls of one call. Never rejects. */
export function serviceCaller(
  asking: ActivePlugin,
  ports: {
    readonly catalogue: () => Catalogue;
    readonly run: ServiceRunner;
    readonly options: CallOptions;
    /** Ends with the call that asks. */
    readonly signal: AbortSignal;
  },
): (request: ServiceRequest) => Promise<ToolOutcome> {
  const { options, signal } = ports;
  const chain = [...chainOf(options), asking.name];
  let count = 0;
  return async ({ service, operation, input }) => {
    const provider = ports.catalogue().provider(asking, { service, operation });
    if (provider === 'not-required') {
      const text = `${asking.name} does not require the service "${service}" in its manifest.`;
      return { status: 'refused', text };
    }
    if (provider === undefined) return failure('SERVICE_UNKNOWN', { service });
    const circle = [...chain, provider.plugin].join(' → ');
    if (chain.includes(provider.plugin)) {
      return { status: 'refused', text: `Plugins may not call each other in a circle: ${circle}.` };
    }
    if (chain.length >= SERVICE_DEPTH_MAX) {
      const text = `At most ${SERVICE_DEPTH_MAX} plugins may call each other in a row: ${circle}.`;
      return { status: 'refused', text };
    }
    count += 1;
    // A retry of the asking call repeats its calls in the same order, so with the same keys.
    const idempotencyKey = `${options.idempotencyKey}/${service}.${operation}/${count}`;
    try {
      return await ports.run(provider.plugin, provider.tool, {
        input,
        options: { ...options, idempotencyKey, signal, chain },
      });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return failure('TOOL_FAILED', { tool: provider.tool, problem });
    }
  };
}
