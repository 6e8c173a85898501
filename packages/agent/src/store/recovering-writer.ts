// Owns what follows an I/O error of the writer: a new connection, proof that what was acknowledged
// is still there, and an empty log. Refuses further writes until all three have succeeded.

import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { ChainHead } from './chains.ts';
import { keepCutLog } from './cut-log.ts';
import { failureOf, FailureError } from './sqlite-failure.ts';
import { openStoreFile } from './store-file.ts';
import { wholeFrames } from './wal-frames.ts';
import { Writer } from './writer.ts';
import type {
  CutNotice,
  BatchReply,
  Failure,
  WriteGroup,
  WriterSettings,
} from './writer-protocol.ts';

/**
 * A writer that does not trust its connection after an I/O error: a failed sync leaves pages in
 * the kernel's cache that are not on the disk and will not be written again
 * (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020).
 */
export class RecoveringWriter {
  /** What was found cut off the log at the opening. */
  readonly cut: CutNotice | undefined;
  readonly #settings: WriterSettings;
  #database: DatabaseSync;
  #writer: Writer;
  #key: Uint8Array | undefined;

  /** Throws what `openStoreFile` throws. */
  constructor(settings: WriterSettings) {
    this.#settings = settings;
    // Beside a reader the log is in use, and what stands behind its end is no sign of damage.
    this.cut = settings.replaces === true ? undefined : keepCutLog(settings.path);
    this.#database = openStoreFile(settings);
    this.#writer = new Writer(this.#database, settings.path);
    // What was kept would be found behind the end of the log again until it is written over.
    if (this.cut?.isKept === true) this.#writer.checkpoint();
    if (settings.replaces === true) this.#takeOver();
  }

  /** See `Writer.run`; after an I/O error each batch is refused until the file is sound again. */
  run(group: WriteGroup): BatchReply[] {
    this.#writer.learn(group.learn);
    const failure = this.#writer.suspect ? this.#recover() : undefined;
    if (failure === undefined) return this.#writer.run(group);
    return group.batches.map(() => failure);
  }

  chain(key: Uint8Array): Failure | undefined {
    this.#key = key;
    return this.#writer.chain(key);
  }

  checkpoint(): Failure | undefined {
    return this.#writer.checkpoint();
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** A thread that died may have done so after an I/O error that it could not tell of. */
  #takeOver(): void {
    this.#key = this.#settings.key;
    const failure = this.#recover();
    if (failure === undefined) return;
    this.close();
    throw new FailureError(failure);
  }

  #recover(): Failure | undefined {
    const { path } = this.#settings;
    const acknowledged = this.#writer.heads;
    try {
      if (this.#database.isOpen) this.#database.close();
      this.#database = openStoreFile(this.#settings);
      const writer = new Writer(this.#database, path, this.#writer.texts);
      const chained = this.#key && writer.chain(this.#key);
      if (chained !== undefined) return chained;
      checkLog(this.#database, path);
      for (const [table, head] of acknowledged) checkHead(path, head, writer.heads.get(table));
      // Everything that the log holds is written and synced again, into the database file.
      const failure = writer.checkpoint();
      if (failure === undefined) this.#writer = writer;
      return failure;
    } catch (error) {
      return failureOf(error, path);
    }
  }
}

/** Pages of the log that the kernel dropped read as something else than was written. */
function checkLog(database: DatabaseSync, path: string): void {
  if (!countsWithoutCopying(database)) return;
  const outcome = database.prepare('PRAGMA wal_checkpoint(NOOP)').get();
  const counted = Number(outcome?.['log']);
  const log = `${path}-wal`;
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  const whole = size === 0 ? 0 : wholeFrames(log);
  if (whole >= counted || Number(outcome?.['checkpointed']) >= counted) return;
  const problem = `after an I/O error ${counted - whole} pages of the log are lost`;
  throw new FailureError({ code: 'STORE_DAMAGED', details: { file: path, problem } });
}

/** Since SQLite 3.51; before it the same words would copy pages that are not checked yet. */
function countsWithoutCopying(database: DatabaseSync): boolean {
  const version = String(database.prepare('SELECT sqlite_version() AS version').get()?.['version']);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 51);
}

/** A later head is a batch that was refused and came through all the same; an earlier one is loss. */
function checkHead(file: string, acknowledged: ChainHead, found: ChainHead | undefined): void {
  const position = found?.position ?? 0;
  const isSame =
    found !== undefined && Buffer.compare(Buffer.from(found.link), acknowledged.link) === 0;
  if (position > acknowledged.position || (position === acknowledged.position && isSame)) return;
  const problem = 'after an I/O error rows that were committed are gone';
  throw new FailureError({ code: 'STORE_DAMAGED', details: { file, problem } });
}
