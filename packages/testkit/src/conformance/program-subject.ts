// Owns what a suite is told of a plugin's program: its manifest, how it starts, calls that may be made.
// Refuses to guess a call that works: that is the author's to give.

import type { JsonObject, Manifest } from '@opencomputer/contracts';
import type { ProgramStart } from './peer.ts';

/** A call that an author gives: harmless to make, and known how it ends. */
export interface ProgramSample {
  readonly tool: string;
  readonly arguments: JsonObject;
  /** Absent: done. */
  readonly status?: 'done' | 'refused';
}

/** A plugin in its author's folder. */
export interface ProgramUnderTest {
  readonly manifest: Manifest;
  /** Its code, which no run may change. */
  readonly directory: string;
  /** How its process is started, with `scratch` for all that it may write. */
  start(scratch: string): Promise<ProgramStart>;
  readonly samples: readonly ProgramSample[];
}

/** Arguments that a schema does not allow: without what is required; undefined when all are allowed. */
export function wrongArguments(schema: JsonObject): JsonObject | undefined {
  const { required } = schema;
  return Array.isArray(required) && required.length > 0 ? {} : undefined;
}
