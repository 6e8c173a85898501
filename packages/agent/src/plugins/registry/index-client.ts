// Owns one registry as this installation sees it: refreshed, believed, remembered. Refuses an index that
// is not better than the last good one; without a network the last good one counts until it expires.

import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import { replaceFile } from '../durable-file.ts';
import { parseRoot } from './index-documents.ts';
import type { RegistryIndex, RegistryRoot } from './index-documents.ts';
import { acceptFirstRoot, acceptIndex, acceptNextRoot, refuseExpiredRoot } from './index-trust.ts';
import type { TrustedIndex } from './index-trust.ts';
import type { DocumentReader } from './registry-documents.ts';

/** A registry, as a person configured it. */
export interface RegistryTrust {
  /** `https://…` or `oci:host/repository:tag`. */
  readonly url: string;
  /** Public root keys. */
  readonly keys: readonly string[];
  /** How many of them must have signed the first root. */
  readonly threshold: number;
  /** Version of the root that these keys signed. */
  readonly root: number;
}

/** What a registry says now. */
export interface CurrentIndex {
  readonly registry: string;
  readonly index: RegistryIndex;
  /** Why it could not be asked, when this is the last good index. */
  readonly offline?: string;
}

/** What a client is made of. */
export interface IndexPorts {
  readonly trust: RegistryTrust;
  /** Where it remembers; a file of its own. */
  readonly file: string;
  readonly clock: Pick<Clock, 'now'>;
  read(signal: AbortSignal): DocumentReader;
}

interface State {
  readonly root: RegistryRoot;
  /** As it was signed, with the keys of that time. */
  readonly index?: { readonly text: string; readonly version: number } & Pick<
    TrustedIndex,
    'payload' | 'keys'
  >;
}

const rootBytesMax = 100_000;
const indexBytesMax = 32_000_000;
/** Rotations since the last look. */
const rootsMax = 100;

const stateForm = z.object({
  root: z.unknown(),
  index: z
    .object({
      text: z.string(),
      version: z.number(),
      payload: z.string(),
      keys: z.array(z.string()),
    })
    .optional(),
});

/**
 * Asks a registry what there is. Throws PLUGIN_INDEX when what it says is refused, or when it cannot be
 * asked and the last good index expired.
 */
export async function refreshIndex(ports: IndexPorts, signal: AbortSignal): Promise<CurrentIndex> {
  const { trust, clock, file } = ports;
  const registry = trust.url;
  const state = await readState(file, registry);
  const read = ports.read(signal);
  try {
    const root = await followRoots(state?.root, trust, read);
    // A rotation is kept also when the index after it is refused: what was revoked stays so.
    await keep(ports, { ...state, root });
    refuseExpiredRoot(root, clock.now(), registry);
    const text = await read('index.json', indexBytesMax);
    if (text === undefined) throw fault(registry, 'it has no index');
    const known = state?.index;
    const trusted = acceptIndex(text, root, { now: clock.now(), known, registry });
    const { index, version, payload, keys } = trusted;
    await keep(ports, { root, index: { text, version, payload, keys } });
    return { registry, index };
  } catch (error) {
    if (!isAgentError(error, 'PLUGIN_SOURCE')) throw error;
    return lastGood(ports, error.message);
  }
}

/** What a registry said when it was last asked. Throws PLUGIN_INDEX when there is nothing that counts. */
export async function lastGood(ports: IndexPorts, why: string): Promise<CurrentIndex> {
  const { trust, clock, file } = ports;
  const registry = trust.url;
  const state = await readState(file, registry);
  if (state?.index === undefined) throw fault(registry, why);
  const now = clock.now();
  refuseExpiredRoot(state.root, now, registry);
  const known = state.index;
  const { index } = acceptIndex(known.text, state.root, { now, known, registry });
  return { registry, index, offline: why };
}

async function followRoots(
  from: RegistryRoot | undefined,
  trust: RegistryTrust,
  read: DocumentReader,
): Promise<RegistryRoot> {
  const registry = trust.url;
  let root = from;
  for (let count = 0; count < rootsMax; count += 1) {
    const version = root === undefined ? trust.root : root.version + 1;
    const text = await read(`${version}.root.json`, rootBytesMax);
    if (text === undefined && root !== undefined) return root;
    if (text === undefined) throw fault(registry, `it has no ${version}.root.json`);
    const { keys, threshold } = trust;
    root =
      root === undefined
        ? acceptFirstRoot(text, { keys, threshold, version, registry })
        : acceptNextRoot(text, root, registry);
  }
  throw fault(registry, `more than ${rootsMax} new roots`);
}

/** Replaces what is remembered, unless another process has come further meanwhile. */
async function keep({ file, trust }: IndexPorts, state: State): Promise<void> {
  const there = await readState(file, trust.url);
  // A version counts among those of the same keys; others begin anew.
  const isOfSameKeys = there?.index?.keys.join() === state.index?.keys.join();
  const isBehind =
    there !== undefined &&
    (there.root.version > state.root.version ||
      (isOfSameKeys && (there.index?.version ?? 0) > (state.index?.version ?? 0)));
  if (!isBehind) await replaceFile(file, `${JSON.stringify(state)}\n`);
}

/** A state that cannot be read is not a state without memory: what was seen before would be forgotten. */
async function readState(file: string, registry: string): Promise<State | undefined> {
  const text = await readText(file);
  if (text === undefined) return undefined;
  try {
    const { root, index } = stateForm.parse(JSON.parse(text));
    return { root: parseRoot(root, registry), ...(index && { index }) };
  } catch (error) {
    throw fault(registry, `what was remembered of it is damaged; look at ${file}`, error);
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function fault(registry: string, problem: string, cause?: unknown): AgentError {
  return new AgentError('PLUGIN_INDEX', { registry, problem }, { cause });
}
