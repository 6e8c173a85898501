// Owns the reading of `.claude-plugin/marketplace.json`: which plugins there are and where each is to
// be had. Refuses sources that are commands, and addresses that git or a download could misread.

import * as z from 'zod';
import { AgentError } from '@opencomputer/contracts';
import type { SourceReference } from '@opencomputer/contracts/internal';
import { isList, isObject } from '../json-object.ts';
import { checkDocument } from '../located-document.ts';
import type { LocatedDocument } from '../located-document.ts';
import { claudeDefinition, definitionKeys } from './claude-definition.ts';
import type { ClaudeDefinition } from './claude-definition.ts';
import { PluginFolder, pathWithin } from './plugin-folder.ts';

export const marketplaceFile = '.claude-plugin/marketplace.json';

/** One plugin of a marketplace. */
export interface MarketplaceEntry {
  readonly name: string;
  readonly description: string;
  /** Where it is to be had; absent when it is refused. */
  readonly source?: SourceReference;
  /** Why it cannot be had. */
  readonly refused?: string;
  /** False: what the entry says is the whole plugin. */
  readonly strict: boolean;
  /** What the entry says about the plugin itself. */
  readonly definition: ClaudeDefinition;
}

/** A list of plugins. */
export interface Marketplace {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly entries: readonly MarketplaceEntry[];
  /** Former names with the name of today; null for a plugin that is gone. Chains are followed. */
  readonly renames: Readonly<Record<string, string | null>>;
  readonly warnings: readonly string[];
}

const entriesMax = 2_000;
const kebab = z.string().regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/, 'lower-case words with -');

const marketplaceForm = z.looseObject({
  name: kebab,
  owner: z.looseObject({ name: z.string(), email: z.string().optional() }),
  description: z.string().optional(),
  metadata: z
    .looseObject({ description: z.string().optional(), pluginRoot: z.string().optional() })
    .optional(),
  plugins: z.array(z.unknown()).max(entriesMax),
  renames: z.record(z.string(), z.string().nullable()).optional(),
});

const entryForm = z.intersection(
  claudeDefinition,
  z.object({
    name: kebab,
    source: z.unknown().optional(),
    strict: z.boolean().default(true),
  }),
);

const entryOnly = ['source', 'strict', 'category', 'tags', 'relevance', 'headers', 'headersHelper'];

/** Reads a marketplace. A wrong entry is refused alone. Throws PLUGIN_MANIFEST. */
export async function readMarketplace(directory: string): Promise<Marketplace> {
  const folder = await PluginFolder.open(directory);
  const document = await folder.json(marketplaceFile);
  if (document === undefined) {
    throw new AgentError('PLUGIN_MANIFEST', { file: marketplaceFile, problem: 'it is missing' });
  }
  const { name, owner, description, metadata, renames } = checkDocument(
    document,
    marketplaceForm,
    'the marketplace',
  );
  const root = metadata?.pluginRoot ?? '.';
  const warnings: string[] = [];
  const entries = readEntries(document, root, warnings);
  return {
    name,
    description: description ?? metadata?.description ?? '',
    owner: owner.name,
    entries,
    renames: followed(renames ?? {}, warnings),
    warnings,
  };
}

function readEntries(
  document: LocatedDocument,
  root: string,
  warnings: string[],
): readonly MarketplaceEntry[] {
  const written = isObject(document.value) ? document.value['plugins'] : [];
  const entries = new Map<string, MarketplaceEntry>();
  for (const [at, value] of (isList(written) ? written : []).entries()) {
    const line = document.lineOf(['plugins', at]);
    const parsed = entryForm.safeParse(value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const key = issue?.path.join('.') ?? '';
      warnings.push(`${document.file}:${line}: plugins.${at}.${key}: ${issue?.message}`);
      continue;
    }
    const { name, strict, source, ...definition } = parsed.data;
    if (entries.has(name)) {
      warnings.push(`${document.file}:${line}: "${name}" is there twice; the first counts`);
      continue;
    }
    for (const key of Object.keys(isObject(value) ? value : {})) {
      if (definitionKeys.has(key) || entryOnly.includes(key)) continue;
      warnings.push(`${document.file}:${line}: ${name}: unknown key "${key}" is ignored`);
    }
    const { description = '' } = definition;
    const where = sourceOf(source, root);
    entries.set(name, { name, description, strict, definition: { name, ...definition }, ...where });
  }
  return [...entries.values()];
}

