// Owns what stands for `${…}` in the texts of a manifest when its plugin is started. Refuses to look
// again at what it put in, and to start with a value that nobody gave.

import type { Json, JsonObject, Manifest } from '@opencomputer/contracts';

/** What texts are completed with. */
export interface StartValues {
  /** The folder of the code. */
  readonly root: string;
  /** The plugin's own folder, which updates keep. */
  readonly data: string;
  readonly configuration: JsonObject;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A text that is nothing but one value of the configuration. */
const WHOLE = /^\$\{configuration\.(\w+)\}$/;
const PLACEHOLDER =
  /\$\{(?:plugin\.(root|data)|configuration\.(\w+)|environment\.(\w+)(?::-([^}]*))?)\}/g;

/** A completed text; undefined when a value in it is absent. */
export function completeText(text: string, values: StartValues): string | undefined {
  let isAbsent = false;
  const complete = text.replaceAll(PLACEHOLDER, (...found) => {
    const [, place, key, name, otherwise] = found as Found;
    const value = valueOf({ place, key, name, otherwise }, values);
    isAbsent ||= value === undefined;
    return value ?? '';
  });
  return isAbsent ? undefined : complete;
}

/** A match of `PLACEHOLDER`; of its groups those that took part are texts. */
type Found = [string, ...(string | undefined)[]];

interface Placeholder {
  readonly place: string | undefined;
  readonly key: string | undefined;
  readonly name: string | undefined;
  readonly otherwise: string | undefined;
}

function valueOf(
  { place, key, name, otherwise }: Placeholder,
  values: StartValues,
): string | undefined {
  if (place !== undefined) return place === 'root' ? values.root : values.data;
  if (key !== undefined) return plainText(values.configuration[key]);
  return values.environment[name ?? ''] ?? otherwise;
}

/** Completed arguments: one without its value is left out, a list becomes one argument for each. */
export function completeArguments(
  words: readonly string[],
  values: StartValues,
): readonly string[] {
  return words.flatMap((word) => {
    const key = WHOLE.exec(word)?.[1];
    const list = key === undefined ? undefined : values.configuration[key];
    if (Array.isArray(list)) return list.flatMap((each: Json) => plainText(each) ?? []);
    return completeText(word, values) ?? [];
  });
}

/** Completed values of a record; those without their value are left out. */
export function completeRecord(
  texts: Readonly<Record<string, string>>,
  values: StartValues,
): Readonly<Record<string, string>> {
  const entries = Object.entries(texts).flatMap(([name, text]) => {
    const complete = completeText(text, values);
    return complete === undefined ? [] : [[name, complete] as const];
  });
  return Object.fromEntries(entries);
}

/** The configuration of a plugin with the defaults of its schema. */
export function withDefaults({ configuration }: Manifest, given: JsonObject): JsonObject {
  const properties = configuration?.['properties'];
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) {
    return {};
  }
  const entries = Object.entries(properties).flatMap(([key, schema]) => {
    const isSchema = typeof schema === 'object' && schema !== null && !Array.isArray(schema);
    const value = given[key] ?? (isSchema ? schema['default'] : undefined);
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}

function plainText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
