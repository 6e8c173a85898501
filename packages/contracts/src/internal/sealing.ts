// Owns the port through which payloads are sealed per person and looked up by keyed hashes.
// Refuses to hand out a key: callers see sealed bytes, hashes and keys derived for one purpose.

import type { Statement } from './database.ts';

/** Where sealed bytes live; they open only there. */
export interface SealedPlace {
  readonly table: string;
  readonly rowId: string;
}

/**
 * One person's key, loaded. Everything here is synchronous and cheap (about 10 µs for 1 kB).
 * After the person is erased every member throws PERSON_ERASED.
 */
export interface PersonSeal {
  readonly personId: string;
  /** Sealed bytes, 29 longer than `bytes`; each call draws a new nonce. */
  seal(place: SealedPlace, bytes: Uint8Array): Uint8Array;
  /** The bytes that were sealed. Throws SEAL_BROKEN naming the row when altered or moved. */
  open(place: SealedPlace, sealed: Uint8Array): Uint8Array;
  /** Keyed hashes of the text's stems in order, 16 lower-case hex characters each, for search. */
  stems(text: string): readonly string[];
  /** 32 bytes that belong to this person and purpose, e.g. `plugin:notes`. */
  deriveKey(purpose: string): Uint8Array;
}

/** The owner of data that belong to nobody, such as the installation's own events. */
export const installationId = 'installation';

/** A table to which rows are only added, each vouching for itself and for the row before it. */
export interface ProvenTable {
  readonly table: string;
  /** Plain columns that never change, the row's id first; `person` is among them. */
  readonly columns: readonly string[];
  /** All values of its column `state`; absent: it has none. */
  readonly states?: readonly string[];
}

/** A table that follows from the rows of another one, and is made anew by a repair. */
export interface DerivedTable {
  readonly table: string;
  /** Where its rows come from; they name their person. */
  readonly from: string;
  /** The statement that writes what follows from an intact row. */
  make(row: Readonly<Record<string, unknown>>, seal: PersonSeal): Statement;
}

/** Column of a `ProvenTable` that the proof is stored in, by `chain_row(table, proof)`. */
export const proofColumn = 'proof';

/** Proves the rows of one table and checks them again. */
export interface RowProofs {
  /** 16 bytes over the plain columns and the payload, by a key of this installation. */
  prove(row: Readonly<Record<string, unknown>>): Uint8Array;
  /** Throws SEAL_BROKEN naming table and row when a covered column or the payload was altered. */
  check(row: Readonly<Record<string, unknown>>): void;
}

/** Seals per person. A key is made the first time a person is named. */
export interface Sealing {
  /**
   * The person's key, from memory or from the store; hold it for one piece of work, not longer.
   * Rejects with PERSON_ERASED once the person was erased, with SEAL_BROKEN for a damaged key.
   */
  person(personId: string): Promise<PersonSeal>;
  /** Destroys the person's key: nothing sealed for this person opens again, backups included
   * that do not hold the key. Resolves after the commit; erasing twice is harmless. */
  erase(personId: string): Promise<void>;
  /** HMAC-SHA-256 as 64 lower-case hex characters, by a key of this installation and purpose. */
  hash(purpose: string, bytes: Uint8Array | string): string;
  /** The proofs of a table's rows; cheap, and best made once. */
  rows(table: ProvenTable): RowProofs;
}
