// Owns the root key: the port that wraps every other key, and its first kind, a file.
// Refuses to make a new root key where data sealed under an earlier one exist.

import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AgentError } from '@opencomputer/contracts';

/**
 * Wraps the keys that seal data. A passphrase, an operating system's keyring or a key server can
 * be one: none has to give its own key away.
 */
export interface RootKey {
  /**
   * Must be called first. `mayCreate` is true only where nothing was sealed before; else a
   * missing root key rejects with ROOT_KEY_WRONG.
   */
  prepare(mayCreate: boolean): Promise<void>;
  /** The key, wrapped for `context`; only the same root key and context unwrap it. */
  wrap(context: string, key: Uint8Array): Promise<Uint8Array>;
  /** Undefined when it was altered, or wrapped by another root key or for another context. */
  unwrap(context: string, wrapped: Uint8Array): Promise<Uint8Array | undefined>;
}

const filePrefix = 'opencomputer-root-key-1:';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const wrapVersion = 1;

/** A root key in a file of mode 0600: one line of text. */
export function fileRootKey(path: string): RootKey {
  let key: KeyObject | undefined;
  const held = (): KeyObject => {
    if (key === undefined) throw rootKeyWrong(path, 'it was not prepared');
    return key;
  };
  return {
    async prepare(mayCreate) {
      key = createSecretKey(readKeyFile(path) ?? createKeyFile(path, mayCreate));
    },
    wrap: async (context, plain) => wrapWith(held(), context, plain),
    unwrap: async (context, wrapped) => unwrapWith(held(), context, wrapped),
  };
}

function readKeyFile(path: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'latin1').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw rootKeyWrong(path, 'the file cannot be read', error);
  }
  const key = Buffer.from(text.slice(filePrefix.length), 'base64url');
  if (!text.startsWith(filePrefix) || key.length !== keyBytes) {
    throw rootKeyWrong(path, 'the file does not hold a root key');
  }
  return key;
}

/** On the disk, under its name, before anything is sealed with it. */
function createKeyFile(path: string, mayCreate: boolean): Buffer {
  if (!mayCreate) throw rootKeyWrong(path, 'the file is missing');
  const key = randomBytes(keyBytes);
  const draft = `${path}.new`;
  writeFileSync(draft, `${filePrefix}${key.toString('base64url')}\n`, { mode: 0o600, flush: true });
  renameSync(draft, path);
  const directory = openSync(dirname(path), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
  return key;
}

function wrapWith(root: KeyObject, context: string, plain: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', root, nonce);
  cipher.setAAD(Buffer.from(context));
  const body = [cipher.update(plain), cipher.final()];
  return Buffer.concat([Buffer.of(wrapVersion), nonce, ...body, cipher.getAuthTag()]);
}

function unwrapWith(root: KeyObject, context: string, wrapped: Uint8Array): Buffer | undefined {
  if (wrapped[0] !== wrapVersion || wrapped.length < 1 + nonceBytes + tagBytes) return undefined;
  const nonce = wrapped.subarray(1, 1 + nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', root, nonce);
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(wrapped.subarray(-tagBytes));
  try {
    const body = decipher.update(wrapped.subarray(1 + nonceBytes, -tagBytes));
    return Buffer.concat([body, decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The error of a root key that is missing or is another one. */
export function rootKeyWrong(file: string, problem: string, cause?: unknown): AgentError {
  return new AgentError('ROOT_KEY_WRONG', { file, problem }, { cause });
}
