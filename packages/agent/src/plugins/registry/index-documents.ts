// Owns the two documents of a registry of plugins: its root, which says whose keys count, and its
// index, which says what there is. Refuses keys that serve two roles, and names or versions twice.

import * as z from 'zod';
import { AgentError } from '@opencomputer/contracts';
import { canonicalJson } from './canonical-json.ts';
import { signEnvelope } from './envelope.ts';
import { isPublicKey } from './signing-key.ts';
import type { SigningKey } from './signing-key.ts';

/** Whose signatures count for a role, and how many of them are needed. */
export interface RegistryRole {
  /** Public keys. */
  readonly keys: readonly string[];
  readonly threshold: number;
}

/** Whose keys count; signed by the root keys of its own and of the version before. */
export interface RegistryRoot {
  readonly type: 'opencomputer-registry-root';
  readonly format: 1;
  /** Counts up by one. */
  readonly version: number;
  /** ISO 8601. */
  readonly expires: string;
  readonly roles: { readonly root: RegistryRole; readonly index: RegistryRole };
}

/** One version of a plugin, as a registry answers for it. */
export interface IndexedRelease {
  readonly version: string;
  /** `host/repository@sha256:…`, exactly what is installed. */
  readonly reference: string;
  /** Id of the key that signed it. */
  readonly publisher: string;
  readonly tier: 'official' | 'community';
  /** A range. */
  readonly framework_version: string;
  /** `flagged`: only by its exact version; `withdrawn`: never, and not run where it is installed. */
  readonly state: 'listed' | 'flagged' | 'withdrawn';
  /** Why it is flagged or withdrawn. */
  readonly reason?: string;
  readonly reviews?: {
    readonly count: number;
    /** 1 to 5. */
    readonly rating: number;
  };
}

/** A plugin with its releases. */
export interface IndexedPlugin {
  readonly name: string;
  readonly description: string;
  readonly releases: readonly IndexedRelease[];
}

/** What there is; signed by the index keys of the root. */
export interface RegistryIndex {
  readonly type: 'opencomputer-registry-index';
  readonly format: 1;
  /** Counts up with every change. */
  readonly version: number;
  /** ISO 8601. */
  readonly expires: string;
  readonly plugins: readonly IndexedPlugin[];
}

export const rootPayloadType = 'application/vnd.opencomputer.registry.root.v1+json';
export const indexPayloadType = 'application/vnd.opencomputer.registry.index.v1+json';
const keysMax = 20;
const pluginsMax = 50_000;
const releasesMax = 500;

const counter = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const time = z.iso.datetime();
const words = (most: number): z.ZodString => z.string().min(1).max(most);

const role: z.ZodType<RegistryRole> = z
  .object({ keys: z.array(z.string().refine(isPublicKey)).min(1).max(keysMax), threshold: counter })
  .refine(({ keys }) => new Set(keys).size === keys.length, 'a key is named twice')
  .refine(({ keys, threshold }) => threshold <= keys.length, 'a threshold beyond its keys');

const root: z.ZodType<RegistryRoot> = z
  .object({
    type: z.literal('opencomputer-registry-root'),
    format: z.literal(1),
    version: counter,
    expires: time,
    roles: z.object({ root: role, index: role }),
  })
  .refine(
    ({ roles }) => !roles.index.keys.some((key) => roles.root.keys.includes(key)),
    'a key serves two roles',
  );

const release: z.ZodType<IndexedRelease> = z
  .object({
    version: z
      .string()
      .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/)
      .max(128),
    reference: z
      .string()
      .max(500)
      .regex(/^[^@\s:]+(?::\d+)?\/[^@\s:]+@sha256:[0-9a-f]{64}$/),
    publisher: z.string().regex(/^[0-9a-f]{64}$/),
    tier: z.enum(['official', 'community']),
    framework_version: words(100),
    state: z.enum(['listed', 'flagged', 'withdrawn']),
    reason: words(500).exactOptional(),
    reviews: z.object({ count: z.int().min(0), rating: z.number().min(1).max(5) }).exactOptional(),
  })
  .refine(({ state, reason }) => state === 'listed' || reason !== undefined, 'no reason is given');

const plugin: z.ZodType<IndexedPlugin> = z
  .object({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
    description: z.string().max(1_000),
    releases: z.array(release).min(1).max(releasesMax),
  })
  .refine(({ releases }) => isDistinct(releases.map(({ version }) => version)), 'a version twice');

const index: z.ZodType<RegistryIndex> = z
  .object({
    type: z.literal('opencomputer-registry-index'),
    format: z.literal(1),
    version: counter,
    expires: time,
    plugins: z.array(plugin).max(pluginsMax),
  })
  .refine(({ plugins }) => isDistinct(plugins.map(({ name }) => name)), 'a name twice');

/** Reads a root. Throws PLUGIN_INDEX; `registry` is for its text. */
export function parseRoot(value: unknown, registry: string): RegistryRoot {
  return parsed(root, value, registry);
}

/** Reads an index. Throws PLUGIN_INDEX; `registry` is for its text. */
export function parseIndex(value: unknown, registry: string): RegistryIndex {
  return parsed(index, value, registry);
}

/** Signs a root or an index, as its `type` says: the text of its file. Throws PLUGIN_INDEX. */
export function signRegistryDocument(
  value: { readonly type?: unknown },
  keys: readonly SigningKey[],
): string {
  const isRoot = value.type === 'opencomputer-registry-root';
  const content = isRoot ? parseRoot(value, 'this file') : parseIndex(value, 'this file');
  const payload = Buffer.from(canonicalJson(content));
  return signEnvelope(isRoot ? rootPayloadType : indexPayloadType, payload, keys);
}

/** The form of an index before it is signed, as JSON Schema 2020-12. */
export function indexJsonSchema(): object {
  return z.toJSONSchema(index);
}

function parsed<Value>(schema: z.ZodType<Value>, value: unknown, registry: string): Value {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join('.') ?? '';
  const problem = `${place === '' ? 'it' : place}: ${issue?.message ?? 'is wrong'}`;
  throw new AgentError('PLUGIN_INDEX', { registry, problem });
}

function isDistinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
