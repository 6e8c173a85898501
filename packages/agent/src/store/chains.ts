// Owns the place of each proven row in its table's chain: number and link to the row before it.
// Refuses rows before it was given its key, and forgets links whose batch was undone.

import { createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { FailureError } from './sqlite-failure.ts';

/** The last row of a chain; the first row has position 1. */
export interface ChainHead {
  readonly position: number;
  readonly link: Uint8Array;
}

export const linkBytes = 16;
const positionBytes = 8;
/** What a stored proof begins with: position and link; the row's own part follows. */
export const placeBytes: number = positionBytes + linkBytes;

/** The head of a chain without rows. */
export const chainStart: ChainHead = { position: 0, link: new Uint8Array(linkBytes) };

/** The head after a row whose own proof is `mac`. */
export function nextHead(
  key: KeyObject,
  { table, head }: { readonly table: string; readonly head: ChainHead },
  mac: Uint8Array,
): ChainHead {
  const position = head.position + 1;
  // In one piece: each update is a call out of JavaScript, and this runs for every row.
  const place = Buffer.from(`${table}:${position}:`);
  const input = Buffer.allocUnsafe(place.length + head.link.length + mac.length);
  input.set(place, 0);
  input.set(head.link, place.length);
  input.set(mac, place.length + head.link.length);
  const link = createHmac('sha256', key).update(input).digest();
  return { position, link: new Uint8Array(link.subarray(0, linkBytes)) };
}

/** Position, link and the row's own proof, as they are stored. */
export function storedProof({ position, link }: ChainHead, mac: Uint8Array): Uint8Array {
  const proof = new Uint8Array(placeBytes + mac.length);
  new DataView(proof.buffer).setBigUint64(0, BigInt(position));
  proof.set(link, positionBytes);
  proof.set(mac, placeBytes);
  return proof;
}

/** The place that a stored proof begins with; nothing when it is too short to be one. */
export function placeOf(proof: Uint8Array): ChainHead | undefined {
  if (proof.length <= placeBytes) return undefined;
  const position = Buffer.from(proof.subarray(0, positionBytes)).readBigUInt64BE(0);
  return { position: Number(position), link: proof.subarray(positionBytes, placeBytes) };
}

/** Heads that nothing was added to since; replaced whole, so that keeping one is a snapshot. */
export type Heads = ReadonlyMap<string, ChainHead>;

/** The chains of a database, on its writing connection, as the SQL function `chain_row`. */
export class Chains {
  readonly #database: DatabaseSync;
  #key: KeyObject | undefined;
  #heads: Heads = new Map();
  /** As they are in `chain_heads`. */
  #stored: Heads = new Map();
  #keep: StatementSync | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.function('chain_row', { directOnly: true }, (table, mac) =>
      this.#add(String(table), mac),
    );
  }

  /** Reads where the chains end. Without it no proven row can be written. */
  begin(key: Uint8Array): void {
    const rows = this.#database.prepare('SELECT name, position, link FROM chain_heads').all();
    const heads = rows.map(({ name, position, link }): [string, ChainHead] => [
      String(name),
      { position: Number(position), link: bytesOf(link) },
    ]);
    this.#stored = new Map(heads);
    this.#heads = this.#stored;
    this.#keep = this.#database.prepare(
      'INSERT INTO chain_heads (name, position, link) VALUES (?, ?, ?) ON CONFLICT (name) ' +
        'DO UPDATE SET position = excluded.position, link = excluded.link',
    );
    this.#key = createSecretKey(key);
  }

  /** To be given back to `undo` when what follows is rolled back. */
  get heads(): Heads {
    return this.#heads;
  }

  undo(heads: Heads): void {
    this.#heads = heads;
  }

  /** Writes the heads that moved; inside the transaction whose rows moved them. */
  keep(): void {
    if (this.#heads === this.#stored) return;
    for (const [name, head] of this.#heads) {
      if (this.#stored.get(name) === head) continue;
      this.#keep?.run(name, head.position, head.link);
    }
  }

  /** After the commit. */
  kept(): void {
    this.#stored = this.#heads;
  }

  #add(table: string, mac: unknown): Uint8Array {
    if (this.#key === undefined || !(mac instanceof Uint8Array)) {
      const problem = 'a row came before the chains of rows had begun';
      throw new FailureError({ code: 'STORE_FAILED', details: { problem } });
    }
    const head = nextHead(this.#key, { table, head: this.#heads.get(table) ?? chainStart }, mac);
    this.#heads = new Map(this.#heads).set(table, head);
    return storedProof(head, mac);
  }
}

function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(linkBytes);
}
