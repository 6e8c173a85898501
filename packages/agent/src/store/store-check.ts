// Owns checking an open store: all of it at once when asked, slowly while a daemon runs. Refuses to
// hold up other work: rows are read in steps, pages by another process.

import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@opencomputer/contracts';
import type { Database, Integrity, ProvenTable, Sealing } from '@opencomputer/contracts/internal';
import { pagePlace, startBackgroundCheck } from './background-check.ts';
import type { BackgroundCheck } from './background-check.ts';
import { keptLogProblem } from './cut-log.ts';
import { createDamageList } from './damage.ts';
import { checkIntegrity } from './integrity.ts';
import { createRowCheck } from './row-check.ts';

/** Rows read between two looks at the event loop. */
const rowsAtOnce = 200;
/** Damaged places that an answer names; the list in the store has all of them. */
const namedMax = 20;

/** What is checked. */
export interface StoreCheckParts {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly proven: readonly ProvenTable[];
  readonly sealed: readonly ProvenTable[];
  readonly clock: Clock;
  /** The database file; absent where there is none. */
  readonly path?: string;
  /** Ends the reading of pages at once. */
  readonly signal?: AbortSignal;
}

/** Reads every page and every row, and keeps what it found in the list of damage. */
export async function checkStore(parts: StoreCheckParts): Promise<Integrity> {
  const damage = createDamageList(parts.database, () => parts.clock.now());
  const problems: string[] = [];
  const places = new Set<string>();
  const found = async (place: string, problem: string): Promise<void> => {
    if (problems.length < namedMax) problems.push(`${place}: ${problem}`);
    places.add(place);
    await damage.add(place, problem);
  };
  const { path, signal } = parts;
  const pages = await (path === undefined ? nothing : checkFiles(path, signal));
  try {
    const check = await createRowCheck({ ...parts, found });
    while (!(await check.step(rowsAtOnce))) await setImmediate();
  } catch (error) {
    // A page that cannot be read ends the walk: what is behind it is not known.
    problems.push(error instanceof Error ? error.message : String(error));
  }
  for (const { place, problem } of await damage.list()) {
    const isNamed = places.has(place) || place.startsWith(pagePlace);
    if (isNamed || problems.length >= namedMax) continue;
    problems.push(`${place}: ${problem}, as was noted earlier`);
  }
  return { ...pages, problems: [...pages.problems, ...problems] };
}

/** Every page of the file, and what was cut off its log. */
async function checkFiles(path: string, signal?: AbortSignal): Promise<Integrity> {
  const found = await checkIntegrity(path, signal);
  const kept = keptLogProblem(path);
  return kept === undefined ? found : { ...found, problems: [...found.problems, kept] };
}

const nothing: Integrity = { pages: 0, bytes: 0, problems: [] };

/** Checks slowly from now on; each damaged place is told to `report` once in its life. */
export async function watchStore(
  parts: StoreCheckParts,
  report: (error: unknown, about: string) => void,
): Promise<BackgroundCheck> {
  const { path, clock, signal } = parts;
  const damage = createDamageList(parts.database, () => clock.now());
  const found = async (place: string, problem: string): Promise<void> => {
    if (await damage.add(place, problem)) report(new Error(`${place}: ${problem}`), 'damaged data');
  };
  const check = await createRowCheck({ ...parts, found });
  const pages = path === undefined ? {} : { pages: () => checkFiles(path, signal) };
  return startBackgroundCheck({ clock, check, found, report, ...pages });
}
