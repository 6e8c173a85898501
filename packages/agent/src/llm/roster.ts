// Owns the list of models and their order: configured, found, chosen. Refuses to delay a start:
// local servers are asked only at a call or a refresh, and only when nothing is configured.

import { AgentError } from '@opencomputer/contracts';
import type { ModelConfiguration } from '@opencomputer/contracts';
import type { ModelSummary } from '@opencomputer/contracts/internal';
import type { Backend, ModelTarget } from './backend.ts';
import { builtInBackend } from './backends.ts';
import { discoverTargets, localAddresses } from './discover.ts';
import type { Environment } from './discover.ts';
import { findLocalTargets } from './listing.ts';
import { llamaBackend } from './llama.ts';
import { Model } from './model.ts';
import type { ModelDependencies } from './model.ts';
import { packageBackend } from './package.ts';
import type { PackageLoader } from './package.ts';

/** What the list is made from. */
export interface RosterOptions extends ModelDependencies {
  readonly environment: Environment;
  readonly settings?: readonly ModelConfiguration[];
  readonly backends?: Readonly<Record<string, Backend>>;
  readonly loadPackage?: PackageLoader;
  readonly localAddresses?: readonly string[];
}

/** The models of the engine, the current one first. */
export interface Roster {
  summaries(): readonly ModelSummary[];
  /** Puts a model first. Takes `model` or `provider/model`; throws `MODEL_UNKNOWN`. */
  choose(name: string): ModelSummary;
  /** The models for a call; looks for local servers when there is none. */
  forCall(): Promise<readonly Model[]>;
  /** Looks for local servers when nothing is configured, not sooner than 5 s after the last look. */
  refresh(): Promise<void>;
}

const PACKAGE = 'package:';
/** A look is not repeated sooner: without a model, every message would wait for one. */
const LOOK_AGAIN_MS = 5_000;

/** Makes the list. Throws `MODEL_UNKNOWN` when a setting names a provider that does not exist. */
export function createRoster(options: RosterOptions): Roster {
  const { clock, fetch, limits } = options;
  const make = (target: ModelTarget): Model =>
    new Model(target, findBackend(target, options), options);
  let models = discoverTargets(options.environment, options.settings).map(make);
  const configured = models.length > 0;
  let looking: Promise<void> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<void> => {
    const addresses = options.localAddresses ?? localAddresses;
    const asking = { fetch, clock, limitMs: limits.probeMsMax };
    const found = await findLocalTargets(addresses, asking);
    lookedAt = clock.monotonic();
    models = merge(models, found, make);
  };
  const refresh = async (): Promise<void> => {
    const due = clock.monotonic() - lookedAt >= LOOK_AGAIN_MS;
    if (configured || (!due && !looking)) return;
    looking ??= look().finally(() => (looking = undefined));
    await looking;
  };
  return {
    summaries: () => {
      const now = clock.monotonic();
      return models.map((model, index) => model.summary(now, index === 0));
    },
    choose: (name) => {
      const chosen = models.find((model) => name === model.name || name === model.origin);
      if (!chosen) throw new AgentError('MODEL_UNKNOWN', { model: name });
      models = [chosen, ...models.filter((model) => model !== chosen)];
      return chosen.summary(clock.monotonic(), true);
    },
    forCall: async () => {
      if (models.length === 0) await refresh();
      return models;
    },
    refresh,
  };
}

/** Servers that are still there keep their state and place; the others leave the list. */
function merge(
  models: readonly Model[],
  found: readonly ModelTarget[],
  make: (target: ModelTarget) => Model,
): Model[] {
  const same = (model: Model, target: ModelTarget): boolean =>
    model.target.baseUrl === target.baseUrl && model.target.model === target.model;
  const kept = models.filter((model) => found.some((target) => same(model, target)));
  const added = found.filter((target) => !models.some((model) => same(model, target)));
  return [...kept, ...added.map(make)];
}

function findBackend(target: ModelTarget, options: RosterOptions): Backend {
  const { provider } = target;
  const backend = options.backends?.[provider] ?? builtInBackend(target);
  if (backend) return backend;
  const { loadPackage } = options;
  if (loadPackage && provider === 'llama') return llamaBackend(loadPackage);
  if (loadPackage && provider.startsWith(PACKAGE)) {
    return packageBackend(provider.slice(PACKAGE.length), loadPackage);
  }
  throw new AgentError('MODEL_UNKNOWN', { model: provider });
}
