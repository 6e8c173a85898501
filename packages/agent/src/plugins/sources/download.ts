// Owns the reading of documents and files from the network for one fetch. Refuses whatever is larger
// than the limits, or not there.

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { JsonObject } from '@opencomputer/contracts';
import { createGuardedFetch, readText } from '../guarded-fetch.ts';
import type { GuardedAnswer } from '../guarded-fetch.ts';
import { isObject } from '../json-object.ts';
import type { FetchContext } from './ports.ts';
import { sourceFault } from './reference.ts';

/** A JSON object from an address. Throws PLUGIN_SOURCE. */
export async function downloadJson(
  url: string,
  options: { readonly accept: string; readonly context: FetchContext },
): Promise<JsonObject> {
  const { context, accept } = options;
  const answer = await get(url, { accept }, context);
  const value = parse(await readText(answer, context.ports.limits.documentBytesMax));
  if (isObject(value)) return value;
  throw sourceFault(context.reference, `${new URL(url).host} gave no JSON object`);
}

/** Writes a new file; its SHA-256, hexadecimal. Throws PLUGIN_SOURCE. */
export async function downloadFile(
  url: string,
  options: { readonly file: string; readonly context: FetchContext },
): Promise<string> {
  const { file, context } = options;
  const answer = await get(url, {}, context);
  const hash = createHash('sha256');
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of answer.read(context.ports.limits.archiveBytesMax)) {
      hash.update(chunk);
      yield chunk;
    }
  }
  await pipeline(hashed, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  return hash.digest('hex');
}

async function get(
  url: string,
  headers: Readonly<Record<string, string>>,
  { ports, reference, signal }: FetchContext,
): Promise<GuardedAnswer> {
  const answer = await createGuardedFetch(ports, ports.limits)({ url, headers, signal });
  if (answer.status === 200) return answer;
  await answer.drop();
  const { host } = new URL(url);
  const isGone = answer.status === 404 || answer.status === 410;
  throw sourceFault(reference, isGone ? `${host} has none` : `${host} said ${answer.status}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
