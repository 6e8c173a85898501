// Owns what is said about a plugin before it is installed: its rights, what they add, whether it
// fits. Refuses what cannot be installed before anybody is asked about it.

import { AgentError } from '@opencomputer/contracts';
import type { Manifest } from '@opencomputer/contracts';
import type { InstallPlan, LockedPlugin, PluginRelease } from '@opencomputer/contracts/internal';
import { permissionLines, widening } from './permission-lines.ts';
import type { FetchedPlugin } from './ports.ts';
import { publisherAsks, publisherWarnings } from './publisher-lines.ts';
import { resolvePlugins } from './resolution.ts';

/** The plan for a fetched plugin; `installed` is what it takes the place of. */
export function describePlan(
  fetched: FetchedPlugin,
  release: PluginRelease,
  about: {
    readonly id: string;
    readonly installed: LockedPlugin | undefined;
    readonly official: readonly Manifest[];
  },
): InstallPlan {
  const { manifest, source, origin, parts, warnings } = fetched;
  const { consent, digest } = release;
  const { id, installed, official } = about;
  const takesPlace = official.some(({ name }) => name === manifest.name)
    ? [`take the place of the official plugin ${manifest.name}, whose data it does not get`]
    : [];
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
    asks:
      installed === undefined
        ? [...takesPlace, ...rights]
        : [...widening(installed.consent, consent), ...publisherAsks(installed.consent, consent)],
    ...(installed && { replaces: installed.version }),
    isInstalled: installed?.digest === digest,
    warnings: [...warnings, ...publisherWarnings(installed?.consent, release)],
  };
}

/** The plugins beside which one is installed or removed. */
export interface Beside {
  /** An installed plugin of the same name takes the place of an official one. */
  readonly official: readonly Manifest[];
  readonly installed: readonly Manifest[];
  readonly frameworkVersion: string;
}

/** Throws PLUGIN_CONFLICT when a plugin does not fit with the official and the installed ones. */
export function refuseMisfit(manifest: Manifest, beside: Beside): void {
  const { name } = manifest;
  const official = beside.official.find((other) => other.name === name);
  if (official !== undefined && touchesMachine(official)) {
    throw conflict(name, 'the official plugin of its name touches files or programs, and stays');
  }
  const all = running(beside);
  const others = all.filter((other) => other.name !== name);
  const had = resolvePlugins(all, beside.frameworkVersion).conflicts;
  const has = resolvePlugins([...others, manifest], beside.frameworkVersion).conflicts;
  const isNew = has.find(({ problem }) => !had.some((other) => other.problem === problem));
  if (isNew !== undefined) throw conflict(isNew.plugin, isNew.problem);
}

/** What a person types or grants for such a plugin must never reach another one by its name. */
function touchesMachine({ permissions, runtime }: Manifest): boolean {
  const { files, processes } = permissions;
  return processes || files.read.length > 0 || files.write.length > 0 || runtime === 'builtin';
}

/** Throws PLUGIN_CONFLICT when another plugin would be left without a service that it requires. */
export function refuseLoss(name: string, beside: Beside): void {
  const all = running(beside);
  const installed = beside.installed.filter((manifest) => manifest.name !== name);
  const left = running({ ...beside, installed });
  const had = resolvePlugins(all, beside.frameworkVersion).conflicts;
  const has = resolvePlugins(left, beside.frameworkVersion).conflicts;
  const isNew = has.find(({ plugin }) => !had.some((other) => other.plugin === plugin));
  if (isNew !== undefined) throw conflict(isNew.plugin, `without ${name} ${isNew.problem}`);
}

function running({ official, installed }: Beside): readonly Manifest[] {
  const names = new Set(installed.map(({ name }) => name));
  return [...official.filter(({ name }) => !names.has(name)), ...installed];
}

function conflict(plugin: string, problem: string): AgentError {
  return new AgentError('PLUGIN_CONFLICT', { plugin, problem });
}
