// Owns an MCP server that is named by its `server.json`: the folder holds that file and nothing else.
// Refuses what is no such file.

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../json-object.ts';
import { downloadJson } from './download.ts';
import type { FetchContext, Fetched } from './ports.ts';
import { sourceFault } from './reference.ts';

/** Takes a `server.json` from a path, which is absolute, or from an address. Throws PLUGIN_SOURCE. */
export async function fetchServer(location: string, context: FetchContext): Promise<Fetched> {
  const isAddress = /^https?:/.test(location);
  const value = isAddress
    ? await downloadJson(location, { accept: 'application/json', context })
    : await readServerFile(location, context);
  const name = isObject(value) ? value['name'] : undefined;
  if (typeof name !== 'string' || !/^[\w.-]+(?:\/[\w.-]+)?$/.test(name)) {
    throw sourceFault(context.reference, 'no server.json: it has no "name"');
  }
  const directory = join(context.work, 'tree');
  await mkdir(directory);
  await writeFile(join(directory, 'server.json'), `${JSON.stringify(value, undefined, 2)}\n`);
  return { directory, source: { type: 'server', name }, warnings: [] };
}

async function readServerFile(path: string, context: FetchContext): Promise<unknown> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true || found.size > context.ports.limits.documentBytesMax) {
    throw sourceFault(context.reference, 'there is no such file');
  }
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw sourceFault(context.reference, 'it is no JSON');
  }
}
