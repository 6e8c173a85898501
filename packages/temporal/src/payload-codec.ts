// Owns the seal around everything that Temporal's server is given to keep: AES-256-GCM under the
// installation's key. Refuses payloads that were altered, or sealed under another key.

import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { ValueError } from '@temporalio/common';

/** Names the form of sealed payloads, where Temporal keeps the encoding; plain. */
export const sealedEncoding = 'binary/opencomputer-sealed-1';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const lengthBytes = 4;
const associated = Buffer.from('opencomputer/temporal');
const encoder = new TextEncoder();

/** Seals payloads under `key`, 32 bytes. `decode` throws for what it did not seal. */
export function createPayloadCodec(key: Uint8Array): PayloadCodec {
  if (key.length !== keyBytes) throw new ValueError(`the key must be ${keyBytes} bytes`);
  const secret = createSecretKey(key);
  return {
    encode: async (payloads) => payloads.map((payload) => seal(secret, payload)),
    decode: async (payloads) => payloads.map((payload) => open(secret, payload)),
  };
}

function seal(key: KeyObject, payload: Payload): Payload {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associated);
  const body = [cipher.update(toBytes(payload)), cipher.final(), cipher.getAuthTag()];
  const data = new Uint8Array(Buffer.concat([nonce, ...body]));
  return { metadata: { encoding: encoder.encode(sealedEncoding) }, data };
}

function open(key: KeyObject, { metadata, data }: Payload): Payload {
  const encoding = Buffer.from(metadata?.['encoding'] ?? []).toString();
  if (encoding !== sealedEncoding) throw new ValueError(`a payload is not sealed (${encoding})`);
  const sealed = Buffer.from(data ?? []);
  if (sealed.length < nonceBytes + tagBytes) throw new ValueError('a payload is cut');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes));
  decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const body = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
  return fromBytes(Buffer.concat([body, decipher.final()]));
}

/** The length of the metadata, the metadata as JSON with values in base64, the data. */
function toBytes({ metadata, data }: Payload): Uint8Array {
  const entries = Object.entries(metadata ?? {});
  const plain = entries.map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  const head = Buffer.from(JSON.stringify(Object.fromEntries(plain)));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(head.length);
  // Without data it is an empty list, which is no bytes: a default of protobuf.
  return Buffer.concat([length, head, Buffer.from(data ?? [])]);
}

function fromBytes(bytes: Buffer): Payload {
  const end = lengthBytes + bytes.readUInt32BE(0);
  const head = JSON.parse(bytes.toString('utf8', lengthBytes, end)) as Record<string, string>;
  const entries = Object.entries(head);
  const metadata = entries.map(([name, value]) => [
    name,
    new Uint8Array(Buffer.from(value, 'base64')),
  ]);
  return {
    metadata: Object.fromEntries(metadata) as Record<string, Uint8Array>,
    data: new Uint8Array(bytes.subarray(end)),
  };
}
