// Owns what is remembered of servers between starts: tools and protocol revision, so that a start
// does not start every server. Refuses a listing of another configuration, and one that is too old.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@opencomputer/contracts';
import type { ListedTool, ServerListing } from './connection.ts';
import type { InstalledServer } from './installed.ts';
import { isList, isObject } from './json-object.ts';

/** A listing is asked for again after this time. */
export const LISTING_AGE_MS_MAX = 86_400_000;
const FILE_BYTES_MAX = 4_000_000;
const VERSION = 1;

/** A remembered listing; `isFresh` is false when it should be asked for again. */
export interface RememberedListing {
  readonly listing: ServerListing;
  readonly isFresh: boolean;
}

/** Remembers listings in a folder, one file for each server. */
export class ListingStore {
  readonly #directory: string;
  readonly #now: () => number;

  constructor(directory: string, now: () => number) {
    this.#directory = directory;
    this.#now = now;
  }

  /** The listing of a server with this very configuration; a damaged file is as good as none. */
  read(server: InstalledServer): RememberedListing | undefined {
    try {
      const text = readFileSync(this.#path(server), 'utf8');
      const stored = JSON.parse(text) as unknown;
      if (!isObject(stored) || stored['version'] !== VERSION) return undefined;
      if (stored['fingerprint'] !== fingerprint(server)) return undefined;
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
  async write(server: InstalledServer, listing: ServerListing): Promise<void> {
    const head = { version: VERSION, fingerprint: fingerprint(server), listedAt: this.#now() };
    const text = JSON.stringify({ ...head, listing });
    if (text.length > FILE_BYTES_MAX) return;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const path = this.#path(server);
    await writeFile(`${path}.tmp`, text, { mode: 0o600 });
    await rename(`${path}.tmp`, path);
  }

  #path(server: InstalledServer): string {
    return join(this.#directory, `${server.name}.json`);
  }
}

/** What a listing depends on. Values of the environment may be secrets and do not enter it. */
function fingerprint(server: InstalledServer): string {
  const { command, url, environment, arguments: given } = server.configuration;
  const parts = [command ?? '', url ?? '', given, Object.keys(environment).toSorted()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
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

/** A tool of a listing, from the server or from the file; one of the wrong shape is left out. */
export function readListedTool(value: unknown): ListedTool[] {
  if (!isObject(value) || typeof value['name'] !== 'string') return [];
  const { name, description, inputSchema, annotations } = value;
  const empty: JsonObject = {};
  return [
    {
      name,
      description: typeof description === 'string' ? description : '',
      inputSchema: isObject(inputSchema) ? inputSchema : { type: 'object' },
      annotations: isObject(annotations) ? annotations : empty,
    },
  ];
}
