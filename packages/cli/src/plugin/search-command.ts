// Owns `agent plugin search`: what the configured registries list. Refuses an index that is not
// signed, in order and in time.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '../command-context.ts';
import { loadConfiguration } from '../configuration.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { registryClient } from './registry-client.ts';

/** Looks for plugins that have all the words; 1 when there is none. */
export async function pluginSearch(
  context: CommandContext,
  words: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { environment, clock, output, error } = context;
  const { configurationFile: file, homeFolder: home, dataDirectory } = environment;
  const { registries } = loadConfiguration({ file, home }).configuration;
  if (registries.length === 0) {
    error.write(`No registry is configured: add one to \`registries\` in ${sanitiseLine(file)}.\n`);
    return exitCodes.failed;
  }
  const { refreshIndexes, searchIndexes } = await import('@opencomputer/agent/authoring');
  const controller = new AbortController();
  const stopListening = context.onInterrupt(() => controller.abort());
  try {
    const client = await registryClient(context);
    const directory = join(dataDirectory, 'plugin-indexes');
    const ports = { ...client, registries, directory, temporary: tmpdir(), clock };
    const indexes = await refreshIndexes(ports, controller.signal);
    for (const { registry, offline } of indexes) {
      if (offline === undefined) continue;
      error.write(sanitiseLine(`${registry}: its last good index, because ${offline}`) + '\n');
    }
    const found = searchIndexes(
      indexes,
      words.flatMap((word) => word.split(/\s+/)),
    );
    if (options['json'] === true) output.write(`${visibleJson(found, 2)}\n`);
    else for (const each of found) output.write(`${lineOf(each)}\n`);
    if (found.length > 0) return exitCodes.ok;
    if (options['json'] !== true) error.write('Nothing was found.\n');
    return exitCodes.failed;
  } finally {
    stopListening();
  }
}

function lineOf(found: {
  readonly name: string;
  readonly version: string;
  readonly tier: string;
  readonly description: string;
  readonly reviews?: { readonly count: number; readonly rating: number };
}): string {
  const { name, version, tier, description, reviews } = found;
  const rated = reviews === undefined ? '' : `, ${reviews.rating} of 5 by ${reviews.count}`;
  return sanitiseLine(`${name} ${version} (${tier}${rated}): ${description}`);
}
