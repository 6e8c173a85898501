// Owns how an installed plugin changes: a pure function for each step between its releases. Refuses a
// step that makes no sense in its state, with a sentence; writes and runs nothing.

import { AgentError } from '@opencomputer/contracts';
import type {
  CallCount,
  LockedPlugin,
  PastRelease,
  PluginChange,
  PluginRelease,
} from '@opencomputer/contracts/internal';
import { pastReleasesMax } from './lockfile.ts';

const noCalls: CallCount = { calls: 0, failures: 0 };

/** The plugin with a change. Throws PLUGIN_STATE when there is nothing to change. */
export function changed(plugin: LockedPlugin, change: PluginChange, at: number): LockedPlugin {
  switch (change) {
    case 'enable':
      return { ...plugin, enabled: true };
    case 'disable':
      return { ...plugin, enabled: false };
    case 'pin':
      return { ...withoutCanary(plugin), pinned: true };
    case 'unpin':
      return { ...plugin, pinned: false };
    case 'roll-back':
      return rolledBack(plugin, { at, reason: 'rolled back by hand' });
    case 'promote': {
      const { canary } = plugin;
      if (canary === undefined) throw refusal(plugin, 'it has no new version on trial');
      return replaced(plugin, canary, { at, reason: 'an update' });
    }
  }
}

/** The plugin with another current release; the one before is kept to go back to. */
export function replaced(
  plugin: LockedPlugin,
  release: PluginRelease,
  why: { readonly at: number; readonly reason: string },
): LockedPlugin {
  if (release.digest === plugin.digest) return { ...withoutCanary(plugin), ...bare(release) };
  const past = { ...bare(plugin), replacedAt: why.at, reason: why.reason };
  const older = plugin.previous.filter(({ digest }) => digest !== release.digest);
  const previous = [past, ...older].slice(0, pastReleasesMax);
  return { ...withoutCanary(plugin), ...bare(release), previous };
}

/** The plugin with a release on trial beside the current one. */
export function onTrial(
  plugin: LockedPlugin,
  release: PluginRelease,
  trial: { readonly at: number; readonly share: number },
): LockedPlugin {
  const counts = { canary: noCalls, current: noCalls };
  const canary = { ...bare(release), share: trial.share, startedAt: trial.at, counts };
  return { ...plugin, canary };
}

/**
 * The plugin without its trial, or, when it has none, at the release before. Throws PLUGIN_STATE when
 * there is none.
 */
export function rolledBack(
  plugin: LockedPlugin,
  why: { readonly at: number; readonly reason: string },
): LockedPlugin {
  if (plugin.canary !== undefined) return withoutCanary(plugin);
  const [last, ...older] = plugin.previous;
  if (last === undefined) throw refusal(plugin, 'it has no earlier version to go back to');
  return { ...plugin, ...bare(last), previous: keepBad(plugin, older, why) };
}

/** The plugin with calls added to the counts of its trial. */
export function counted(
  plugin: LockedPlugin,
  which: 'canary' | 'current',
  more: CallCount,
): LockedPlugin {
  const { canary } = plugin;
  if (canary === undefined) return plugin;
  const had = canary.counts[which];
  const sum = { calls: had.calls + more.calls, failures: had.failures + more.failures };
  return { ...plugin, canary: { ...canary, counts: { ...canary.counts, [which]: sum } } };
}

/** Every digest that a plugin may still need. */
export function digestsOf(plugin: LockedPlugin): readonly string[] {
  const { digest, previous, canary } = plugin;
  return [digest, ...previous.map((past) => past.digest), ...(canary ? [canary.digest] : [])];
}

/** A release that was given up goes to the end, so that a second step back does not return to it. */
function keepBad(
  plugin: LockedPlugin,
  older: readonly PastRelease[],
  why: { readonly at: number; readonly reason: string },
): readonly PastRelease[] {
  const given = { ...bare(plugin), replacedAt: why.at, reason: why.reason };
  return [...older.slice(0, pastReleasesMax - 1), given];
}

function bare({ version, digest, source, consent }: PluginRelease): PluginRelease {
  return { version, digest, source, consent };
}

function withoutCanary(plugin: LockedPlugin): LockedPlugin {
  const { canary, ...rest } = plugin;
  return canary === undefined ? plugin : rest;
}

function refusal({ name }: LockedPlugin, problem: string): AgentError {
  return new AgentError('PLUGIN_STATE', { plugin: name, problem });
}
