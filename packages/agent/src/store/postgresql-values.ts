// Owns how PostgreSQL's values are read, so that a row looks as it does on SQLite.
// Refuses types that SQLite lacks: they arrive as their text.

/** Object identifiers of types (pg_type.dat of PostgreSQL). */
const typeIds = {
  boolean: 16,
  bytes: 17,
  integer8: 20,
  integer2: 21,
  integer4: 23,
  real4: 700,
  real8: 701,
  numeric: 1700,
} as const;

const toText = (text: string): unknown => text;

const parsers = new Map<number, (text: string) => unknown>([
  [typeIds.boolean, (text) => (text === 't' ? 1 : 0)],
  [typeIds.bytes, toBytes],
  [typeIds.integer8, toInteger],
  [typeIds.integer2, Number],
  [typeIds.integer4, Number],
  [typeIds.real4, Number],
  [typeIds.real8, Number],
  [typeIds.numeric, Number],
]);

/** Parser of a type's text form; it throws a RangeError for an integer no number can hold. */
export function parserOf(type: number): (text: string) => unknown {
  return parsers.get(type) ?? toText;
}

/** `\x` and hexadecimal digits. */
function toBytes(text: string): Uint8Array {
  return Uint8Array.fromHex(text.slice(2));
}

function toInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`Value is too large to be represented as a JavaScript number: ${text}`);
}
