// Owns what a person reads before a plugin is installed or updated. Refuses to show a word of it as
// the plugin wrote it: everything is cleaned of what a terminal would obey.

import type { InstallPlan, PluginSource } from '@opencomputer/contracts/internal';
import { sanitiseLine } from '../sanitise.ts';

const origins: Readonly<Record<InstallPlan['origin'], string>> = {
  official: 'signed by this project',
  community: 'listed and reviewed by the community',
  local: 'nobody but you vouches for it',
};

/** All of a plan, for a plugin that is not there yet. */
export function planLines(plan: InstallPlan): readonly string[] {
  const { plugin, version, description, source, origin, tools, replaces, warnings } = plan;
  const kept = plan.parts.filter(({ becomes }) => becomes !== '');
  const dropped = plan.parts.filter(({ becomes }) => becomes === '');
  const lines = [
    `${plugin} ${version}: ${description}`,
    `From ${sourceText(source)} (${origin}: ${origins[origin]})`,
    ...(replaces === undefined ? [] : [`Takes the place of ${replaces}`]),
    ...section(
      'Tools',
      tools.map(({ tool, effect }) => `${tool} (${effect})`),
    ),
    ...section(
      'What becomes of its parts',
      kept.map(({ part, becomes, reason }) => `${part}: ${becomes}${because(reason)}`),
    ),
    ...section(
      'Left out',
      dropped.map(({ part, reason }) => `${part}${because(reason)}`),
    ),
    ...section('Mind', warnings),
    ...rightsLines(plan),
  ];
  return cleaned(lines);
}

/** Only what an update adds to what was allowed. */
export function updateLines(plan: InstallPlan): readonly string[] {
  const { plugin, version, replaces = '', asks } = plan;
  const head = `${plugin} ${replaces} → ${version}`;
  return cleaned([head, ...section('It asks for more', asks)]);
}

/** Lines without anything that a terminal would obey; those that begin with a space are set in. */
export function cleaned(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `${line.startsWith(' ') ? '  ' : ''}${sanitiseLine(line)}`);
}

/** Where something came from, in a few words. */
export function sourceText(source: PluginSource): string {
  switch (source.type) {
    case 'folder':
    case 'mcpb':
      return source.path;
    case 'git': {
      const path = source.path === undefined ? '' : `, ${source.path}`;
      return `${source.url}, commit ${source.commit.slice(0, 12)}${path}`;
    }
    case 'npm':
      return `npm ${source.package}@${source.version}`;
    case 'wheel':
      return `PyPI ${source.package} ${source.version}`;
    case 'oci':
    case 'image':
      return `${source.reference}, ${source.digest.slice(0, 19)}`;
    case 'server':
      return `the MCP server ${source.name}`;
  }
}

function rightsLines({ rights, asks, replaces }: InstallPlan): readonly string[] {
  const beside = asks.filter((ask) => !rights.includes(ask));
  if (rights.length === 0) {
    return [...section('It wants to', beside), 'It may touch nothing but its own storage.'];
  }
  if (replaces === undefined) return section('It wants to', [...beside, ...rights]);
  const had = rights.filter((right) => !asks.includes(right));
  return [...section('As before it may', had), ...section('It asks for more', asks)];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}
