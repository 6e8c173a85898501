// Owns the plain-data type that crosses every boundary. Refuses functions, dates and class instances.

/** Any value that survives `JSON.parse(JSON.stringify(value))` unchanged (RFC 8259). */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object; keys are own and enumerable. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A JSON Schema 2020-12 document, as plain data. */
export type JsonSchema = JsonObject;
