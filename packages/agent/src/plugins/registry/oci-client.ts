// Owns the talk with an OCI registry (distribution specification 1.1): pull, push, tags. Refuses
// content that is not what its digest says, and plain HTTP where nobody allowed it.

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AgentError } from '@opencomputer/contracts';
import type { JsonObject } from '@opencomputer/contracts';
import { isLoopback, readText } from '../guarded-fetch.ts';
import type { GuardedAnswer, GuardedFetch, GuardedRequest } from '../guarded-fetch.ts';
import { isList, isObject } from '../json-object.ts';
import { createOciLogin } from './oci-login.ts';
import type { OciCredentials } from './oci-login.ts';
import { formatOciReference } from './oci-reference.ts';
import type { OciReference } from './oci-reference.ts';

/** What a manifest says about a blob or another manifest. */
export interface OciDescriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A manifest as it was sent, with the digest of exactly those bytes. */
export interface OciManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly text: string;
  readonly value: JsonObject;
}

/** As in OCI image indexes: `linux` and `amd64`. */
export interface OciPlatform {
  readonly os: string;
  readonly architecture: string;
}

/** Everything throws PLUGIN_SOURCE with the reference. */
export interface OciClient {
  /** What a reference is now. Of an index, the manifest for `platform`. */
  pullManifest(
    reference: OciReference,
    options: { readonly signal: AbortSignal; readonly platform?: OciPlatform },
  ): Promise<OciManifest>;
  /** Whether there is a manifest of this tag or digest. */
  hasManifest(reference: OciReference, signal: AbortSignal): Promise<boolean>;
  /** Writes a new file; nothing is left of one that is not what its digest says. */
  pullBlob(
    reference: OciReference,
    options: {
      readonly descriptor: OciDescriptor;
      readonly file: string;
      readonly signal: AbortSignal;
    },
  ): Promise<void>;
  /** Sends a file unless it is there. */
  pushBlob(
    reference: OciReference,
    options: { readonly file: string; readonly mediaType: string; readonly signal: AbortSignal },
  ): Promise<OciDescriptor>;
  /** Puts a manifest under the tag of the reference, or under its digest alone. */
  pushManifest(
    reference: OciReference,
    options: { readonly value: JsonObject; readonly signal: AbortSignal },
  ): Promise<OciDescriptor>;
  tags(reference: OciReference, signal: AbortSignal): Promise<readonly string[]>;
}

/** What a client is made of. */
export interface OciClientPorts {
  readonly fetch: GuardedFetch;
  /** Of a host with its port, when the person has any. */
  credentials(host: string): OciCredentials | undefined;
  /** Hosts with their ports that are spoken to without TLS, besides this machine. */
  readonly insecureHosts: ReadonlySet<string>;
}

const manifestBytesMax = 4_000_000;
const blobBytesMax = 1_000_000_000;
/** A blob is sent in one piece, from memory. */
const pushedBytesMax = 256_000_000;
const tagPagesMax = 20;

const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** A client for all registries. Tokens are kept in memory as long as the client. */
export function createOciClient(ports: OciClientPorts): OciClient {
  const wire = createWire(ports);
  const readManifest = async (
    reference: OciReference,
    signal: AbortSignal,
  ): Promise<OciManifest> => {
    const answer = await wire.send(reference, {
      path: `manifests/${nameOf(reference)}`,
      headers: { accept: manifestTypes.join(', ') },
      signal,
    });
    if (answer.status !== 200) throw await refusalOf(reference, answer);
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer.read(manifestBytesMax)) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const digest = digestOf(bytes);
    const promised = [reference.digest, answer.headers.get('docker-content-digest')];
    if (promised.some((other) => typeof other === 'string' && other !== digest)) {
      throw fault(reference, 'a manifest that is not what its digest says');
    }
    return { digest, ...readManifestText(reference, bytes.toString('utf8')) };
  };
  return {
    pullManifest: async (reference, { signal, platform }) => {
      const manifest = await readManifest(reference, signal);
      if (!isList(manifest.value['manifests'])) return manifest;
      const digest = chooseManifest(reference, manifest.value['manifests'], platform);
      const chosen = await readManifest({ ...reference, digest }, signal);
      if (!isList(chosen.value['manifests'])) return chosen;
      throw fault(reference, 'an index within an index');
    },
    hasManifest: async (reference, signal) => {
      const path = `manifests/${nameOf(reference)}`;
      const headers = { accept: manifestTypes.join(', ') };
      const answer = await wire.send(reference, { method: 'HEAD', path, headers, signal });
      if (answer.status !== 200 && answer.status !== 404) throw await refusalOf(reference, answer);
      await answer.drop();
      return answer.status === 200;
    },
    pullBlob: (reference, options) => pullBlob(wire, reference, options),
    pushBlob: (reference, options) => pushBlob(wire, reference, options),
    pushManifest: async (reference, { value, signal }) => {
      const text = JSON.stringify(value);
      const digest = digestOf(Buffer.from(text));
      const { mediaType } = readManifestText(reference, text);
      const answer = await wire.send(reference, {
        method: 'PUT',
        path: `manifests/${reference.tag ?? digest}`,
        headers: { 'content-type': mediaType },
        body: text,
        signal,
      });
      if (answer.status !== 201) throw await refusalOf(reference, answer);
      await answer.drop();
      return { mediaType, digest, size: Buffer.byteLength(text) };
    },
    tags: (reference, signal) => listTags(wire, reference, signal),
  };
}

