// Owns a bound on how much runs at the same time, first come first served. Refuses to know what runs.

/** Runs `work` when fewer than the bound run. */
export type Limit = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** At most `max` at the same time. */
export function createLimit(max: number): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The place goes from hand to hand, so that nobody slips in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
