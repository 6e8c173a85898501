// Owns how one value is sealed: AES-256-GCM, bound to the place that it is for. Refuses a value that
// was altered, cut or moved to another place.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals a text under a key of 32 bytes. `place` says what it is for; it opens for that alone. */
export function sealValue(key: Uint8Array, place: string, text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(place));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(FORMAT), nonce, body, cipher.getAuthTag()]);
}

/** The text again. Throws when it was altered, or sealed for another place or under another key. */
export function openValue(key: Uint8Array, place: string, sealed: Uint8Array): string {
  if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES || sealed[0] !== FORMAT) {
    throw new Error('it is not a sealed value');
  }
  const end = sealed.length - TAG_BYTES;
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(sealed.subarray(end));
  const body = sealed.subarray(1 + NONCE_BYTES, end);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}
