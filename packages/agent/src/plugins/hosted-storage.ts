// Owns the sealed files of plugins whose kit cannot seal: the same files as the kit of Node writes, so
// that a plugin keeps its data when its language changes. Refuses values that were altered.

import { createHmac, hkdfSync } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { Json } from '@opencomputer/contracts';
import { replaceFile, syncFolder } from './durable-file.ts';
import { isObject } from './json-object.ts';
import type { HostedStorage } from './kit-connection.ts';
import { openValue, sealValue } from './sealed-value.ts';

const valueBytesMax = 4_000_000;
const keyBytes = 32;
const associated = 'opencomputer/storage/1/';

/** Storage by handles of `directory` and `key` (32 bytes, base64). Each write is durable. */
export function createHostedStorage(): HostedStorage {
  return {
    get: async (handle, name) => {
      const { path, key } = placeOf(handle, name);
      const sealed = await readFile(path).catch(unlessGone);
      if (sealed === undefined) return undefined;
      return parseSealed(key, name, sealed);
    },
    set: async (handle, name, value) => {
      const text = JSON.stringify(value);
      if (Buffer.byteLength(text) > valueBytesMax) {
        const problem = `a value of more than ${valueBytesMax} bytes`;
        throw new AgentError('STORE_FAILED', { problem });
      }
      const { path, key } = placeOf(handle, name);
      await replaceFile(path, sealValue(key, `${associated}${name}`, text));
    },
    delete: async (handle, name) => {
      const { path, directory } = placeOf(handle, name);
      await rm(path, { force: true });
      await syncFolder(directory).catch(unlessGone);
    },
  };
}

function parseSealed(key: Uint8Array, name: string, sealed: Uint8Array): Json {
  try {
    return JSON.parse(openValue(key, `${associated}${name}`, sealed)) as Json;
  } catch (error) {
    const problem = 'a stored value was altered and is not used';
    throw new AgentError('STORE_FAILED', { problem }, { cause: error });
  }
}

function placeOf(
  handle: Json,
  name: string,
): { readonly directory: string; readonly path: string; readonly key: Uint8Array } {
  const { directory, key: encoded } = isObject(handle) ? handle : {};
  const key = Buffer.from(typeof encoded === 'string' ? encoded : '', 'base64');
  if (typeof directory !== 'string' || key.length !== keyBytes) {
    throw new AgentError('INTERNAL', { problem: 'a call without a place for its values' });
  }
  const file = createHmac('sha256', derive(key, 'name')).update(name).digest('hex');
  return { directory, path: join(directory, file), key: derive(key, 'value') };
}

function derive(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `opencomputer/storage/${purpose}`, keyBytes));
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
