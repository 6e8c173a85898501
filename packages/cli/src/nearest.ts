// Owns the guess of what a mistyped name was meant to be. Refuses a guess that is far off: a wrong
// suggestion is worse than none.

/** Names longer than this are not compared. */
const NAME_UNITS_MAX = 64;

/**
 * The known name nearest to `name`, or undefined when none is within a third of its length (at
 * least one edit). Distance: optimal string alignment (insert, delete, replace, swap neighbours).
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > NAME_UNITS_MAX) return undefined;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = distanceOf(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function distanceOf(left: string, right: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1];
      const options = [
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (isSame ? 0 : 1),
      ];
      const isSwap =
        row > 1 &&
        column > 1 &&
        left[row - 1] === right[column - 2] &&
        left[row - 2] === right[column - 1];
      if (isSwap) options.push(at(before, column - 2) + 1);
      current.push(Math.min(...options));
    }
    before = previous;
    previous = current;
  }
  return at(previous, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
