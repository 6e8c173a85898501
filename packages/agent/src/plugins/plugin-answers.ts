// Owns the answers to questions about plugins and the changes that a person asks for, in plain data.
// Refuses to open the list of what is installed for a question that can be answered without it.

import { AgentError } from '@opencomputer/contracts';
import type { InstalledSummary, LockedPlugin, Queries } from '@opencomputer/contracts/internal';
import type { ListingPluginHost } from './host.ts';
import type { PluginManager } from './manager/index.ts';
import { permissionLines } from './manager/permission-lines.ts';
import type { SecretStore } from './manager/secret-store.ts';
import type { PluginMetrics } from './plugin-metrics.ts';

/** Fetching one plugin with all that it needs. */
const planMsMax = 20 * 60_000;
/** Asking new plugins for their tools. */
const listMsMax = 15_000;

type Name = Extract<keyof Queries, `plugin${string}` | 'metrics'>;

/** Answers by the name of the question. */
export type PluginAnswers = {
  readonly [Each in Name]: (input: Queries[Each]['input']) => Promise<Queries[Each]['output']>;
};

/** What answers are made from. */
export interface PluginAnswerParts {
  readonly host: Pick<ListingPluginHost, 'refresh' | 'describe'>;
  readonly open: () => Promise<PluginManager>;
  /** False while nothing was ever installed. */
  readonly isAny: () => boolean;
  readonly secrets: () => Promise<SecretStore>;
  readonly metrics: PluginMetrics;
}

/** Answers of one host and its manager; they reject with the errors of both. */
export function createPluginAnswers(parts: PluginAnswerParts): PluginAnswers {
  const { host, open, isAny, secrets, metrics } = parts;
  const planning = (): AbortSignal => AbortSignal.timeout(planMsMax);
  /** A plugin that has to be asked for its tools is asked now, not in the middle of a talk. */
  const listed = async (plugin: LockedPlugin): Promise<LockedPlugin> => {
    await host.refresh(AbortSignal.timeout(listMsMax));
    return plugin;
  };
  return {
    plugins: async () => {
      await host.refresh(AbortSignal.timeout(listMsMax));
      return host.describe();
    },
    metrics: async () => ({ text: metrics.text() }),
    'plugin-list': async () => {
      if (!isAny()) return [];
      const manager = await open();
      const kept = await secrets();
      return Promise.all(manager.list().map((plugin) => summaryOf(plugin, { manager, kept })));
    },
    'plugin-plan': async ({ reference }) => (await open()).plan(reference, planning()),
    'plugin-plan-update': async ({ plugin }) => (await open()).planUpdate(plugin, planning()),
    'plugin-commit': async ({ id, ...how }) => listed(await (await open()).commit(id, how)),
    'plugin-change': async ({ plugin, change }) =>
      listed(await (await open()).change(plugin, change)),
    'plugin-remove': async ({ plugin }) => {
      await (await open()).remove(plugin);
      // Another plugin of this name shall not find them.
      await (await secrets()).delete(plugin);
      return {};
    },
    'plugin-verify': async () => {
      if (!isAny()) return [];
      const found = await (await open()).verify();
      return [...found].map(([plugin, altered]) => ({ plugin, altered }));
    },
    'plugin-secret': async ({ plugin, name, value }) => {
      const manager = await open();
      const kept = await secrets();
      if (value === undefined) {
        await kept.delete(plugin, name);
        return { isSet: false };
      }
      await checkSecret(manager, { plugin, name, value });
      await kept.set(plugin, name, value);
      return { isSet: true };
    },
  };
}

async function summaryOf(
  plugin: LockedPlugin,
  { manager, kept }: { readonly manager: PluginManager; readonly kept: SecretStore },
): Promise<InstalledSummary> {
  const names = await kept.names(plugin.name);
  const declared = (await manager.manifestOf(plugin))?.requires.secrets ?? [];
  return {
    ...plugin,
    rights: permissionLines(plugin.consent),
    secrets: declared.map(({ name, optional }) => {
      return { name, required: !optional, isSet: names.includes(name) };
    }),
  };
}

/** Throws PLUGIN_UNKNOWN, PLUGIN_STATE for one that it does not declare, EGRESS_SECRET_MISSING. */
async function checkSecret(
  manager: PluginManager,
  secret: { readonly plugin: string; readonly name: string; readonly value: string },
): Promise<void> {
  const { plugin, name } = secret;
  const locked = manager.list().find((each) => each.name === plugin);
  if (locked === undefined) throw new AgentError('PLUGIN_UNKNOWN', { plugin });
  const releases = [locked, ...(locked.canary ? [locked.canary] : [])];
  if (!releases.some(({ consent }) => Object.hasOwn(consent.secrets, name))) {
    throw new AgentError('PLUGIN_STATE', { plugin, problem: `it declares no secret "${name}"` });
  }
  const { checkSecret: check } = await import('./egress/secret-forms.ts');
  check(secret);
}
