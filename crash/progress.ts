// Owns the lines that say how far a part is and how long it still takes. Refuses to say it more often
// than a reader of a log wants to know.

/** What is counted. */
export interface Work {
  /** As in `60 of 900 runs`. */
  readonly unit: string;
  readonly of: number;
  /** When it ends, done or not, by `now`; absent: when it is done. */
  readonly endsAt?: number;
  readonly print: (line: string) => void;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** Time between two lines. */
const silenceMs = 30_000;

/** To be called with how much is done by now; prints at most every half minute. */
export function createProgress({ unit, of, endsAt, print, now }: Work): (done: number) => void {
  const began = now();
  let saidAt = began;
  return (done) => {
    const at = now();
    if (done <= 0 || at - saidAt < silenceMs) return;
    saidAt = at;
    const leftMs = ((at - began) / done) * Math.max(0, of - done);
    const isCut = endsAt !== undefined && at + leftMs > endsAt;
    const left = minutes(isCut ? Math.max(0, endsAt - at) : leftMs);
    print(
      `${Math.round(done)} of ${of} ${unit}, ${left} left${isCut ? ', not for all of them' : ''}`,
    );
  };
}

/** As in `4:05 min`. */
export function minutes(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
}