type Where = { readonly source: SourceReference } | { readonly refused: string };

const refName = z.string().regex(/^(?!-)(?!.*\.\.)[\w./+@-]{1,200}$/, 'a branch or a tag');
const git = {
  ref: refName.optional(),
  sha: z
    .string()
    .regex(/^[0-9a-f]{40}$/, '40 hexadecimal digits')
    .optional(),
};
const gitUrl = z
  .string()
  .regex(
    /^(?:https:\/\/[^\s@]+|ssh:\/\/[\w.-]+@[^\s]+|[\w.-]+@[\w.-]+:[^\s:-][^\s:]*)$/,
    'an address of https or ssh',
  );
const inner = z.string().refine((path) => pathWithin(path) !== undefined, 'a path without ..');
/** Some lists give a path with every source of git. */
const gitFolder = { ...git, path: inner.optional() };

const sourceForm = z.discriminatedUnion('source', [
  z.object({
    source: z.literal('github'),
    repo: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'owner/name'),
    ...gitFolder,
  }),
  z.object({ source: z.literal('url'), url: gitUrl, ...gitFolder }),
  z.object({ source: z.literal('git-subdir'), url: gitUrl, path: inner, ...git }),
  z.object({
    source: z.literal('npm'),
    package: z.string().regex(/^(?:@[\w.-]+\/)?[a-zA-Z0-9_][\w.-]*$/, 'the name of a package'),
    version: z.string().max(100).optional(),
    registry: z.url({ protocol: /^https$/ }).optional(),
  }),
  z.object({
    source: z.literal('archive'),
    url: z.url({ protocol: /^https$/ }),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits')
      .optional(),
  }),
]);

/** A written source in our form. Also reads the ones of `extraKnownMarketplaces` that say git. */
function sourceOf(written: unknown, root: string): Where {
  if (typeof written === 'string') return folderOf(written, root);
  if (isObject(written) && written['source'] === 'command') {
    return { refused: 'its source is a command, and nothing is run to get a plugin' };
  }
  const parsed = sourceForm.safeParse(written);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { refused: `its source: ${issue?.path.join('.') ?? ''}: ${issue?.message}` };
  }
  const { data } = parsed;
  if (data.source === 'npm') {
    const { package: name, version, registry } = data;
    return { source: withoutAbsent({ type: 'npm', package: name, version, registry }) };
  }
  if (data.source === 'archive') {
    return { source: withoutAbsent({ type: 'archive', url: data.url, sha256: data.sha256 }) };
  }
  const { ref, sha } = data;
  const url = data.source === 'github' ? `https://github.com/${data.repo}.git` : data.url;
  const path = data.path === undefined ? undefined : pathWithin(data.path);
  return { source: withoutAbsent({ type: 'git', url, ref, sha, path }) };
}

/** `./path` from the marketplace's folder; a bare name from `metadata.pluginRoot`. */
function folderOf(written: string, root: string): Where {
  const isBare = /^[\w-][\w.-]*$/.test(written);
  const path = pathWithin(isBare ? `${root}/${written}` : written);
  if (path !== undefined) return { source: { type: 'folder', path } };
  return { refused: `its source "${written}" is not a path within the marketplace` };
}

function withoutAbsent(
  source: { type: string } & Record<string, string | undefined>,
): SourceReference {
  const given = Object.entries(source).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as SourceReference;
}

/** Each former name with the last of its chain; a circle leads nowhere. */
function followed(
  renames: Readonly<Record<string, string | null>>,
  warnings: string[],
): Readonly<Record<string, string | null>> {
  const last = (name: string): string | null => {
    const seen = new Set<string>();
    let today: string | null = name;
    while (today !== null && Object.hasOwn(renames, today)) {
      if (seen.has(today)) {
        warnings.push(`${marketplaceFile}: renames: "${name}" leads back to itself`);
        return null;
      }
      seen.add(today);
      today = renames[today] ?? null;
    }
    return today;
  };
  return Object.fromEntries(Object.keys(renames).map((name) => [name, last(name)]));
}
