// Owns what is said about a plugin before it is installed: its rights, what they add, whether it
// fits. Refuses what cannot be installed before anybody is asked about it.

import { AgentError } from '@opencomputer/contracts';
import type { Manifest } from '@opencomputer/contracts';
import type { InstallPlan, LockedPlugin, PluginRelease } from '@opencomputer/contracts/internal';
import { permissionLines, widening } from './permission-lines.ts';
import type { FetchedPlugin } from './ports.ts';
import { resolvePlugins } from './resolution.ts';

/** The plan for a fetched plugin; `installed` is what it takes the place of. */
export function describePlan(
  fetched: FetchedPlugin,
  release: PluginRelease,
  about: { readonly id: string; readonly installed: LockedPlugin | undefined },
): InstallPlan {
  const { manifest, source, origin, parts, warnings } = fetched;
  const { consent, digest } = release;
  const { id, installed } = about;
  const rights = permissionLines(consent);
  return {
    id,
    plugin: manifest.name,
    version: manifest.version,
    description: manifest.description,
    digest,
    source,
    origin,
    tools: manifest.provides.tools.map(({ name, effect }) => ({ tool: name, effect })),
    parts,
    rights,
    asks: installed === undefined ? rights : widening(installed.consent, consent),
    ...(installed && { replaces: installed.version }),
    isInstalled: installed?.digest === digest,
    warnings,
  };
}

/** Throws PLUGIN_CONFLICT when a plugin does not fit with the official and the installed ones. */
export function refuseMisfit(
  manifest: Manifest,
  beside: {
    readonly official: readonly Manifest[];
    readonly installed: readonly Manifest[];
    readonly frameworkVersion: string;
  },
): void {
  const { name } = manifest;
  if (beside.official.some((other) => other.name === name)) {
    throw conflict(name, 'an official plugin has its name');
  }
  const others = [...beside.official, ...beside.installed.filter((other) => other.name !== name)];
  const all = [...beside.official, ...beside.installed];
  const had = resolvePlugins(all, beside.frameworkVersion).conflicts;
  const has = resolvePlugins([...others, manifest], beside.frameworkVersion).conflicts;
  const isNew = has.find(({ problem }) => !had.some((other) => other.problem === problem));
  if (isNew !== undefined) throw conflict(isNew.plugin, isNew.problem);
}

/** Throws PLUGIN_CONFLICT when another plugin would be left without a service that it requires. */
export function refuseLoss(
  name: string,
  beside: {
    readonly official: readonly Manifest[];
    readonly installed: readonly Manifest[];
    readonly frameworkVersion: string;
  },
): void {
  const all = [...beside.official, ...beside.installed];
  const left = all.filter((manifest) => manifest.name !== name);
  const had = resolvePlugins(all, beside.frameworkVersion).conflicts;
  const has = resolvePlugins(left, beside.frameworkVersion).conflicts;
  const isNew = has.find(({ plugin }) => !had.some((other) => other.plugin === plugin));
  if (isNew !== undefined) throw conflict(isNew.plugin, `without ${name} ${isNew.problem}`);
}

function conflict(plugin: string, problem: string): AgentError {
  return new AgentError('PLUGIN_CONFLICT', { plugin, problem });
}
