// Owns how plugins fit together: which one answers for each required service, in which order they
// start, and why they do not fit. Refuses to choose silently: every conflict is a sentence.

import type { Manifest } from '@opencomputer/contracts';
import { satisfies } from '../version-range.ts';

/** What is known of a plugin for this. */
export type Resolvable = Pick<Manifest, 'name' | 'version' | 'framework_version'> & {
  readonly provides: Pick<Manifest['provides'], 'services'>;
  readonly requires: Pick<Manifest['requires'], 'services'>;
};

/** A plugin that does not fit, with one sentence that names who and what. */
export interface Conflict {
  readonly plugin: string;
  readonly problem: string;
}

/** How plugins fit together. */
export interface Resolution {
  /** Names in the order of start: whoever provides comes before whoever requires. */
  readonly order: readonly string[];
  /** For each plugin, the provider of each of its services that has one. */
  readonly providers: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly conflicts: readonly Conflict[];
}

/**
 * Fits plugins together. The first plugin in the list that provides a service in range answers for
 * it, never the one that asks. Plugins in a circle, and those whose service nobody provides, are
 * conflicts; the others keep their order.
 */
export function resolvePlugins(
  plugins: readonly Resolvable[],
  frameworkVersion: string,
): Resolution {
  const conflicts: Conflict[] = [];
  const providers = new Map<string, ReadonlyMap<string, string>>();
  for (const plugin of plugins) {
    if (!satisfies(frameworkVersion, plugin.framework_version)) {
      const problem = `it is for framework ${plugin.framework_version}, and this is ${frameworkVersion}`;
      conflicts.push({ plugin: plugin.name, problem });
    }
    const found = new Map<string, string>();
    for (const required of plugin.requires.services) {
      const provider = providerOf(plugin, required, plugins);
      if (provider !== undefined) found.set(required.name, provider);
      else if (!required.optional) {
        conflicts.push({ plugin: plugin.name, problem: missing(plugin, required, plugins) });
      }
    }
    providers.set(plugin.name, found);
  }
  const { order, circles } = sort(plugins, providers);
  for (const circle of circles) {
    const problem = `plugins require each other in a circle: ${circle.join(' → ')}`;
    conflicts.push({ plugin: circle[0] ?? '', problem });
  }
  return { order, providers, conflicts };
}

type Required = Resolvable['requires']['services'][number];

function providerOf(
  asking: Resolvable,
  { name, version }: Required,
  plugins: readonly Resolvable[],
): string | undefined {
  const provider = plugins.find(
    (plugin) =>
      plugin.name !== asking.name &&
      plugin.provides.services.some(
        (service) => service.name === name && satisfies(service.version, version),
      ),
  );
  return provider?.name;
}

/** Why nobody provides it: nobody at all, or in other versions. */
function missing(
  asking: Resolvable,
  { name, version }: Required,
  plugins: readonly Resolvable[],
): string {
  const others = plugins
    .filter((plugin) => plugin.name !== asking.name)
    .flatMap((plugin) =>
      plugin.provides.services
        .filter((service) => service.name === name)
        .map((service) => `${plugin.name} provides ${name}@${service.version}`),
    );
  const wanted = `it requires ${name}@${version}`;
  if (others.length === 0) return `${wanted}, and no installed plugin provides ${name}`;
  return `${wanted}, and ${others.join(', ')}`;
}

/** Depth first, in the given order; a way back to a plugin that is still open is a circle. */
function sort(
  plugins: readonly Resolvable[],
  providers: ReadonlyMap<string, ReadonlyMap<string, string>>,
): { readonly order: readonly string[]; readonly circles: readonly (readonly string[])[] } {
  const order: string[] = [];
  const circles: (readonly string[])[] = [];
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    const at = path.indexOf(name);
    if (at >= 0) circles.push([...path.slice(at), name]);
    if (at >= 0 || done.has(name)) return;
    for (const provider of new Set(providers.get(name)?.values())) visit(provider, [...path, name]);
    done.add(name);
    order.push(name);
  };
  for (const { name } of plugins) visit(name, []);
  return { order, circles };
}
