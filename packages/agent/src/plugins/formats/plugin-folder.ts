// Owns the reading of files in a plugin's folder. Refuses paths and links that lead out of it, and
// files that are larger than what they are read for.

import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import { parseJson, parseYaml } from '../located-document.ts';
import type { LocatedDocument } from '../located-document.ts';

/** Largest description of a plugin or of its parts. */
export const descriptionBytesMax = 1_000_000;
/** Largest text for a model. */
export const proseBytesMax = 1_000_000;
/** Most entries that are looked at in one folder. */
const entriesMax = 1_000;

/** An entry of a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** A plugin's folder; all paths are relative to it, with `/`. */
export class PluginFolder {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Throws PLUGIN_MANIFEST when there is no such folder. */
  static async open(directory: string): Promise<PluginFolder> {
    try {
      const real = await realpath(directory);
      if ((await stat(real)).isDirectory()) return new PluginFolder(real);
    } catch (error) {
      throw refusal(directory, 'there is no such folder', error);
    }
    throw refusal(directory, 'it is not a folder');
  }

  /** What a path is; undefined when it is missing. Throws when it leads out of the folder. */
  async kindOf(path: string): Promise<'file' | 'folder' | undefined> {
    const real = await this.#resolve(path);
    if (real === undefined) return undefined;
    const found = await stat(real);
    if (found.isDirectory()) return 'folder';
    if (found.isFile()) return 'file';
    throw refusal(path, 'neither a file nor a folder');
  }

  async isFile(path: string): Promise<boolean> {
    return (await this.kindOf(path)) === 'file';
  }

  /** The text of a file, without a byte order mark; undefined when it is missing. */
  async text(path: string, bytesMax: number): Promise<string | undefined> {
    if (!(await this.isFile(path))) return undefined;
    const real = join(this.directory, path);
    const { size } = await stat(real);
    if (size > bytesMax) throw refusal(path, `${size} bytes; at most ${bytesMax}`);
    const bytes = await readFile(real);
    if (bytes.length > bytesMax) throw refusal(path, `more than ${bytesMax} bytes`);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (error) {
      throw refusal(path, 'not valid UTF-8', error);
    }
  }

  /** A JSON file; undefined when it is missing. Throws PLUGIN_MANIFEST. */
  async json(path: string): Promise<LocatedDocument | undefined> {
    const text = await this.text(path, descriptionBytesMax);
    return text === undefined ? undefined : parseJson(text, path);
  }

  /** A YAML file; undefined when it is missing. Throws PLUGIN_MANIFEST. */
  async yaml(path: string): Promise<LocatedDocument | undefined> {
    const text = await this.text(path, descriptionBytesMax);
    return text === undefined ? undefined : parseYaml(text, path);
  }

  /** What is in a folder, sorted by name; nothing when it is not a folder. */
  async entries(path: string): Promise<readonly FolderEntry[]> {
    if ((await this.kindOf(path)) !== 'folder') return [];
    const names = (await readdir(join(this.directory, path))).toSorted();
    if (names.length > entriesMax) throw refusal(path, `more than ${entriesMax} entries`);
    const found: FolderEntry[] = [];
    for (const name of names) {
      const kind = await this.kindOf(posix.join(path, name));
      if (kind !== undefined) found.push({ name, isFolder: kind === 'folder' });
    }
    return found;
  }

  async #resolve(path: string): Promise<string | undefined> {
    let real: string;
    try {
      real = await realpath(join(this.directory, path));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw refusal(path, error instanceof Error ? error.message : 'it cannot be read', error);
    }
    if (real === this.directory || real.startsWith(this.directory + sep)) return real;
    throw refusal(path, 'it leads out of the plugin');
  }
}

/**
 * A path as a plugin wrote it (`./a/b`), as `a/b`; `.` is the folder itself. Undefined for one that is
 * absolute, leads out, or means different things on different systems.
 */
export function pathWithin(written: string): string | undefined {
  if (written === '' || written.length > 300 || /[\\\0]|^\/|^~|^[A-Za-z]:|\$\{/.test(written)) {
    return undefined;
  }
  if (written.split('/').includes('..')) return undefined;
  return posix.normalize(written).replace(/(.)\/$/, '$1');
}

function refusal(file: string, problem: string, cause?: unknown): AgentError {
  return new AgentError('PLUGIN_MANIFEST', { file, problem }, { cause });
}
