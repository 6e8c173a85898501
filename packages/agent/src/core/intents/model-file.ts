// Owns the stored form of a trained classifier: a header in JSON and the arrays as they are in memory.
// Refuses what it did not write: a damaged or foreign file reads as no model, never as a wrong one.

import { indexVocabulary } from './features.ts';
import type { IntentModel } from './classifier.ts';

/** Changes whenever features, layout or background change, so that an older file is trained anew. */
export const modelFormat = 2;

const magic = 0x4d49434f;
const prefixBytes = 16;
const headerBytesMax = 10_000_000;

interface Header {
  readonly labels: readonly string[];
  readonly sharpness: number;
  readonly threshold: number | null;
  readonly features: number;
}

/** FNV-1a over 32-bit words and what remains; finds damage, not forgery. `bytes` start aligned. */
function checksum(bytes: Uint8Array): number {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  let hash = 0x811c9dc5;
  // By index: an iterator makes an object for each of a million words.
  for (let index = 0; index < words.length; index += 1) {
    hash = Math.imul(hash ^ (words[index] ?? 0), 0x01000193);
  }
  for (const byte of bytes.subarray(words.length * 4)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function bytesOf(array: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** JSON with spaces behind it, so that the numbers after it can be read where they are. */
function padded(json: Uint8Array): Uint8Array {
  const text = new Uint8Array(Math.ceil(json.length / 4) * 4).fill(0x20);
  text.set(json);
  return text;
}

/** The stored form: 16 bytes of prefix, the header, then hashes, frequencies, weights, biases. */
export function serialize(model: IntentModel): Uint8Array {
  const header: Header = {
    labels: model.labels,
    sharpness: model.sharpness,
    threshold: Number.isFinite(model.threshold) ? model.threshold : null,
    features: model.vocabulary.hashes.length,
  };
  const text = padded(new TextEncoder().encode(JSON.stringify(header)));
  const parts = [
    text,
    bytesOf(model.vocabulary.hashes),
    bytesOf(model.vocabulary.inverseFrequencies),
    bytesOf(model.linear.weights),
    bytesOf(model.linear.biases),
  ];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, prefixBytes));
  let offset = prefixBytes;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  const prefix = new Uint32Array([
    magic,
    modelFormat,
    text.length,
    checksum(bytes.subarray(prefixBytes)),
  ]);
  bytes.set(new Uint8Array(prefix.buffer), 0);
  return bytes;
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const { labels, sharpness, threshold, features } = value as Record<string, unknown>;
  return (
    Array.isArray(labels) &&
    labels.every((label) => typeof label === 'string') &&
    typeof sharpness === 'number' &&
    (threshold === null || typeof threshold === 'number') &&
    Number.isInteger(features)
  );
}

function readHeader(bytes: Uint8Array): Header | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isHeader(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads a stored model; undefined when the bytes are not a whole model of this format. The model
 * keeps the bytes and must be their only user: a copy of some megabytes is worth avoiding.
 */
export function deserialize(stored: Uint8Array): IntentModel | undefined {
  if (stored.length < prefixBytes) return undefined;
  const bytes = stored.byteOffset % 4 === 0 ? stored : new Uint8Array(stored);
  const { buffer, byteOffset } = bytes;
  const [kind, format, headerBytes, sum] = new Uint32Array(buffer, byteOffset, prefixBytes / 4);
  if (kind !== magic || format !== modelFormat || headerBytes === undefined) return undefined;
  if (headerBytes > headerBytesMax || headerBytes % 4 !== 0) return undefined;
  if (prefixBytes + headerBytes > bytes.length) return undefined;
  if (checksum(bytes.subarray(prefixBytes)) !== sum) return undefined;
  const header = readHeader(bytes.subarray(prefixBytes, prefixBytes + headerBytes));
  if (header === undefined) return undefined;
  const { labels, features, sharpness, threshold } = header;
  const classes = labels.length;
  let offset = prefixBytes + headerBytes;
  if (offset + 4 * (2 * features + features * classes + classes) !== bytes.length) return undefined;
  const take = (count: number): [ArrayBufferLike, number, number] => {
    const start = byteOffset + offset;
    offset += 4 * count;
    return [buffer, start, count];
  };
  const hashes = new Int32Array(...take(features));
  const inverseFrequencies = new Float32Array(...take(features));
  const weights = new Float32Array(...take(features * classes));
  return {
    labels,
    vocabulary: indexVocabulary({ hashes, inverseFrequencies }),
    linear: { classes, weights, biases: new Float32Array(...take(classes)) },
    sharpness,
    threshold: threshold ?? -Infinity,
  };
}
