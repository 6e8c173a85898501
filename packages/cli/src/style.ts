// Owns the few styles of the terminal: sixteen-colour codes that follow the person's own theme.
// Refuses meaning by colour alone: what is styled reads the same without it.

/** Functions that wrap a text in a style; they return it unchanged where there is no colour. */
export interface Style {
  /** False: every function returns its text unchanged. */
  readonly isColoured: boolean;
  bold(text: string): string;
  dim(text: string): string;
  italic(text: string): string;
  underline(text: string): string;
  strike(text: string): string;
  accent(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
}

/** Styles for an output that may or may not be coloured. */
export function styleFor(isColoured: boolean): Style {
  const wrap = (open: number, close: number) => (text: string) =>
    isColoured && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    isColoured,
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    italic: wrap(3, 23),
    underline: wrap(4, 24),
    strike: wrap(9, 29),
    accent: wrap(36, 39),
    good: wrap(32, 39),
    warn: wrap(33, 39),
    bad: wrap(31, 39),
  };
}
