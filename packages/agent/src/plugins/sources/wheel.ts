// Owns what a Python wheel says about itself: its name and the digests in its RECORD. Refuses a wheel
// with files that are not recorded, or not as recorded.

import { readFile, readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileDigest } from './file-digest.ts';
import { sourceFault } from './reference.ts';

const recordBytesMax = 20_000_000;

/** Of a wheel's file name (PEP 427). */
export interface WheelName {
  /** Normalized: `some-name`. */
  readonly package: string;
  readonly version: string;
}

/** Reads a wheel's file name; undefined when it is none. */
export function parseWheelName(file: string): WheelName | undefined {
  const parts = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl$/i.exec(file);
  if (parts === null) return undefined;
  return { package: normalizedName(parts[1] ?? ''), version: parts[2] ?? '' };
}

/** The one spelling of a project's name (PEP 503). */
export function normalizedName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Compares an unpacked wheel with its RECORD. Throws PLUGIN_SOURCE. */
export async function verifyRecord(directory: string, reference: string): Promise<void> {
  const names = await readdir(directory);
  const [info, other] = names.filter((name) => name.endsWith('.dist-info'));
  if (info === undefined || other !== undefined) {
    throw sourceFault(reference, 'a wheel without its description, or with two');
  }
  const record = join(directory, info, 'RECORD');
  const size = await stat(record).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined || size > recordBytesMax) throw sourceFault(reference, 'no RECORD');
  const digests = readRecord(await readFile(record, 'utf8'), reference);
  for (const path of await filesOf(directory)) {
    const isUnsigned = path.startsWith(`${info}/RECORD`);
    if (isUnsigned && ['', '.jws', '.p7s'].includes(path.slice(`${info}/RECORD`.length))) continue;
    const digest = digests.get(path);
    if (digest === undefined) throw sourceFault(reference, `${path} is not in its RECORD`);
    const actual = await fileDigest(join(directory, path), { encoding: 'base64url' });
    if (actual !== digest) {
      throw sourceFault(reference, `${path} is not as in its RECORD`);
    }
    digests.delete(path);
  }
  digests.delete(`${info}/RECORD`);
  const [missing] = digests.keys();
  if (missing !== undefined) throw sourceFault(reference, `${missing} is missing`);
}

/** Path to SHA-256, base64url; only lines with a digest. */
function readRecord(text: string, reference: string): Map<string, string> {
  const digests = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    if (line === '') continue;
    // CSV, with a name in quotes when it has a comma.
    const found = /^(?:"((?:[^"]|"")*)"|([^,"]*)),([^,]*),(\d*)$/.exec(line);
    const path = found?.[1]?.replaceAll('""', '"') ?? found?.[2];
    if (found === null || path === undefined) throw sourceFault(reference, 'a damaged RECORD');
    const digest = /^sha256=([A-Za-z0-9_-]{43})=?$/.exec(found[3] ?? '')?.[1];
    if (digests.has(path)) throw sourceFault(reference, `${path} is twice in its RECORD`);
    if (digest !== undefined) digests.set(path, digest);
  }
  return digests;
}

/** Paths of all that is no folder, with `/`. */
async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