function nameOf({ digest, tag }: OciReference): string {
  return digest ?? tag ?? 'latest';
}

interface WireRequest extends Omit<GuardedRequest, 'url'> {
  /** Below the repository, or a whole address that the registry gave. */
  readonly path: string;
}

interface Wire {
  send(reference: OciReference, request: WireRequest): Promise<GuardedAnswer>;
}

function createWire({ fetch, credentials, insecureHosts }: OciClientPorts): Wire {
  const login = createOciLogin({ fetch, credentials });
  return {
    send: async (reference, { path, ...request }) => {
      const { host, repository } = reference;
      const isInsecureAllowed = insecureHosts.has(host);
      const isPlain = isInsecureAllowed || isLoopback(host.replace(/:\d+$/, ''));
      const base = `${isPlain ? 'http' : 'https'}://${host}/v2/${repository}/`;
      const url = new URL(path, base);
      const isOurs = url.origin === new URL(base).origin;
      const isWrite = request.method !== undefined && /POST|PUT|PATCH/.test(request.method);
      const scope = `repository:${repository}:${isWrite ? 'pull,push' : 'pull'}`;
      const attempt = (authorization: string | undefined): Promise<GuardedAnswer> =>
        fetch({
          ...request,
          url: url.href,
          isInsecureAllowed,
          headers: {
            ...request.headers,
            // Storage elsewhere has its own signature in the address, and no business with ours.
            ...(authorization === undefined || !isOurs ? {} : { authorization }),
          },
        });
      const first = await attempt(login.known(host, scope));
      const challenge = first.headers.get('www-authenticate');
      if (first.status !== 401 || challenge === null || !isOurs) return first;
      await first.drop();
      return attempt(await login.answer({ host, scope, challenge, signal: request.signal }));
    },
  };
}

function readManifestText(
  reference: OciReference,
  text: string,
): Pick<OciManifest, 'mediaType' | 'text' | 'value'> {
  const value = parseObject(reference, text);
  const mediaType = value['mediaType'];
  const isIndex = isList(value['manifests']);
  // A document that is both is read as one by some and as the other by others.
  if (value['schemaVersion'] !== 2 || isIndex === isList(value['layers'])) {
    throw fault(reference, 'no manifest that is known');
  }
  const kind = typeof mediaType === 'string' ? mediaType : manifestTypes[isIndex ? 1 : 0];
  return { mediaType: String(kind), text, value };
}

