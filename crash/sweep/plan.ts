// Owns which faults a sweep makes: every call of every thread that the story was seen to make, before
// and after, or a stride of them. Refuses to leave out any in silence: what was not run is counted.

import type { Random } from '../random.ts';
import type { CallName, Effect, Fault } from './tracer.ts';

/** When the fault is armed: from the first instruction on, or once the daemon is ready. */
export type Phase = 'start' | 'story';
/** Threads that are told apart; those of the pool count as one kind. */
export type ThreadName = 'main' | 'store-writer' | 'libuv-worker';
export const threadNames: readonly ThreadName[] = ['main', 'store-writer', 'libuv-worker'];

/** What one thread was seen to do in one phase. */
export interface Observed {
  readonly phase: Phase;
  readonly thread: ThreadName;
  readonly call: CallName;
  readonly count: number;
}

/** One point of the sweep. */
export interface Point {
  readonly name: string;
  readonly phase: Phase;
  readonly thread: ThreadName;
  readonly fault: Fault;
}

/** Calls that the story must make somewhere; one that is not seen means the sweep is blind. */
const expected: readonly CallName[] = [
  'pwrite64',
  'fsync',
  'write',
  'writev',
  'rename',
  'ftruncate',
  'unlink',
  'openat',
];
/** Calls whose errors a disk can cause. */
const diskCalls: readonly CallName[] = [
  'pwrite64',
  'fsync',
  'ftruncate',
  'rename',
  'unlink',
  'openat',
];

/** Calls that should have been seen and were not. */
export function unseen(observed: readonly Observed[]): readonly CallName[] {
  return expected.filter((call) => !observed.some((one) => one.call === call && one.count > 0));
}

/** Every kill point: each call of each thread, before it and after it. */
export function killPoints(observed: readonly Observed[]): readonly Point[] {
  const effects: readonly Effect[] = ['kill-before', 'kill-after'];
  return observed.flatMap((one) => effects.flatMap((effect) => pointsOf(one, effect)));
}

/** Every error of the disk: once at each call of the writer and of the main thread, and from then on. */
export function errorPoints(observed: readonly Observed[]): readonly Point[] {
  const own = observed.filter(
    ({ phase, thread, call }) =>
      phase === 'story' && thread !== 'libuv-worker' && diskCalls.includes(call),
  );
  return own.flatMap((one) => [
    ...pointsOf(one, 'ENOSPC'),
    ...pointsOf(one, 'EIO'),
    ...pointsOf(one, 'ENOSPC', true),
  ]);
}

function pointsOf(
  { phase, thread, call, count }: Observed,
  effect: Effect,
  goesOn = false,
): Point[] {
  return Array.from({ length: count }, (_, index) => {
    const at = index + 1;
    const name = `${phase}/${thread}/${call}/${at}/${effect}${goesOn ? '+' : ''}`;
    return { name, phase, thread, fault: { call, effect, at, goesOn } };
  });
}

/** One part of `of` parts, counted from 1; together the parts are everything, once. */
export interface Shard {
  readonly part: number;
  readonly of: number;
}

/** About `most` points, the same share of each thread and call, and `least` of each that has so many. */
export function strided(
  points: readonly Point[],
  { most, least }: { readonly most: number; readonly least: number },
  random: Random,
): readonly Point[] {
  const kinds = Map.groupBy(points, ({ phase, thread, fault }) =>
    [phase, thread, fault.call].join('/'),
  );
  const share = most / Math.max(1, points.length);
  return [...kinds.values()].flatMap((kind) =>
    random.shuffled(kind).slice(0, Math.max(least, Math.floor(kind.length * share))),
  );
}
