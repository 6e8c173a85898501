// Owns signed documents: DSSE envelopes (Dead Simple Signing Envelope 1.0) with Ed25519. Refuses to
// hand out a payload of another type than was asked for, or with fewer signatures than are needed.

import { AgentError } from '@opencomputer/contracts';
import { isList, isObject } from '../json-object.ts';
import { isSignedBy, keyIdOf } from './signing-key.ts';
import type { SigningKey } from './signing-key.ts';

/** A document with its signatures; nothing is checked yet. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signatures: readonly { readonly keyid: string; readonly sig: Buffer }[];
}

/** Who must have signed. */
export interface Signers {
  /** Public keys. */
  readonly keys: readonly string[];
  /** How many different ones of them. */
  readonly threshold: number;
}

const signaturesMax = 50;

/** Signs a payload as a type. The text of a file. */
export function signEnvelope(
  payloadType: string,
  payload: Uint8Array,
  keys: readonly SigningKey[],
): string {
  const signed = authenticated(payloadType, payload);
  const signatures = keys.map((key) => ({
    keyid: key.id,
    sig: key.sign(signed).toString('base64'),
  }));
  const body = Buffer.from(payload).toString('base64');
  return `${JSON.stringify({ payloadType, payload: body, signatures })}\n`;
}

/** Reads an envelope. Throws PLUGIN_SIGNATURE; `reference` is for its text. */
export function readEnvelope(text: string, reference: string): Envelope {
  const value = parse(text);
  const { payloadType, payload, signatures } = isObject(value) ? value : {};
  const body = bytesOf(payload);
  if (typeof payloadType !== 'string' || body === undefined || !isList(signatures)) {
    throw fault(reference, 'it is no signed document');
  }
  if (signatures.length > signaturesMax) throw fault(reference, 'too many signatures');
  return {
    payloadType,
    payload: body,
    signatures: signatures.map((each) => {
      const { keyid, sig } = isObject(each) ? each : {};
      const bytes = bytesOf(sig);
      if (typeof keyid === 'string' && bytes !== undefined) return { keyid, sig: bytes };
      throw fault(reference, 'a damaged signature');
    }),
  };
}

/** The payload, when enough of these keys have signed it as this type. Throws PLUGIN_SIGNATURE. */
export function openEnvelope(
  envelope: Envelope,
  expected: Signers & { readonly payloadType: string; readonly reference: string },
): Buffer {
  const { reference, payloadType, keys, threshold } = expected;
  if (envelope.payloadType !== payloadType) {
    throw fault(reference, 'it is signed as a document of another type');
  }
  const signed = authenticated(payloadType, envelope.payload);
  const known = new Map(keys.map((key) => [keyIdOf(key), key]));
  const good = new Set<string>();
  for (const { keyid, sig } of envelope.signatures) {
    const key = known.get(keyid);
    if (key !== undefined && isSignedBy(key, signed, sig)) good.add(keyid);
  }
  if (threshold >= 1 && good.size >= threshold) return envelope.payload;
  const needed = `${good.size} of ${threshold} signatures that are needed`;
  throw fault(reference, `it has ${needed}, by the keys that are trusted`);
}

/** What is signed: DSSE's pre-authentication encoding. */
function authenticated(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType);
  const head = `DSSEv1 ${type.length} ${payloadType} ${payload.byteLength} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Of base64 in its one spelling. */
function bytesOf(text: unknown): Buffer | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function fault(reference: string, problem: string): AgentError {
  return new AgentError('PLUGIN_SIGNATURE', { reference, problem });
}
