// Owns work that is done once and shared by everybody who asks for it, at all or for its latest source.
// Refuses to remember a failure: whoever asks next tries again.

/** A function that makes a value from its argument, and again only when that is another one. */
export function perLatest<Source, Value>(
  make: (source: Source) => Value,
): (source: Source) => Value {
  let latest: { readonly source: Source; readonly value: Value } | undefined;
  return (source) => {
    if (latest === undefined || latest.source !== source) latest = { source, value: make(source) };
    return latest.value;
  };
}

/** A function that runs `run` at its first call and gives its result to all later ones. */
export function once<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined;
  return async () => {
    const mine = (running ??= run());
    try {
      return await mine;
    } catch (error) {
      if (running === mine) running = undefined;
      throw error;
    }
  };
}
