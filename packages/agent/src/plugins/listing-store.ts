// Owns what is remembered of servers between starts: tools and protocol revision, so that a start
// does not start every server. Refuses a listing of another configuration, and one that is too old.

import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@opencomputer/contracts';
import type { ListedTool, ServerListing } from './connection.ts';
import type { InstalledServer } from './installed.ts';
import type { InstalledRelease } from './release.ts';
import { schemaProblem } from './foreign-schema.ts';
import { isList, isObject } from './json-object.ts';

/** A listing is asked for again after this time. */
export const LISTING_AGE_MS_MAX = 86_400_000;
const FILE_BYTES_MAX = 4_000_000;
const VERSION = 2;

/** A plugin that has to be asked for its tools. */
export type ListedPlugin = InstalledServer | InstalledRelease;

/** A remembered listing; `isFresh` is false when it should be asked for again. */
export interface RememberedListing {
  readonly listing: ServerListing;
  readonly isFresh: boolean;
}

/** A keyed hash: what it was made of cannot be tried out by somebody who reads the file alone. */
export type Fingerprint = (text: string) => string;

/** Remembers listings in a folder, one file for each server. */
export class ListingStore {
  readonly #directory: string;
  readonly #now: () => number;
  readonly #fingerprint: Fingerprint;

  constructor(directory: string, now: () => number, fingerprint: Fingerprint) {
    this.#directory = directory;
    this.#now = now;
    this.#fingerprint = fingerprint;
  }

  /** The listing of a server with this very configuration; a damaged file is as good as none. */
  read(server: ListedPlugin): RememberedListing | undefined {
    try {
      const text = readFileSync(this.#path(server), 'utf8');
      const stored = JSON.parse(text) as unknown;
      if (!isObject(stored) || stored['version'] !== VERSION) return undefined;
      if (stored['fingerprint'] !== this.#fingerprint(dependencies(server))) return undefined;
      const { listedAt, listing } = stored;
      const found = readListing(listing);
      if (found === undefined || typeof listedAt !== 'number') return undefined;
      const age = this.#now() - listedAt;
      return { listing: found, isFresh: age >= 0 && age < LISTING_AGE_MS_MAX };
    } catch {
      return undefined;
    }
  }

  /** Replaces the listing of a server; one that is too large is not remembered. */
  async write(server: ListedPlugin, listing: ServerListing): Promise<void> {
    const fingerprint = this.#fingerprint(dependencies(server));
    const head = { version: VERSION, fingerprint, listedAt: this.#now() };
    const text = JSON.stringify({ ...head, listing });
    if (text.length > FILE_BYTES_MAX) return;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const path = this.#path(server);
    await writeFile(`${path}.tmp`, text, { mode: 0o600 });
    await rename(`${path}.tmp`, path);
  }

  #path(server: ListedPlugin): string {
    return join(this.#directory, `${server.name}.json`);
  }
}

/** What a listing depends on. It may hold secrets, and is never written: only its keyed hash is. */
function dependencies(server: ListedPlugin): string {
  if (server.kind === 'release') return JSON.stringify(['release', server.current.digest]);
  const { configuration } = server;
  const { command, url, environment, arguments: given } = configuration;
  const variables = Object.entries(environment).toSorted(([one], [two]) => (one < two ? -1 : 1));
  return JSON.stringify([command ?? null, url ?? null, given, variables]);
}

function readListing(value: unknown): ServerListing | undefined {
  if (!isObject(value) || typeof value['version'] !== 'string') return undefined;
  const { version, tools, prior } = value;
  if (!isList(tools)) return undefined;
  return {
    version,
    tools: tools.flatMap((tool) => readListedTool(tool)),
    ...(prior === undefined ? {} : { prior }),
  };
}

/**
 * A tool of a listing, from the server or from the file; one of the wrong shape is left out, and of
 * one with a schema beyond the limits only the name and the problem are kept.
 */
export function readListedTool(value: unknown): ListedTool[] {
  if (!isObject(value) || typeof value['name'] !== 'string') return [];
  const { name, description, inputSchema, annotations, problem: known } = value;
  const empty: JsonObject = {};
  const schema = isObject(inputSchema) ? inputSchema : { type: 'object' };
  const problem = typeof known === 'string' ? known : schemaProblem(schema);
  if (problem !== undefined) {
    return [{ name, description: '', inputSchema: empty, annotations: empty, problem }];
  }
  return [
    {
      name,
      description: typeof description === 'string' ? description : '',
      inputSchema: schema,
      annotations: isObject(annotations) ? annotations : empty,
    },
  ];
}
