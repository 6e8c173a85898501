// Owns the sums of a sweep: kills per system call, what was covered of what there is, times to
// ready, and the identity over all runs. Refuses to round anything away.

import type { Figure } from '../part.ts';
import type { Assertion } from '../story/account.ts';
import type { CycleResult } from './cycle.ts';
import type { Observed, Point } from './plan.ts';

/** Milliseconds from a start after a kill to ready, at the 95th percentile. */
export const readyMsBar = 2_000;
/** Milliseconds in which everything works again once the disk does. */
export const againMsBar = 5_000;

const sumNames = ['accepted', 'completed', 'failed', 'pending', 'unknown', 'shownAgain'] as const;

interface CallSum {
  existing: number;
  planned: number;
  before: number;
  after: number;
  errors: number;
  missed: number;
}

/** Violations by which something accepted is not there, or has no end. */
const lossNames: readonly Assertion[] = ['accepted-is-kept', 'settles', 'reply-shown'];
/** Violations by which something happened or was said twice. */
const doubleNames: readonly Assertion[] = [
  'message-once',
  'one-end',
  'one-reply',
  'key-once',
  'effect-once',
  'reminder-once',
];

/** True when the disk failed, works again, and the program did not without a restart. */
export function isStuck({ againMs }: CycleResult, point?: Point): boolean {
  return point !== undefined && !point.fault.effect.startsWith('kill') && againMs === undefined;
}

/** Collects results. */
export class Tally {
  leftOut = 0;
  readonly broken: string[] = [];
  readonly #existing: number;
  readonly #planned: number;
  readonly #calls = new Map<string, CallSum>();
  readonly #readyMs: number[] = [];
  readonly #againMs: number[] = [];
  readonly #sums = { accepted: 0, completed: 0, failed: 0, pending: 0, unknown: 0, shownAgain: 0 };
  #runs = 0;
  #kills = 0;
  #stuck = 0;
  #violations = 0;
  readonly #violated = new Map<Assertion, number>();

  constructor(observed: readonly Observed[], points: readonly Point[]) {
    this.#existing = observed.reduce((sum, { count }) => sum + 2 * count, 0);
    this.#planned = points.length;
    for (const { call, count } of observed) this.#call(call).existing += 2 * count;
    for (const { fault } of points) this.#call(fault.call).planned += 1;
  }

  add(result: CycleResult, point?: Point): void {
    this.#runs += 1;
    this.#kills += result.kills;
    this.#readyMs.push(...result.readyMs);
    this.#violations += result.account.violations.length;
    for (const { assertion } of result.account.violations) {
      this.#violated.set(assertion, (this.#violated.get(assertion) ?? 0) + 1);
    }
    for (const name of sumNames) this.#sums[name] += result.account[name];
    if (point === undefined) return;
    const sum = this.#call(point.fault.call);
    const { effect } = point.fault;
    if (!result.hit) sum.missed += 1;
    else if (effect === 'kill-before') sum.before += 1;
    else if (effect === 'kill-after') sum.after += 1;
    else sum.errors += 1;
    if (isStuck(result, point)) this.#stuck += 1;
    else if (result.againMs !== undefined) this.#againMs.push(result.againMs);
  }

  /** Nothing violated, nothing broken, and the bars of time held. */
  isClean(): boolean {
    const isSlow = percentile(this.#readyMs, 0.95) > readyMsBar;
    const isLate = this.#stuck > 0 || this.#againMs.some((ms) => ms > againMsBar);
    return this.#violations === 0 && this.broken.length === 0 && !isSlow && !isLate;
  }

  lines(): readonly string[] {
    const { accepted, completed, failed, pending, unknown, shownAgain } = this.#sums;
    const ms = (share: number): string => `${Math.round(percentile(this.#readyMs, share))} ms`;
    const again = `p95 ${Math.round(percentile(this.#againMs, 0.95))} ms, never ${this.#stuck}`;
    return [
      'system call   planned   killed before   killed after   failed   not reached',
      ...[...this.#calls]
        .toSorted(([one], [other]) => one.localeCompare(other))
        .map(([call, sum]) => {
          const { planned, before, after, errors, missed } = sum;
          const cells = [planned, before, after, errors, missed];
          const widths = [7, 15, 14, 8, 13];
          const text = cells.map((cell, index) => String(cell).padStart(widths[index] ?? 0));
          return `${call.padEnd(12)} ${text.join(' ')}`;
        }),
      `kill points there are: ${this.#existing}; planned here, with errors: ${this.#planned}`,
      `runs ${this.#runs}, kills ${this.#kills}, left out for want of time ${this.leftOut}, broken ${this.broken.length}`,
      `accepted ${accepted} = completed ${completed} + failed ${failed} + pending ${pending}`,
      `unknown outcomes told ${unknown}, replies shown again under their own id ${shownAgain}`,
      `kill to ready: p50 ${ms(0.5)}, p95 ${ms(0.95)} (bar ${readyMsBar} ms, ${this.#readyMs.length} restarts)`,
      `works again after the disk does, without a restart: ${again} (bar ${againMsBar} ms)`,
      `violations ${this.#violations}`,
    ];
  }

  /** For the table at the end. */
  figures(): readonly Figure[] {
    const { accepted, completed, failed, pending, unknown, shownAgain } = this.#sums;
    const ms = (share: number): string => `${Math.round(percentile(this.#readyMs, share))}`;
    const again = Math.round(percentile(this.#againMs, 0.95));
    const calls = [...this.#calls].toSorted(([one], [other]) => one.localeCompare(other));
    return [
      ...calls.map(([call, { existing, before, after, errors, missed }]): Figure => [
        `kill points at ${call}`,
        `${existing}; killed before ${before}, after ${after}, failed ${errors}, not reached ${missed}`,
      ]),
      ['runs, kills', `${this.#runs}, ${this.#kills}`],
      ['left out for want of time, broken', `${this.leftOut}, ${this.broken.length}`],
      ['accepted', `${accepted} = completed ${completed} + failed ${failed} + pending ${pending}`],
      ['lost', this.#countOf(lossNames)],
      ['doubled', this.#countOf(doubleNames)],
      ['other violations', this.#violations - this.#countOf([...lossNames, ...doubleNames])],
      ['unknown outcomes told', unknown],
      ['shown again under their own identifier', shownAgain],
      ['kill to ready p50/p95', `${ms(0.5)}/${ms(0.95)} ms (bar ${readyMsBar} ms)`],
      ['works again p95, never', `${again} ms (bar ${againMsBar} ms), ${this.#stuck}`],
    ];
  }

  #countOf(names: readonly Assertion[]): number {
    return names.reduce((sum, name) => sum + (this.#violated.get(name) ?? 0), 0);
  }

  #call(name: string): CallSum {
    const known = this.#calls.get(name);
    if (known !== undefined) return known;
    const sum = { existing: 0, planned: 0, before: 0, after: 0, errors: 0, missed: 0 };
    this.#calls.set(name, sum);
    return sum;
  }
}

/** The value below which this share of the values lies; 0 for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
