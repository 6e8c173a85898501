// Owns the judgement of a new release by the calls it was given. Refuses to promote on no evidence,
// and to wait for more when it is worse already.

import type { CallCount } from '@opencomputer/contracts/internal';

/** Calls that a release is given before it may take over. */
export const canaryCallsMin = 30;
/** Failures below which no release is given up: one mishap proves nothing. */
const failuresMin = 3;
/** How unlikely chance must be as the cause. */
const chanceMax = 0.05;

/** What is to become of a canary. */
export type CanaryVerdict = 'wait' | 'promote' | 'roll-back';

/**
 * Rolls back as soon as the canary fails more often than the current release beyond chance (one-sided
 * exact test of Fisher, 5 %); promotes after 30 calls without that. A current release without calls
 * counts as one that never fails twice in three calls.
 */
export function judgeCanary(canary: CallCount, current: CallCount): CanaryVerdict {
  if (canary.failures >= failuresMin) {
    const known = current.calls === 0 ? { calls: 3, failures: 1 } : current;
    if (chanceOfWorse(canary, known) < chanceMax) return 'roll-back';
    if (canary.failures === canary.calls) return 'roll-back';
  }
  return canary.calls >= canaryCallsMin ? 'promote' : 'wait';
}

/**
 * Probability that, with all failures dealt out by chance, the canary has this many or more (the
 * upper tail of the hypergeometric distribution).
 */
export function chanceOfWorse(canary: CallCount, current: CallCount): number {
  const calls = canary.calls + current.calls;
  const failures = canary.failures + current.failures;
  const most = Math.min(failures, canary.calls);
  const whole = logChoose(calls, failures);
  let chance = 0;
  for (let among = canary.failures; among <= most; among += 1) {
    const ways = logChoose(canary.calls, among) + logChoose(current.calls, failures - among);
    chance += Math.exp(ways - whole);
  }
  return Math.min(1, chance);
}

/** Natural logarithm of the number of ways to choose `few` of `many`; -Infinity for none. */
function logChoose(many: number, few: number): number {
  if (few < 0 || few > many) return -Infinity;
  let sum = 0;
  for (let at = 1; at <= Math.min(few, many - few); at += 1) {
    sum += Math.log(many - Math.min(few, many - few) + at) - Math.log(at);
  }
  return sum;
}
