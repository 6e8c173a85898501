// Owns the sealed files in which a plugin keeps its values: AES-256-GCM under a key that the host
// hands over with a call. Refuses to keep that key anywhere but in memory, to return a value that was
// altered, and to write for a call that was cancelled.

import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '@opencomputer/contracts';
import { STORAGE_VALUE_BYTES_MAX, StorageError } from './storage-error.ts';
import type { StorageHandle, UpdatableStorage } from './storage-error.ts';

const NAME_CHARACTERS_MAX = 200;
const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const TEMPORARY = '.tmp';
/** Written bytes are on the disk when the write returns: Node's permission model forbids fsync. */
const DURABLE =
  constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_DSYNC ?? 0);

/** Makes the storages of one process; they share a lock per value. */
export class StorageFactory {
  readonly #tails = new Map<string, Promise<void>>();
  readonly #swept = new Map<string, Promise<void>>();

  /** The storage of one call. Writing fails once `signal` is aborted. */
  open(handle: StorageHandle, signal: AbortSignal): UpdatableStorage {
    const key = Buffer.from(handle.key, 'base64');
    if (key.length !== KEY_BYTES) {
      throw new StorageError('absent', `The storage key must be ${KEY_BYTES} bytes.`);
    }
    const files = new SealedFiles(handle.directory, key);
    const write = async (name: string, value: Json): Promise<void> => {
      if (signal.aborted) throw new StorageError('cancelled', 'The call was cancelled.');
      await this.#prepare(handle.directory);
      await files.write(name, value);
    };
    const locked = async <Result>(name: string, run: () => Promise<Result>): Promise<Result> =>
      this.#exclusive(files.path(name), run);
    return {
      get: (name) => files.read(name),
      set: (name, value) => locked(name, () => write(name, value)),
      delete: (name) => locked(name, () => files.remove(name)),
      update: (name, change) =>
        locked(name, async () => {
          const { value, result } = await change(await files.read(name));
          if (value !== undefined) await write(name, value);
          return result;
        }),
    };
  }

  /** Makes the directory; once per process removes what a crash left half-written. */
  async #prepare(directory: string): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    let swept = this.#swept.get(directory);
    if (swept === undefined) {
      swept = sweep(directory);
      this.#swept.set(directory, swept);
    }
    await swept;
  }

  async #exclusive<Result>(path: string, run: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(path) ?? Promise.resolve();
    const turn = before.then(run);
    const tail = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(path, tail);
    try {
      return await turn;
    } finally {
      if (this.#tails.get(path) === tail) this.#tails.delete(path);
    }
  }
}

class SealedFiles {
  readonly #directory: string;
  readonly #valueKey: Buffer;
  readonly #nameKey: Buffer;

  constructor(directory: string, key: Buffer) {
    this.#directory = directory;
    this.#valueKey = derive(key, 'value');
    this.#nameKey = derive(key, 'name');
  }

  path(name: string): string {
    if (name === '' || name.length > NAME_CHARACTERS_MAX) {
      throw new StorageError('name', `A name has 1 to ${NAME_CHARACTERS_MAX} characters.`);
    }
    return join(this.#directory, createHmac('sha256', this.#nameKey).update(name).digest('hex'));
  }

  async read(name: string): Promise<Json | undefined> {
    let sealed: Buffer;
    try {
      sealed = await readFile(this.path(name));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
    try {
      return JSON.parse(this.#open(name, sealed)) as Json;
    } catch (error) {
      throw new StorageError('damaged', 'A stored value was altered and is not used.', {
        cause: error,
      });
    }
  }

  async write(name: string, value: Json): Promise<void> {
    const text = Buffer.from(JSON.stringify(value), 'utf8');
    if (text.length > STORAGE_VALUE_BYTES_MAX) {
      throw new StorageError(
        'too-large',
        `The value is ${text.length} bytes; at most ${STORAGE_VALUE_BYTES_MAX} are kept.`,
      );
    }
    const path = this.path(name);
    const temporary = `${path}${TEMPORARY}`;
    const file = await open(temporary, DURABLE, 0o600);
    try {
      await file.writeFile(this.#seal(name, text));
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDirectory(this.#directory);
  }

  async remove(name: string): Promise<void> {
    try {
      await unlink(this.path(name));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return;
      throw error;
    }
    await syncDirectory(this.#directory);
  }

  #seal(name: string, text: Buffer): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#valueKey, nonce);
    cipher.setAAD(associated(name));
    const body = Buffer.concat([cipher.update(text), cipher.final()]);
    return Buffer.concat([Buffer.of(FORMAT), nonce, body, cipher.getAuthTag()]);
  }

  #open(name: string, sealed: Buffer): string {
    if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES || sealed[0] !== FORMAT) {
      throw new Error('not a sealed value');
    }
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const body = sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#valueKey, nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(associated(name));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  }
}

/** Separate keys for names and values (RFC 5869), so that neither use says anything of the other. */
function derive(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `opencomputer/storage/${purpose}`, KEY_BYTES));
}

function associated(name: string): Buffer {
  return Buffer.from(`opencomputer/storage/${FORMAT}/${name}`, 'utf8');
}

async function sweep(directory: string): Promise<void> {
  const left = (await readdir(directory)).filter((file) => file.endsWith(TEMPORARY));
  for (const file of left) await rm(join(directory, file), { force: true });
}

/** Under the permission model, which forbids it, the host does this before it takes the answer. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.permission !== undefined || process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
