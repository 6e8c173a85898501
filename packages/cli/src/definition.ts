// Owns the form in which commands are defined. Refuses behaviour: it is types alone.

/** An argument or an option: how it is written, what it is for, and whether it may be repeated. */
export type Part = readonly [flags: string, description: string, more?: 'repeatable'];

/** A command, with the commands within it. */
export interface Definition {
  readonly name: string;
  readonly description: string;
  readonly operands?: readonly Part[];
  readonly options?: readonly Part[];
  readonly subcommands?: readonly Definition[];
}
