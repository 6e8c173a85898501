// Owns the list of installed plugins on disk: which version, by digest, from where, allowed what.
// Refuses a file that was cut or altered by hand into something else: it is named, never guessed at.

import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { AgentError, permissions } from '@opencomputer/contracts';
import type { LockedPlugin } from '@opencomputer/contracts/internal';
import { replaceFile } from '../durable-file.ts';

const formatVersion = 1;
const pluginsMax = 500;
/** Past releases that a plugin can go back to. */
export const pastReleasesMax = 5;

const hex = (digits: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

const source = z.discriminatedUnion('type', [
  z.object({ type: z.literal('folder'), path: z.string() }),
  z.object({
    type: z.literal('git'),
    url: z.string(),
    commit: z.union([hex(40), hex(64)]),
    path: z.string().exactOptional(),
  }),
  z.object({
    type: z.literal('npm'),
    package: z.string(),
    version: z.string(),
    integrity: z.string(),
    registry: z.string().exactOptional(),
  }),
  z.object({
    type: z.literal('wheel'),
    package: z.string(),
    version: z.string(),
    sha256: hex(64),
  }),
  z.object({ type: z.enum(['oci', 'image']), reference: z.string(), digest: z.string() }),
  z.object({ type: z.literal('mcpb'), path: z.string(), sha256: hex(64) }),
  z.object({ type: z.literal('server'), name: z.string() }),
]);

const release = z.object({
  version: z.string(),
  digest: hex(64),
  source,
  consent: z.object({
    permissions,
    secrets: z.record(z.string(), z.array(z.string())),
    publisher: hex(64).exactOptional(),
    at: z.number(),
  }),
});

const count = z.object({ calls: z.int().min(0), failures: z.int().min(0) });

const locked = release.extend({
  reference: z.string(),
  name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  origin: z.enum(['official', 'community', 'local']),
  enabled: z.boolean(),
  pinned: z.boolean(),
  previous: z
    .array(release.extend({ replacedAt: z.number(), reason: z.string() }))
    .max(pastReleasesMax),
  canary: release
    .extend({
      share: z.number().min(0).max(1),
      startedAt: z.number(),
      counts: z.object({ canary: count, current: count }),
    })
    .exactOptional(),
  withdrawn: z.string().exactOptional(),
});

const file = z.object({
  version: z.literal(formatVersion),
  plugins: z.array(locked).max(pluginsMax),
});

/** The list on disk. */
export interface Lockfile {
  /** Throws PLUGIN_LOCKFILE when it is damaged; no file is an empty list. */
  read(): Promise<readonly LockedPlugin[]>;
  /** Replaces it at once and durably: a crash leaves the old list or the new one. */
  write(plugins: readonly LockedPlugin[]): Promise<void>;
}

/** The lockfile at a path. */
export function createLockfile(path: string): Lockfile {
  return {
    read: async () => {
      const text = await readText(path);
      if (text === undefined) return [];
      const parsed = file.safeParse(parseJson(text));
      if (parsed.success) return parsed.data.plugins;
      const [issue] = parsed.error.issues;
      const problem = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is wrong'}`;
      throw new AgentError('PLUGIN_LOCKFILE', { file: path, problem });
    },
    write: async (plugins) => {
      if (plugins.length > pluginsMax) {
        throw new AgentError('PLUGIN_LIMIT', { limit: pluginsMax });
      }
      const text = `${JSON.stringify({ version: formatVersion, plugins }, undefined, 2)}\n`;
      await replaceFile(path, text);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
