// Owns work that is done once and shared by everybody who asks for it. Refuses to remember a failure:
// whoever asks next tries again.

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
