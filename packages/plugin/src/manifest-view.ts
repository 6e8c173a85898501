// Owns reading what the kit needs of `manifest.json`: name, version and declared tools. Refuses to
// judge it: the host validates manifests, and a plugin without one still runs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@opencomputer/contracts';
import { isObject } from './wire.ts';

/** The part of a manifest that a plugin tells its clients. */
export interface ManifestView {
  readonly name: string;
  readonly version: string;
  /** Declared tools by name. */
  readonly tools: ReadonlyMap<string, JsonObject>;
}

const EMPTY: ManifestView = { name: 'plugin', version: '0.0.0', tools: new Map() };

/** Reads `manifest.json` in a folder; an absent or broken one gives a nameless plugin. */
export function readManifestView(directory: string): ManifestView {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as unknown;
  } catch {
    return EMPTY;
  }
  if (!isObject(value)) return EMPTY;
  const { name, version, provides } = value;
  const declared = isObject(provides) && Array.isArray(provides['tools']) ? provides['tools'] : [];
  const tools = new Map<string, JsonObject>();
  for (const entry of declared as readonly unknown[]) {
    if (isObject(entry) && typeof entry['name'] === 'string') tools.set(entry['name'], entry);
  }
  return {
    name: typeof name === 'string' ? name : EMPTY.name,
    version: typeof version === 'string' ? version : EMPTY.version,
    tools,
  };
}

/** A tool as `tools/list` shows it, with the hints that its effect implies. */
export function describeTool(name: string, declaration: JsonObject, modern: boolean): JsonObject {
  const { description, input, output, effect, idempotent } = declaration;
  const hints: JsonObject = {
    ...(typeof effect === 'string'
      ? { readOnlyHint: effect === 'read', destructiveHint: effect === 'irreversible' }
      : {}),
    ...(typeof idempotent === 'boolean' ? { idempotentHint: idempotent } : {}),
  };
  const objectOutput = isObject(output) && (modern || output['type'] === 'object');
  return {
    name,
    description: typeof description === 'string' ? description : '',
    inputSchema: { type: 'object', ...(isObject(input) ? input : {}) },
    ...(objectOutput ? { outputSchema: output } : {}),
    ...(Object.keys(hints).length > 0 ? { annotations: hints } : {}),
  };
}
