// Owns what is done with one person's key: sealing, opening, hashing, deriving.
// Refuses to work once the person was erased, whoever still holds it.

import { createCipheriv, createDecipheriv, createHmac, createSecretKey } from 'node:crypto';
import { hkdfSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AgentError } from '@opencomputer/contracts';
import type { PersonSeal, SealedPlace } from '@opencomputer/contracts/internal';
import { personErased } from './person-keys.ts';
import { stemsOf } from './stems.ts';

/** Layout of sealed bytes: version, nonce, ciphertext, tag. NIST SP 800-38D. */
const sealVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + nonceBytes;
const derivedBytes = 32;
/** 64 bits: among a million different words two collide once in 37 million installations. */
const stemHexLength = 16;
/** Words whose hashes are kept, because the same ones come again and again. */
const stemsKeptMax = 2000;

/** A seal that can be destroyed. */
export interface ErasableSeal extends PersonSeal {
  erase(): void;
}

/** A seal over a person's 32-byte key; separate keys are derived for separate uses. */
export function createPersonSeal(personId: string, personKey: Uint8Array): ErasableSeal {
  const base = createSecretKey(personKey);
  const derive = (use: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', base, '', `opencomputer/1/${use}`, derivedBytes));
  let keys: { seal: KeyObject; stems: KeyObject } | undefined = {
    seal: createSecretKey(derive('seal')),
    stems: createSecretKey(derive('stems')),
  };
  const kept = new Map<string, string>();
  const held = (): { seal: KeyObject; stems: KeyObject } => {
    if (keys === undefined) throw personErased(personId);
    return keys;
  };
  return {
    personId,
    seal: (place, bytes) => sealWith(held().seal, associated(personId, place), bytes),
    open(place, sealed) {
      const opened = openWith(held().seal, associated(personId, place), sealed);
      if (opened !== undefined) return opened;
      throw new AgentError('SEAL_BROKEN', { table: place.table, row: place.rowId });
    },
    stems(text) {
      const key = held().stems;
      return stemsOf(text).map((stem) => {
        const known = kept.get(stem);
        if (known !== undefined) return known;
        const hash = createHmac('sha256', key).update(stem).digest('hex').slice(0, stemHexLength);
        if (kept.size >= stemsKeptMax) kept.clear();
        kept.set(stem, hash);
        return hash;
      });
    },
    deriveKey(purpose) {
      held();
      return derive(`derived/${purpose}`);
    },
    erase() {
      keys = undefined;
      kept.clear();
    },
  };
}

/** Lengths first, so that no two places share the same bytes. */
function associated(personId: string, { table, rowId }: SealedPlace): Buffer {
  return Buffer.from(`${table.length}:${table}${rowId.length}:${rowId}${personId}`);
}

/** Random bytes are taken from the machine for many nonces at once; each is used once. */
let nonces = Buffer.alloc(0);
const noncesAtOnce = 256;

function nextNonce(): Uint8Array {
  if (nonces.length === 0) nonces = randomBytes(noncesAtOnce * nonceBytes);
  const nonce = nonces.subarray(0, nonceBytes);
  nonces = nonces.subarray(nonceBytes);
  return nonce;
}

function sealWith(key: KeyObject, place: Buffer, bytes: Uint8Array): Uint8Array {
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(place);
  const body = cipher.update(bytes);
  cipher.final();
  const sealed = new Uint8Array(headBytes + body.length + tagBytes);
  sealed[0] = sealVersion;
  sealed.set(nonce, 1);
  sealed.set(body, headBytes);
  sealed.set(cipher.getAuthTag(), headBytes + body.length);
  return sealed;
}

function openWith(key: KeyObject, place: Buffer, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed[0] !== sealVersion || sealed.length < headBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, headBytes));
  decipher.setAAD(place);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const bytes = decipher.update(sealed.subarray(headBytes, -tagBytes));
  try {
    decipher.final();
    return new Uint8Array(bytes);
  } catch {
    return undefined;
  }
}