/** Reads a member of a manifest. Throws PLUGIN_SOURCE. */
export function readDescriptor(reference: OciReference, value: unknown): OciDescriptor {
  if (isObject(value)) {
    const { mediaType, digest, size, annotations } = value;
    const isSized = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
    if (typeof mediaType === 'string' && isDigest(digest) && isSized) {
      const notes = Object.entries(isObject(annotations) ? annotations : {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      );
      return { mediaType, digest, size, annotations: Object.fromEntries(notes) };
    }
  }
  throw fault(reference, 'a manifest with a damaged descriptor');
}

function chooseManifest(
  reference: OciReference,
  manifests: readonly unknown[],
  platform: OciPlatform | undefined,
): string {
  const fitting = manifests.filter((entry) => {
    if (!isObject(entry) || !isObject(entry['platform'])) return manifests.length === 1;
    const { os, architecture } = entry['platform'];
    return os === platform?.os && architecture === platform?.architecture;
  });
  const [chosen] = fitting;
  const wanted = platform === undefined ? 'no platform' : `${platform.os}/${platform.architecture}`;
  if (chosen === undefined) throw fault(reference, `there is none for ${wanted}`);
  return readDescriptor(reference, chosen).digest;
}

async function pullBlob(
  wire: Wire,
  reference: OciReference,
  options: Parameters<OciClient['pullBlob']>[1],
): Promise<void> {
  const { descriptor, file, signal } = options;
  if (descriptor.size > blobBytesMax) {
    throw fault(reference, `a part of more than ${blobBytesMax} bytes`);
  }
  const answer = await wire.send(reference, { path: `blobs/${descriptor.digest}`, signal });
  if (answer.status !== 200) throw await refusalOf(reference, answer);
  const hash = createHash('sha256');
  let bytes = 0;
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of answer.read(descriptor.size)) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      yield chunk;
    }
  }
  try {
    await pipeline(hashed, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    if (bytes === descriptor.size && `sha256:${hash.digest('hex')}` === descriptor.digest) return;
    throw fault(reference, 'a part that is not what its digest says');
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

async function pushBlob(
  wire: Wire,
  reference: OciReference,
  options: Parameters<OciClient['pushBlob']>[1],
): Promise<OciDescriptor> {
  const { file, mediaType, signal } = options;
  const { size } = await stat(file);
  if (size > pushedBytesMax) throw fault(reference, `more than ${pushedBytesMax} bytes to send`);
  const body = new Uint8Array(await readFile(file));
  const digest = digestOf(body);
  const descriptor = { mediaType, digest, size: body.byteLength };
  const there = await wire.send(reference, { method: 'HEAD', path: `blobs/${digest}`, signal });
  await there.drop();
  if (there.status === 200) return descriptor;
  const begun = await wire.send(reference, { method: 'POST', path: 'blobs/uploads/', signal });
  const location = begun.headers.get('location');
  if (begun.status !== 202 || location === null) throw await refusalOf(reference, begun);
  await begun.drop();
  if (!URL.canParse(location, begun.url)) throw fault(reference, 'nowhere to send it to');
  const target = new URL(location, begun.url);
  target.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  const sent = await wire.send(reference, {
    method: 'PUT',
    path: target.href,
    headers,
    body,
    signal,
  });
  if (sent.status !== 201) throw await refusalOf(reference, sent);
  await sent.drop();
  return descriptor;
}

async function listTags(
  wire: Wire,
  reference: OciReference,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const tags: string[] = [];
  let path: string | undefined = 'tags/list?n=1000';
  for (let page = 0; path !== undefined && page < tagPagesMax; page += 1) {
    const answer: GuardedAnswer = await wire.send(reference, { path, signal });
    if (answer.status !== 200) throw await refusalOf(reference, answer);
    const list = parseObject(reference, await readText(answer, manifestBytesMax))['tags'];
    // A repository that lost all its tags says null.
    for (const tag of isList(list) ? list : []) if (typeof tag === 'string') tags.push(tag);
    const next = /^<([^>]+)>;\s*rel="?next"?/.exec(answer.headers.get('link') ?? '')?.[1];
    path = next === undefined ? undefined : new URL(next, answer.url).href;
  }
  return tags;
}

/** The digest of bytes, as registries write it. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

function parseObject(reference: OciReference, text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw fault(reference, 'an answer that is no JSON object');
}

/** What a registry said instead; its own words are cut and cleaned. */
async function refusalOf(reference: OciReference, answer: GuardedAnswer): Promise<AgentError> {
  const text = await readText(answer, 100_000).catch(() => '');
  const words = text.replace(/[\p{Cc}\s]+/gu, ' ').slice(0, 200);
  const meaning = answer.status === 404 ? 'there is none' : `the registry said ${answer.status}`;
  return fault(reference, words === '' ? meaning : `${meaning}: ${words}`);
}

function fault(reference: OciReference, problem: string): AgentError {
  return new AgentError('PLUGIN_SOURCE', { reference: formatOciReference(reference), problem });
}
