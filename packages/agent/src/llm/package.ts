// Owns the backend for an installed provider package that is loaded by its name. Refuses to look
// for packages itself: the composition root says how a name is loaded.

import { AgentError } from '@opencomputer/contracts';
import type { Provider } from '@opencomputer/contracts';
import type { Backend } from './backend.ts';

/** Loads a module by its package name, from the folder where packages are installed. */
export type PackageLoader = (name: string) => Promise<unknown>;

/** What such a package gives: the provider interface of the AI SDK, version 4. */
interface ProviderFactory {
  (settings: { apiKey?: string; baseURL?: string; fetch?: typeof globalThis.fetch }): {
    languageModel(model: string): Provider;
  };
}

/**
 * A backend from a package: its export `createProvider`, or its only export named `create…`.
 * Opening it throws `MODEL_REQUEST` when the package is missing or is not a provider.
 */
export function packageBackend(name: string, load: PackageLoader): Backend {
  return {
    open: async ({ target, model, fetch }) => {
      const create = findFactory(await loadPackage(name, load));
      if (!create) throw wrong(model, `the package ${name} is not a provider`);
      const provider = create({
        ...(target.key === undefined ? {} : { apiKey: target.key }),
        ...(target.baseUrl === undefined ? {} : { baseURL: target.baseUrl }),
        fetch,
      });
      const opened = provider.languageModel(model);
      if (opened.specificationVersion !== 'v4') {
        throw wrong(model, `the package ${name} has another version of the interface`);
      }
      return opened;
    },
  };
}

async function loadPackage(name: string, load: PackageLoader): Promise<Record<string, unknown>> {
  try {
    return (await load(name)) as Record<string, unknown>;
  } catch (cause) {
    const add = `agent models add package:${name} MODEL`;
    const problem = `its package is not installed; \`${add}\` installs it`;
    throw new AgentError('MODEL_REQUEST', { model: name, problem }, { cause });
  }
}

function findFactory(module: Record<string, unknown>): ProviderFactory | undefined {
  const named = module['createProvider'];
  if (typeof named === 'function') return named as ProviderFactory;
  const factories = Object.entries(module).filter(
    ([key, value]) => /^create[A-Z]/.test(key) && typeof value === 'function',
  );
  return factories.length === 1 ? (factories[0]?.[1] as ProviderFactory) : undefined;
}

function wrong(model: string, problem: string): AgentError {
  return new AgentError('MODEL_REQUEST', { model, problem });
}
