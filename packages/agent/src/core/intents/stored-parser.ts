// Owns the way from declared intents to a parser without training where that was done before. Refuses
// files and digests of its own: where stored classifiers are, and how they are named, is injected.

import type { ToolDeclaration } from '@opencomputer/contracts';
import type { IntentDeclaration } from '@opencomputer/contracts';
import { deserialize, modelFormat, serialize } from './model-file.ts';
import { buildParser, trainParser } from './parser.ts';
import type { IntentParser, IntentSource } from './parser.ts';

/** A place of stored classifiers. */
export interface ModelCache {
  read(digest: string): Promise<Uint8Array | undefined>;
  /** Absent where nothing may be written. Must not throw. */
  readonly write?: (digest: string, bytes: Uint8Array) => Promise<void>;
}

/** Declared intents with the effects of their tools, in an order that does not depend on plugins. */
export function intentSources(
  intents: readonly IntentDeclaration[],
  tools: readonly ToolDeclaration[],
): readonly IntentSource[] {
  const effects = new Map(tools.map(({ name, effect }) => [name, effect]));
  const keyOf = ({ declaration: { name, tool } }: IntentSource): string => `${name} ${tool}`;
  return intents
    .map((declaration): IntentSource => {
      return { declaration, effect: effects.get(declaration.tool) ?? 'irreversible' };
    })
    .sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

/** The parser of these intents: from the first cache that has its classifier, else trained and kept. */
export async function loadParser(
  sources: readonly IntentSource[],
  digestOf: (text: string) => string,
  caches: readonly ModelCache[],
): Promise<IntentParser> {
  const digest = digestOf(JSON.stringify([modelFormat, sources]));
  for (const cache of caches) {
    const bytes = await cache.read(digest);
    const model = bytes && deserialize(bytes);
    if (model !== undefined) return buildParser(sources, model);
  }
  const parser = trainParser(sources);
  const bytes = serialize(parser.model);
  for (const { write } of caches) await write?.(digest, bytes);
  return parser;
}
