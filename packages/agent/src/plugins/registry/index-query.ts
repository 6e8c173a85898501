// Owns the questions to indexes that are believed: which release a name means, what fits some words,
// what was withdrawn. Refuses withdrawn releases, and flagged ones that nobody named exactly.

import { AgentError } from '@opencomputer/contracts';
import { greatestWithin } from '../sources/semver-range.ts';
import { satisfies } from '../version-range.ts';
import type { CurrentIndex } from './index-client.ts';
import type { IndexedRelease } from './index-documents.ts';

/** A release with who lists it. */
export interface FoundRelease extends IndexedRelease {
  readonly name: string;
  readonly description: string;
  readonly registry: string;
}

const foundMax = 50;

/**
 * The greatest release of a name within a range, by the first registry that knows the name. Throws
 * PLUGIN_SOURCE.
 */
export function resolveName(
  indexes: readonly CurrentIndex[],
  wanted: { readonly name: string; readonly range?: string; readonly frameworkVersion: string },
): FoundRelease {
  const { name, range = '*', frameworkVersion } = wanted;
  const releases = indexes.map((each) => releasesOf(each, name)).find(({ length }) => length > 0);
  const fault = (problem: string): AgentError =>
    new AgentError('PLUGIN_SOURCE', { reference: name, problem });
  if (releases === undefined) {
    const looked = indexes.map(({ registry }) => registry).join(', ');
    throw fault(looked === '' ? 'no registry is configured' : `no registry has it (${looked})`);
  }
  const exact = releases.find(({ version }) => version === range);
  if (exact?.state === 'withdrawn') throw fault(`${range} was withdrawn: ${exact.reason}`);
  const fitting = releases.filter(
    (each) =>
      (each === exact || each.state === 'listed') &&
      satisfies(frameworkVersion, each.framework_version),
  );
  const version = greatestWithin(
    fitting.map((each) => each.version),
    range,
  );
  const found = fitting.find((each) => each.version === version);
  if (found !== undefined) return found;
  throw fault(`no version within ${range} is listed for framework ${frameworkVersion}`);
}

/** Plugins whose name or description has all the words, by name; the newest listed release of each. */
export function searchIndexes(
  indexes: readonly CurrentIndex[],
  words: readonly string[],
): readonly FoundRelease[] {
  const wanted = words.map((word) => word.toLowerCase());
  const seen = new Set<string>();
  const found: FoundRelease[] = [];
  for (const current of indexes) {
    for (const { name, description } of current.index.plugins) {
      const text = `${name} ${description}`.toLowerCase();
      if (seen.has(name)) continue;
      // A name belongs to the first registry that has it, also when it does not fit here.
      seen.add(name);
      if (!wanted.every((word) => text.includes(word))) continue;
      const listed = releasesOf(current, name).filter(({ state }) => state === 'listed');
      const newest = greatestWithin(
        listed.map(({ version }) => version),
        '*',
      );
      const release = listed.find(({ version }) => version === newest) ?? listed[0];
      if (release !== undefined) found.push(release);
    }
  }
  const isNamed = ({ name }: FoundRelease): number =>
    wanted.some((word) => name.includes(word)) ? 0 : 1;
  const sorted = found.toSorted(
    (one, two) => isNamed(one) - isNamed(two) || (one.name < two.name ? -1 : 1),
  );
  return sorted.slice(0, foundMax);
}

/** Why a release by this digest was withdrawn, whatever name and place it was added by. */
export function withdrawnReason(
  indexes: readonly CurrentIndex[],
  digest: string,
): string | undefined {
  for (const { index } of indexes) {
    for (const { releases } of index.plugins) {
      const found = releases.find(({ reference }) => reference.endsWith(`@${digest}`));
      if (found?.state === 'withdrawn') return found.reason;
    }
  }
  return undefined;
}

function releasesOf({ index, registry }: CurrentIndex, name: string): readonly FoundRelease[] {
  const plugin = index.plugins.find((each) => each.name === name);
  if (plugin === undefined) return [];
  const { description } = plugin;
  return plugin.releases.map((release) => ({ ...release, name, description, registry }));
}
