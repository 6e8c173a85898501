// Owns which root and which index of a registry are believed (after The Update Framework 1.0: signed,
// in order, in time). Refuses whatever leads back, stands still too long or is signed by others.

import { createHash } from 'node:crypto';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import { parseCanonical } from './canonical-json.ts';
import { openEnvelope, readEnvelope } from './envelope.ts';
import type { Signers } from './envelope.ts';
import { indexPayloadType, parseIndex, parseRoot, rootPayloadType } from './index-documents.ts';
import type { RegistryIndex, RegistryRoot } from './index-documents.ts';

/** The last index that was believed. */
export interface KnownIndex {
  readonly version: number;
  /** SHA-256 of what was signed. */
  readonly payload: string;
  /** Public keys of the role at that time. */
  readonly keys: readonly string[];
}

/** An index that is believed. */
export interface TrustedIndex extends KnownIndex {
  readonly index: RegistryIndex;
}

const dayMs = 86_400_000;
/** A promise beyond these would be as good as none. */
const indexDaysMax = 400;
const rootDaysMax = 1_200;

/** The root to begin with: signed by the configured keys and by its own. Throws PLUGIN_INDEX. */
export function acceptFirstRoot(
  text: string,
  by: Signers & { readonly version: number; readonly registry: string },
): RegistryRoot {
  const root = rootOf(text, by, by.registry);
  if (root.version === by.version) return root;
  throw fault(by.registry, `its first root is version ${root.version}, not ${by.version}`);
}

/** The root after `current`: signed by its keys and by its own. Throws PLUGIN_INDEX. */
export function acceptNextRoot(
  text: string,
  current: RegistryRoot,
  registry: string,
): RegistryRoot {
  const root = rootOf(text, current.roles.root, registry);
  if (root.version === current.version + 1) return root;
  throw fault(registry, `root ${root.version} comes after root ${current.version}`);
}

/** Throws PLUGIN_INDEX when the root no longer counts, or promises to count for too long. */
export function refuseExpiredRoot({ expires }: RegistryRoot, now: number, registry: string): void {
  refuseExpired(expires, { now, daysMax: rootDaysMax, what: 'root', registry });
}

/** An index by the keys of a root. Throws PLUGIN_INDEX. */
export function acceptIndex(
  text: string,
  root: RegistryRoot,
  at: { readonly now: number; readonly known?: KnownIndex | undefined; readonly registry: string },
): TrustedIndex {
  const { now, known, registry } = at;
  const { keys, threshold } = root.roles.index;
  const bytes = payloadOf(text, { keys, threshold, payloadType: indexPayloadType, registry });
  const index = parseIndex(canonical(bytes, registry), registry);
  const payload = createHash('sha256').update(bytes).digest('hex');
  // With the keys of the role replaced, its counter starts anew: a thief may have run it up.
  const before = known !== undefined && sameKeys(known.keys, keys) ? known : undefined;
  if (before !== undefined && index.version < before.version) {
    throw fault(registry, `version ${index.version} is older than ${before.version}, seen before`);
  }
  if (before?.version === index.version && before.payload !== payload) {
    throw fault(registry, `version ${index.version} was another one before`);
  }
  refuseExpired(index.expires, { now, daysMax: indexDaysMax, what: 'index', registry });
  return { index, version: index.version, payload, keys };
}

function rootOf(text: string, before: Signers, registry: string): RegistryRoot {
  const type = { payloadType: rootPayloadType, registry };
  const bytes = payloadOf(text, { ...before, ...type });
  const root = parseRoot(canonical(bytes, registry), registry);
  payloadOf(text, { ...root.roles.root, ...type });
  return root;
}

function payloadOf(
  text: string,
  { registry, ...expected }: Signers & { readonly payloadType: string; readonly registry: string },
): Buffer {
  try {
    return openEnvelope(readEnvelope(text, registry), { ...expected, reference: registry });
  } catch (error) {
    if (!isAgentError(error, 'PLUGIN_SIGNATURE')) throw error;
    throw fault(registry, String(error.details['problem']), error);
  }
}

function canonical(bytes: Uint8Array, registry: string): unknown {
  const value = parseCanonical(bytes);
  if (value === undefined) throw fault(registry, 'a document that could be read in two ways');
  return value;
}

function refuseExpired(
  expires: string,
  of: {
    readonly now: number;
    readonly daysMax: number;
    readonly what: string;
    readonly registry: string;
  },
): void {
  const { now, daysMax, what, registry } = of;
  const leftMs = Date.parse(expires) - now;
  if (leftMs <= 0) throw fault(registry, `its ${what} expired on ${expires}`);
  if (leftMs > daysMax * dayMs) throw fault(registry, `its ${what} expires only on ${expires}`);
}

function sameKeys(one: readonly string[], two: readonly string[]): boolean {
  return one.toSorted().join() === two.toSorted().join();
}

function fault(registry: string, problem: string, cause?: unknown): AgentError {
  return new AgentError('PLUGIN_INDEX', { registry, problem }, { cause });
}
