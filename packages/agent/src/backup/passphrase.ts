// Owns the way from a passphrase to the key of one backup: scrypt, and a random key wrapped by what
// it gives. Refuses to keep a passphrase: what is kept for a schedule is the derived key.

import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { AgentError } from '@opencomputer/contracts';

/** Cost of one guess: RFC 7914 with 128 MiB of memory, about half a second. */
const cost = 131_072;
const blockSize = 8;
const keyBytes = 32;
const saltBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
const purpose = Buffer.from('opencomputer-backup-1');
/** Bounds of what a header may ask for: more would be an attack on whoever opens it. */
const costMax = 1_048_576;
const blockSizeMax = 32;

/** A key derived from a passphrase, with what is needed to derive it again; all in base64. */
export interface PassphraseKey {
  readonly salt: string;
  readonly key: string;
}

/** What a backup says about its key: how it was derived, and the key itself, wrapped. */
export interface BackupLock {
  readonly cost: number;
  readonly blockSize: number;
  readonly salt: string;
  readonly wrapped: string;
}

/** The key of a passphrase under a fresh salt. */
export async function derivePassphraseKey(passphrase: string): Promise<PassphraseKey> {
  const salt = randomBytes(saltBytes);
  const key = await derive(passphrase, { salt, cost, blockSize });
  return { salt: salt.toString('base64'), key: key.toString('base64') };
}

/** A new random key and its lock. */
export function lockNewKey(by: PassphraseKey): { readonly key: Buffer; readonly lock: BackupLock } {
  const key = randomBytes(keyBytes);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(by.key, 'base64'), nonce);
  cipher.setAAD(purpose);
  const body = Buffer.concat([cipher.update(key), cipher.final()]);
  const wrapped = Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64');
  return { key, lock: { cost, blockSize, salt: by.salt, wrapped } };
}

/** The key behind a lock. Rejects with BACKUP_PASSPHRASE when the passphrase is another one. */
export async function unlockKey(
  lock: BackupLock,
  by: string | PassphraseKey,
  file: string,
): Promise<Buffer> {
  const wrapping = await wrappingKey(lock, by, file);
  const wrapped = Buffer.from(lock.wrapped, 'base64');
  if (wrapped.length !== nonceBytes + keyBytes + tagBytes) throw refused(file);
  const decipher = createDecipheriv('aes-256-gcm', wrapping, wrapped.subarray(0, nonceBytes));
  decipher.setAAD(purpose);
  decipher.setAuthTag(wrapped.subarray(-tagBytes));
  try {
    const body = decipher.update(wrapped.subarray(nonceBytes, -tagBytes));
    return Buffer.concat([body, decipher.final()]);
  } catch {
    throw refused(file);
  }
}

async function wrappingKey(
  lock: BackupLock,
  by: string | PassphraseKey,
  file: string,
): Promise<Buffer> {
  if (typeof by !== 'string') {
    if (by.salt !== lock.salt) throw refused(file);
    return Buffer.from(by.key, 'base64');
  }
  const isPower = Number.isInteger(Math.log2(lock.cost)) && lock.cost >= 2;
  if (!isPower || lock.cost > costMax || !(lock.blockSize >= 1 && lock.blockSize <= blockSizeMax)) {
    throw new AgentError('BACKUP_DAMAGED', { file, problem: 'its header asks for the impossible' });
  }
  return derive(by, { ...lock, salt: Buffer.from(lock.salt, 'base64') });
}

function derive(
  passphrase: string,
  options: { readonly salt: Buffer; readonly cost: number; readonly blockSize: number },
): Promise<Buffer> {
  const { salt, cost: N, blockSize: r } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  // Typed on another keyboard, the same letters must give the same bytes (RFC 8265).
  const text = passphrase.normalize('NFC');
  scrypt(text, salt, keyBytes, { N, r, p: 1, maxmem: 129 * N * r + 1_048_576 }, (error, key) => {
    if (error === null) resolve(key);
    else reject(error);
  });
  return promise;
}

function refused(file: string): AgentError {
  return new AgentError('BACKUP_PASSPHRASE', { file });
}
