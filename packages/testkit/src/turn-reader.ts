// Owns the reading of a turn's stream in tests: all parts, those of one type, or up to one of them.
// Refuses to act: a test says what it does when it sees a part.

import type { StreamPart } from '@opencomputer/contracts';

/** The parts of one type. */
export type Part<Type extends StreamPart['type']> = Extract<StreamPart, { type: Type }>;

/** Every part of a turn; `see` may act on each before the next is read. */
export async function readParts(
  parts: AsyncIterable<StreamPart>,
  see: (part: StreamPart) => void = () => undefined,
): Promise<StreamPart[]> {
  const all: StreamPart[] = [];
  for await (const part of parts) {
    all.push(part);
    see(part);
  }
  return all;
}

/** The parts of one type. */
export function partsOf<Type extends StreamPart['type']>(
  parts: readonly StreamPart[],
  type: Type,
): Part<Type>[] {
  return parts.filter((part): part is Part<Type> => part.type === type);
}

/** The last part of a turn. */
export function endOf(parts: readonly StreamPart[]): Part<'turn-end'> {
  const [end] = partsOf(parts, 'turn-end');
  if (end === undefined) throw new Error('the turn did not end');
  return end;
}

/** Reads up to the first part of one type and no further; the turn goes on unread. */
export async function readUntil<Type extends StreamPart['type']>(
  parts: AsyncIterable<StreamPart>,
  type: Type,
): Promise<Part<Type>> {
  const iterator = parts[Symbol.asyncIterator]();
  for (;;) {
    const next: IteratorResult<StreamPart, unknown> = await iterator.next();
    if (next.done === true) throw new Error(`the turn ended without ${type}`);
    const [found] = partsOf([next.value], type);
    if (found !== undefined) return found;
  }
}
