// Owns what of an input the engine of a cluster carries: all of a small one, of a large one as much
// as the control flow of its turn depends on. Refuses to change how a turn goes on.

import { hash } from 'node:crypto';
import type { TurnInput } from '@opencomputer/contracts';

/** Bytes of JSON of an input that is carried whole. */
export const carriedBytesMax = 8_192;
/** Characters of a text that are carried of a large input. */
const textCharactersMax = 200;

/** True when an input is carried as it is. */
export function isSmall(input: TurnInput): boolean {
  return Buffer.byteLength(JSON.stringify(input)) <= carriedBytesMax;
}

/**
 * An input that a turn takes the same way: it asks for the same calls in the same order, repeats what
 * was repeated, and ends when it would have ended. Its words are not complete.
 */
export function thinned(input: TurnInput): TurnInput {
  if (isSmall(input)) return input;
  return JSON.parse(JSON.stringify(input, thinnedMember)) as TurnInput;
}

/** What only the event log has to hold. */
const dropped: readonly string[] = ['attached', 'data', 'metadata', 'timers', 'parsed', 'slots'];

function thinnedMember(key: string, value: unknown): unknown {
  if (dropped.includes(key)) return undefined;
  if (key === 'arguments') return thinnedArguments(value);
  if (typeof value !== 'string' || value.length <= textCharactersMax) return value;
  return `${value.slice(0, textCharactersMax)}…${hash('sha256', value)}`;
}

/** Equal arguments stay equal, others stay different, and those that cannot be read stay so. */
function thinnedArguments(value: unknown): unknown {
  const json = JSON.stringify(value);
  if (json.length <= textCharactersMax) return value;
  const isUnreadable = typeof value === 'object' && value !== null && '$invalid' in value;
  return { [isUnreadable ? '$invalid' : 'digest']: hash('sha256', json) };
}
