// Owns how results are told: one line for each program, and what is counted. Refuses to judge: a result
// that is not as expected is shown with what was seen.

import type { EscapeOptions } from './options.ts';
import type { Probe } from './probe.ts';
import type { Outcome } from './trial.ts';

/** What came of one program. */
export interface Result {
  readonly probe: Probe;
  readonly outside?: Outcome;
  readonly inside?: Outcome;
  readonly seconds?: number;
  /** Nothing may start inside: the sandbox that was asked for is not for plugins of others. */
  readonly isRefusalExpected?: boolean;
  /** Why it was not run. */
  readonly leftOut?: string;
}

export interface Counts {
  readonly total: number;
  readonly classes: number;
  readonly outsideSucceeded: number;
  readonly outsideFailed: number;
  readonly insideSucceeded: number;
  /** Failed inside, but not as the table says. */
  readonly unexplained: number;
  readonly leftOut: number;
  readonly seconds: number;
}

const REPORT_CHARACTERS_MAX = 1_500;

export function countsOf(results: readonly Result[]): Counts {
  const ran = results.filter(({ leftOut }) => leftOut === undefined);
  const count = (is: (result: Result) => boolean): number => ran.filter(is).length;
  return {
    total: results.length,
    classes: new Set(results.map(({ probe }) => probe.class)).size,
    outsideSucceeded: count(({ outside }) => outside?.succeeded === true),
    outsideFailed: count(({ outside }) => outside?.succeeded !== true),
    insideSucceeded: count(({ inside }) => inside?.succeeded === true),
    unexplained: count((result) => result.inside?.succeeded !== true && !isExplained(result)),
    leftOut: results.length - ran.length,
    seconds: Math.round(ran.reduce((sum, { seconds = 0 }) => sum + seconds, 0)),
  };
}

/** All of it for programs; what was seen is said where it was not as expected. */
export function documentOf(seed: number, results: readonly Result[]): object {
  const rows = results.map((result) => {
    const { probe, outside, inside, leftOut, seconds } = result;
    const { program, fails, succeeded: _, environment: __, ...told } = probe;
    const isExpected =
      outside?.succeeded === true && inside?.succeeded === false && isExplained(result);
    return {
      ...told,
      program,
      fails: String(fails),
      outside: outside?.succeeded ?? null,
      inside: inside?.succeeded ?? null,
      ...(leftOut === undefined ? { isExplained: isExplained(result), seconds } : { leftOut }),
      ...(isExpected ? {} : { outsideSeen: evidence(outside), insideSeen: evidence(inside) }),
    };
  });
  return { seed, counts: countsOf(results), probes: rows };
}

export function headOf({ seed, sandbox }: EscapeOptions): string {
  const column = 'program'.padEnd(25);
  const titles = `${column} outside inside  class, what it stands for: what it tries; why it fails`;
  return `test:escape --seed ${seed}, sandbox ${sandbox ?? 'of this machine'}\n${titles}`;
}

/** A line, and below it whatever was not as expected. */
export function lineOf(result: Result): string {
  const { probe, outside, inside, leftOut } = result;
  const { id, class: kind, standsFor, tries, why } = probe;
  const told = `${kind}, ${standsFor}: ${tries}; ${why}`;
  if (leftOut !== undefined) return `${id.padEnd(25)} ${`left out: ${leftOut}`.padEnd(15)} ${told}`;
  const out = outside?.succeeded === true ? 'works' : 'FAILS';
  const within = inside?.succeeded === true ? 'WORKS' : isExplained(result) ? 'fails' : 'FAILS?';
  return [
    `${id.padEnd(25)} ${out.padEnd(7)} ${within.padEnd(7)} ${told}`,
    ...(out === 'FAILS' ? [`  outside, expected ${probe.recorded}; ${evidence(outside)}`] : []),
    ...(within === 'fails' ? [] : [`  inside, expected ${probe.fails}; ${evidence(inside)}`]),
  ].join('\n');
}

/** True when a failure inside was the one that the table names, or the refusal that is expected. */
export function isExplained({ probe, inside, isRefusalExpected }: Result): boolean {
  const expected = isRefusalExpected === true ? /^PLUGIN_SANDBOX / : probe.fails;
  return inside !== undefined && expected.test(inside.seen.report);
}

function evidence(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'it was not run';
  const { report, hits, peak } = outcome.seen;
  const places = [...new Set(hits.map(({ at }) => at))].join(', ');
  const text = report.slice(-REPORT_CHARACTERS_MAX).replaceAll(/^/gm, '    ');
  return `seen: ${places || 'nothing arrived'}; ${JSON.stringify(peak)}\n${text}`;
}
