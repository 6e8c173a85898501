// Owns how long this folder waits before it writes again what the store did not take, as on a full
// disk. Refuses to know what is written.

/** The wait after the first failure; doubled after each further one, up to the bound. */
const delayMsFirst = 5_000;
const delayMsMax = 60_000;

/** Milliseconds to wait after so many failures one after another. */
export function storeDelayMs(failures: number): number {
  return Math.min(delayMsMax, delayMsFirst * 2 ** (failures - 1));
}
