// Owns `conformance.yaml`: the calls that an author gives to the suite. Refuses a call of a tool that
// the manifest does not declare.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@opencomputer/contracts';
import type { ProgramSample } from '@opencomputer/testkit';
import type { PluginFolder } from './plugin-folder.ts';

const SAMPLES_MAX = 100;

/** The calls of a plugin: those of the file, else its health check. Throws PLUGIN_MANIFEST. */
export async function readSamples(plugin: PluginFolder): Promise<readonly ProgramSample[]> {
  const { directory, manifest } = plugin;
  const file = join(directory, 'conformance.yaml');
  if (!existsSync(file)) {
    const { health } = manifest;
    return health === undefined ? [] : [{ tool: health.tool, arguments: health.arguments }];
  }
  const { parseYaml } = await import('@opencomputer/agent/authoring');
  const document = parseYaml(readFileSync(file, 'utf8'), file);
  const given = isObject(document.value) ? document.value['samples'] : undefined;
  if (!Array.isArray(given) || given.length > SAMPLES_MAX) {
    throw document.refusal(['samples'], `samples: a list of at most ${SAMPLES_MAX} calls`);
  }
  const known = manifest.provides.tools.map(({ name }) => name);
  return given.map((entry: unknown, at) => {
    const path = ['samples', at];
    const sample = isObject(entry) ? entry : {};
    const { tool, arguments: input = {}, status = 'done' } = sample;
    if (typeof tool !== 'string' || !known.includes(tool)) {
      throw document.refusal([...path, 'tool'], `tool: one of ${known.join(', ')}`);
    }
    if (!isObject(input)) throw document.refusal([...path, 'arguments'], 'arguments: an object');
    if (status !== 'done' && status !== 'refused') {
      throw document.refusal([...path, 'status'], 'status: done or refused');
    }
    return { tool, arguments: input, status };
  });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
