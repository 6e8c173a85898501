// Owns reading every row again in small steps: its own proof, its place in the chain, its payload.
// Refuses to repair, and to keep a payload longer than it takes to open it.

import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isAgentError } from '@opencomputer/contracts';
import type { Database, ProvenTable, Sealing } from '@opencomputer/contracts/internal';
import { installationId, proofColumn } from '@opencomputer/contracts/internal';
import { chainStart, nextHead, placeBytes, placeOf } from './chains.ts';
import type { ChainHead } from './chains.ts';

/** What is checked. */
export interface RowCheckParts {
  readonly database: Database;
  readonly sealing: Sealing;
  /** Rows that vouch for themselves and, embedded, for the row before them. */
  readonly proven: readonly ProvenTable[];
  /** Rows of which only the payload is sealed; the first column is the row's id. */
  readonly sealed: readonly ProvenTable[];
  /** Told of each place that is damaged; `place` is table and row. */
  readonly found: (place: string, problem: string) => Promise<void>;
}

/** A check that goes on where it stopped. */
export interface RowCheck {
  /** Checks at most so many rows; true when the last table was finished by it. */
  step(rowsMax: number): Promise<boolean>;
  /** Rows checked since the last beginning. */
  readonly rows: number;
}

type Row = Readonly<Record<string, unknown>>;

interface Cursor {
  table: number;
  after: number | string;
  head: ChainHead;
}

/** A check of all rows from the first one on; after the last it begins again. */
export async function createRowCheck(parts: RowCheckParts): Promise<RowCheck> {
  const installation = await parts.sealing.person(installationId);
  return new Check(parts, createSecretKey(installation.deriveKey('chains')));
}

class Check implements RowCheck {
  readonly #parts: RowCheckParts;
  readonly #key: KeyObject;
  #cursor: Cursor = { table: 0, after: '', head: chainStart };
  #rows = 0;

  constructor(parts: RowCheckParts, key: KeyObject) {
    this.#parts = parts;
    this.#key = key;
  }

  get rows(): number {
    return this.#rows;
  }

  async step(rowsMax: number): Promise<boolean> {
    const { proven, sealed } = this.#parts;
    const tables = [...proven, ...sealed];
    if (this.#cursor.table === 0 && this.#cursor.after === '') this.#rows = 0;
    const table = tables[this.#cursor.table];
    if (table === undefined) return this.#finish(true);
    const isProven = this.#cursor.table < proven.length;
    const end = isProven ? await this.#storedHead(table.table) : undefined;
    const rows = await this.#read(table, rowsMax);
    for (const row of rows) await this.#checkRow(table, row, isProven);
    this.#rows += rows.length;
    if (rows.length === rowsMax) return false;
    if (end !== undefined && end > this.#cursor.head.position) {
      const missing = end - this.#cursor.head.position;
      await this.#parts.found(`${table.table}/(end)`, `the last ${missing} rows are missing`);
    }
    this.#cursor = { table: this.#cursor.table + 1, after: '', head: chainStart };
    return this.#finish(this.#cursor.table === tables.length);
  }

  #finish(isDone: boolean): boolean {
    if (isDone) this.#cursor = { table: 0, after: '', head: chainStart };
    return isDone;
  }

  /** In the order in which they were written; PostgreSQL has none, and ids begin with their time. */
  async #read({ table, columns }: ProvenTable, limit: number): Promise<readonly Row[]> {
    const { database } = this.#parts;
    const isSqlite = database.dialect === 'sqlite';
    const order = isSqlite ? 'rowid' : (columns[0] ?? '');
    const after = isSqlite ? Number(this.#cursor.after) : this.#cursor.after;
    const sql = `select ${order} as check_order, ${table}.* from ${table}
      where ${order} > ${isSqlite ? '?' : '$1'} order by ${order} limit ${limit}`;
    const rows = await database.read<Row>({ sql, parameters: [after] });
    const last = rows.at(-1)?.['check_order'];
    if (typeof last === 'string' || typeof last === 'number') this.#cursor.after = last;
    return rows;
  }

  async #storedHead(table: string): Promise<number | undefined> {
    const { database } = this.#parts;
    if (database.dialect !== 'sqlite') return undefined;
    const sql = 'select position from chain_heads where name = ?';
    const [head] = await database.read<{ position: number }>({ sql, parameters: [table] });
    return head === undefined ? undefined : Number(head.position);
  }

  async #checkRow(table: ProvenTable, row: Row, isProven: boolean): Promise<void> {
    const { sealing, found, database } = this.#parts;
    const place = `${table.table}/${String(row[table.columns[0] ?? ''])}`;
    const isIntact = await isRowIntact(sealing, { table, row, isProven });
    if (!isIntact) await found(place, 'the row was altered');
    else if (!isStatePossible(table, row)) await found(place, 'its state is none that there is');
    if (isProven && database.dialect === 'sqlite') await this.#checkPlace(table, place, row);
  }

  /** After a break the chain is followed on from the row that was found. */
  async #checkPlace({ table }: ProvenTable, place: string, row: Row): Promise<void> {
    const proof = row[proofColumn];
    const stored = proof instanceof Uint8Array ? placeOf(proof) : undefined;
    if (!(proof instanceof Uint8Array) || stored === undefined) return;
    const { head } = this.#cursor;
    const expected = nextHead(this.#key, { table, head }, proof.subarray(placeBytes));
    this.#cursor.head = stored;
    const isJoined = Buffer.compare(Buffer.from(expected.link), stored.link) === 0;
    if (stored.position === expected.position && isJoined) return;
    const missing = stored.position - expected.position;
    const problem =
      missing > 0 ? `${missing} rows before it are missing` : 'it is not where it was written';
    await this.#parts.found(place, problem);
  }
}

/** The state changes, and so is in no proof: only that it is one of the known ones can be seen. */
function isStatePossible({ states }: ProvenTable, { state }: Row): boolean {
  return states === undefined || (typeof state === 'string' && states.includes(state));
}

/** A row as it was read, and whether it vouches for its plain columns. */
export interface ReadRow {
  readonly table: ProvenTable;
  readonly row: Row;
  readonly isProven: boolean;
}

/** True when proof and payload hold; also when the person was erased, whose payload nobody opens. */
export async function isRowIntact(
  sealing: Sealing,
  { table, row, isProven }: ReadRow,
): Promise<boolean> {
  const { person, payload } = row;
  const rowId = String(row[table.columns[0] ?? '']);
  try {
    if (isProven) sealing.rows(table).check(row);
    if (typeof person !== 'string' || !(payload instanceof Uint8Array)) return true;
    const seal = await sealing.person(person);
    seal.open({ table: table.table, rowId }, payload);
    return true;
  } catch (error) {
    if (isAgentError(error, 'SEAL_BROKEN')) return false;
    if (isAgentError(error, 'PERSON_ERASED')) return true;
    throw error;
  }
}
