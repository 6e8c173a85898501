// Owns the rules about what a tool says of itself. Refuses to judge what it does.

import type { Concern, Finding, LintSubject } from './rule.ts';

type Tool = LintSubject['manifest']['provides']['tools'][number];

const DESCRIPTION_CHARACTERS_MIN = 10;
const DESCRIPTION_CHARACTERS_MAX = 200;

/** Names, descriptions, sinks and reach. */
export const tools: Concern = ({ manifest }) => {
  const all = manifest.provides.tools;
  return all.flatMap((tool, at) => {
    const path = ['provides', 'tools', at];
    const earlier = all.slice(0, at);
    return [
      ...names(tool, { path, earlier, plugin: manifest.name }),
      ...descriptions(tool, { path, earlier }),
      ...sinks(tool, path),
      ...reach(tool, { path, hosts: manifest.permissions.network }),
    ];
  });
};

type Place = readonly (string | number)[];

function names(
  tool: Tool,
  where: { readonly path: Place; readonly earlier: readonly Tool[]; readonly plugin: string },
): readonly Finding[] {
  const path = [...where.path, 'name'];
  const prefix = `${where.plugin.replaceAll('-', '_')}_`;
  return [
    ...(where.earlier.some(({ name }) => name === tool.name)
      ? [{ rule: 'tool-unique' as const, path, problem: `"${tool.name}" is there twice` }]
      : []),
    ...(tool.name.startsWith(prefix)
      ? []
      : [{ rule: 'tool-name' as const, path, problem: `"${tool.name}" has no "${prefix}"` }]),
  ];
}

function descriptions(
  { name, description }: Tool,
  where: { readonly path: Place; readonly earlier: readonly Tool[] },
): readonly Finding[] {
  const path = [...where.path, 'description'];
  const { length } = description.trim();
  const same = where.earlier.find((other) => other.description === description);
  const problems: Finding[] = [];
  if (length < DESCRIPTION_CHARACTERS_MIN || length > DESCRIPTION_CHARACTERS_MAX) {
    problems.push({ rule: 'tool-description', path, problem: `${name}: ${length} characters` });
  } else if (!description.trim().includes(' ')) {
    problems.push({ rule: 'tool-description', path, problem: `${name}: it is one word` });
  }
  if (same !== undefined) {
    const problem = `${name} has that of ${same.name}`;
    problems.push({ rule: 'tool-description-twice', path, problem });
  }
  return problems;
}

function sinks({ name, effect, sinks: named, input }: Tool, path: Place): readonly Finding[] {
  const { properties } = input;
  const known = typeof properties === 'object' && properties !== null ? properties : {};
  const wanted = effect === 'send' || effect === 'irreversible';
  const unknown = named.filter((sink) => !Object.hasOwn(known, sink));
  return [
    ...(wanted && named.length === 0
      ? [{ rule: 'tool-sinks' as const, path, problem: `${name} (${effect}) names none` }]
      : []),
    ...unknown.map((sink) => ({
      rule: 'tool-sink-known' as const,
      path: [...path, 'sinks', named.indexOf(sink)],
      problem: `${name} has no argument "${sink}"`,
    })),
  ];
}

function reach(
  tool: Tool,
  where: { readonly path: Place; readonly hosts: readonly string[] },
): readonly Finding[] {
  const isOwn = tool.reach === 'own' && (tool.effect === 'send' || tool.effect === 'irreversible');
  if (!isOwn || where.hosts.length === 0) return [];
  const problem = `${tool.name} is reach: own, effect: ${tool.effect}`;
  return [{ rule: 'tool-network', path: [...where.path, 'reach'], problem }];
}
