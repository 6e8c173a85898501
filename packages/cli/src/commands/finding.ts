// Owns the shape of what one check of `agent doctor` found. Refuses the checks themselves.

/** What one check found. */
export interface Finding {
  readonly state: 'ok' | 'warn' | 'fail';
  readonly text: string;
  /** What to do about it. */
  readonly remedy?: string;
}
