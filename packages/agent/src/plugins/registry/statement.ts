// Owns what a publisher signs: name, version and digests of one release, with the public key. Refuses a
// signature that is over another tree, another manifest, or by another key than it names.

import * as z from 'zod';
import { AgentError } from '@opencomputer/contracts';
import type { Tree } from '../content/index.ts';
import { canonicalJson, parseCanonical } from './canonical-json.ts';
import { openEnvelope, readEnvelope, signEnvelope } from './envelope.ts';
import { isPublicKey, keyIdOf } from './signing-key.ts';
import type { SigningKey } from './signing-key.ts';

/** Of the layer that holds a signature, and of what it signs. */
export const signatureMediaType = 'application/vnd.opencomputer.plugin.signature.v1+json';
const statementType = 'application/vnd.opencomputer.plugin.statement.v1+json';
/** Of the file of a signature. */
export const signatureBytesMax = 20_000;

/** One release, as its publisher signs it. */
export interface ReleaseStatement {
  /** ISO 8601. */
  readonly created: string;
  /** SHA-256 of the manifest's file, 64 hexadecimal digits. */
  readonly manifest: string;
  readonly name: string;
  /** The public key. */
  readonly publisher: string;
  /** Digest of the tree, as the content store counts it. */
  readonly tree: string;
  readonly version: string;
}

const digest = z.string().regex(/^[0-9a-f]{64}$/);

const statement: z.ZodType<ReleaseStatement> = z.strictObject({
  created: z.iso.datetime(),
  manifest: digest,
  name: z.string().min(1).max(200),
  publisher: z.string().refine(isPublicKey),
  tree: digest,
  version: z.string().min(1).max(200),
});

/** Who signed a release; whether they are trusted is for the person to say. */
export interface Publisher extends ReleaseStatement {
  /** Of the key. */
  readonly id: string;
}

/** Signs a release: the content of `signature.json`. Throws PLUGIN_SIGNATURE. */
export function signRelease(
  release: {
    readonly name: string;
    readonly version: string;
    readonly tree: Tree;
    readonly created: Date;
  },
  key: SigningKey,
): string {
  const { name, version, tree, created } = release;
  const content: ReleaseStatement = {
    created: created.toISOString(),
    manifest: manifestDigest(tree),
    name,
    publisher: key.publicKey,
    tree: tree.digest,
    version,
  };
  return signEnvelope(statementType, Buffer.from(canonicalJson(content)), [key]);
}

/** The publisher of a tree by its signature. Throws PLUGIN_SIGNATURE; `reference` is for its text. */
export function verifyRelease(text: string, tree: Tree, reference: string): Publisher {
  const fault = (problem: string): AgentError =>
    new AgentError('PLUGIN_SIGNATURE', { reference, problem });
  if (text.length > signatureBytesMax) throw fault('the signature is too long');
  const envelope = readEnvelope(text, reference);
  const parsed = statement.safeParse(parseCanonical(envelope.payload));
  if (!parsed.success) throw fault('the signature is over something else than a release');
  const { publisher } = parsed.data;
  const keys = [publisher];
  openEnvelope(envelope, { payloadType: statementType, keys, threshold: 1, reference });
  if (parsed.data.tree !== tree.digest) throw fault('the signature is over other content');
  if (parsed.data.manifest !== manifestDigest(tree)) {
    throw fault('the signature is over another manifest');
  }
  return { ...parsed.data, id: keyIdOf(publisher) };
}

/** Of the manifest in a tree; one without a manifest of ours has nothing to sign by. */
function manifestDigest({ entries }: Tree): string {
  for (const path of ['manifest.yaml', 'manifest.json']) {
    const found = entries.find((entry) => entry.path === path && entry.kind !== 'link');
    if (found !== undefined) return found.content;
  }
  const problem = 'it has no manifest.yaml or manifest.json';
  throw new AgentError('PLUGIN_SIGNATURE', { reference: 'the plugin', problem });
}
