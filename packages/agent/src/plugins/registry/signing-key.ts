// Owns Ed25519 keys of publishers and registries: their texts, their file, signing and checking.
// Refuses a private key that others may read, and keys in a second spelling.

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  scryptSync,
  sign,
  verify,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { lstat, open, readFile } from 'node:fs/promises';
import { AgentError } from '@opencomputer/contracts';
import { isObject } from '../json-object.ts';
import { openValue, sealValue } from '../sealed-value.ts';

/** A key that can sign. */
export interface SigningKey {
  /** SHA-256 of the 32 bytes of the public key, hexadecimal. */
  readonly id: string;
  /** `ed25519:` and 43 characters of base64url. */
  readonly publicKey: string;
  sign(bytes: Uint8Array): Buffer;
}

/** Stands in every file of a private key, so that one is recognised where it has no place. */
export const keyFileType = 'opencomputer-signing-key-1';
const keyFileBytesMax = 10_000;
const publicForm = /^ed25519:([A-Za-z0-9_-]{43})$/;
/** 128 MB and about half a second: a guess at a passphrase costs as much. */
const scrypt = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };

/** Makes a key and writes its file, 0600; a file that is there is not replaced. Throws PLUGIN_SIGNATURE. */
export async function createSigningKey(file: string, passphrase?: string): Promise<SigningKey> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = signingKeyOf(privateKey);
  const secret = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
  const handle = await open(file, 'wx', 0o600).catch((error: unknown) => {
    throw fault(file, error instanceof Error ? error.message : 'it cannot be written');
  });
  try {
    const held = passphrase === undefined ? { secret } : sealed(key, secret, passphrase);
    const content = { type: keyFileType, publicKey: key.publicKey, ...held };
    await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return key;
}

/** Reads the file of a private key. Throws PLUGIN_SIGNATURE, also when others may read it. */
export async function readSigningKey(file: string, passphrase?: string): Promise<SigningKey> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isFile() !== true) throw fault(file, 'there is no such file of a key');
  const isOpen = process.platform !== 'win32' && (found.mode & 0o077) !== 0;
  if (isOpen) throw fault(file, 'others may read it; set its mode to 600');
  if (found.size > keyFileBytesMax) throw fault(file, 'it is no file of a key');
  const content = parse(await readFile(file, 'utf8'));
  if (content?.['type'] !== keyFileType) throw fault(file, 'it is no file of a key');
  const { secret, salt, publicKey } = content;
  const text = typeof salt === 'string' ? unsealed(file, content, passphrase) : secret;
  if (typeof text !== 'string') throw fault(file, 'it is damaged');
  const key = privateKeyOf(file, text);
  if (key.publicKey !== publicKey) throw fault(file, 'its public key is another');
  return key;
}

/** The id of a public key. Throws PLUGIN_SIGNATURE when it is none. */
export function keyIdOf(publicKey: string): string {
  return createHash('sha256').update(rawOf(publicKey)).digest('hex');
}

/** True for a public key as this product writes it. */
export function isPublicKey(text: string): boolean {
  const body = publicForm.exec(text)?.[1] ?? '';
  return body !== '' && Buffer.from(body, 'base64url').toString('base64url') === body;
}

/** True when the signature is by this key over exactly these bytes. */
export function isSignedBy(publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (signature.byteLength !== 64) return false;
  const x = rawOf(publicKey).toString('base64url');
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, bytes, key, signature);
  } catch (error) {
    // 32 bytes need not be a point of the curve.
    if (error instanceof Error) return false;
    throw error;
  }
}

function rawOf(publicKey: string): Buffer {
  if (!isPublicKey(publicKey)) throw fault(publicKey.slice(0, 100), 'it is no public key');
  return Buffer.from(publicKey.slice('ed25519:'.length), 'base64url');
}

function signingKeyOf(privateKey: KeyObject): SigningKey {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicKey = `ed25519:${x}`;
  return { id: keyIdOf(publicKey), publicKey, sign: (bytes) => sign(null, bytes, privateKey) };
}

function privateKeyOf(file: string, text: string): SigningKey {
  try {
    const key = Buffer.from(text, 'base64');
    return signingKeyOf(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
  } catch (error) {
    throw fault(file, 'it is damaged', error);
  }
}

function sealed(
  { publicKey }: SigningKey,
  secret: string,
  passphrase: string,
): { readonly salt: string; readonly sealed: string } {
  const salt = randomBytes(32);
  const box = sealValue(scryptSync(passphrase, salt, 32, scrypt), publicKey, secret);
  return { salt: salt.toString('base64'), sealed: box.toString('base64') };
}

function unsealed(
  file: string,
  content: Readonly<Record<string, unknown>>,
  passphrase: string | undefined,
): string {
  const { salt, sealed: box, publicKey } = content;
  if (passphrase === undefined) throw fault(file, 'it has a passphrase; pass --passphrase-file');
  try {
    const key = scryptSync(passphrase, Buffer.from(String(salt), 'base64'), 32, scrypt);
    return openValue(key, String(publicKey), Buffer.from(String(box), 'base64'));
  } catch (error) {
    throw fault(file, 'the passphrase is wrong, or the file was altered', error);
  }
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function fault(reference: string, problem: string, cause?: unknown): AgentError {
  return new AgentError('PLUGIN_SIGNATURE', { reference, problem }, { cause });
}
