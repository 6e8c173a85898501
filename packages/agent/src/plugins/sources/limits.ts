// Owns the bounds of fetching one plugin. Refuses nothing itself: whoever reads or writes bytes holds
// to these.

import { treeBytesMax, treeFilesMax } from '../content/index.ts';

/** Bounds of one source; all of them are about what others sent. */
export interface SourceLimits {
  /** Files, folders and links. */
  readonly entriesMax: number;
  /** Bytes written, whatever an archive says about itself. */
  readonly unpackedBytesMax: number;
  /** Bytes of one archive or layer as it is sent. */
  readonly archiveBytesMax: number;
  /** How much larger than the archive its content may be, once it is past `ratioFreeBytes`. */
  readonly ratioMax: number;
  readonly ratioFreeBytes: number;
  /** A manifest, an index page, a list of versions. */
  readonly documentBytesMax: number;
  readonly redirectsMax: number;
  /** Packages that a plugin brings along. */
  readonly dependenciesMax: number;
  /** A request until its answer begins, and the longest pause within its body. */
  readonly requestMsMax: number;
  /** A program: git, npm, pip. */
  readonly programMsMax: number;
}

export const sourceLimits: SourceLimits = {
  entriesMax: treeFilesMax,
  unpackedBytesMax: treeBytesMax,
  archiveBytesMax: 1_000_000_000,
  ratioMax: 100,
  ratioFreeBytes: 16_000_000,
  documentBytesMax: 32_000_000,
  redirectsMax: 5,
  dependenciesMax: 2_000,
  requestMsMax: 60_000,
  programMsMax: 600_000,
};
