// Owns the secrets that a person gave to plugins: one file, each value sealed and bound to its plugin
// and name. Refuses to show values to anybody but the proxy that asks for one by name.

import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { AgentError } from '@opencomputer/contracts';
import { replaceFile } from '../durable-file.ts';
import { openValue, sealValue } from '../sealed-value.ts';

const secretsMax = 1_000;

const file = z.object({
  version: z.literal(1),
  secrets: z.record(z.string(), z.record(z.string(), z.base64())),
});
type Kept = z.infer<typeof file>['secrets'];

/** The secrets of all plugins of one data directory. Throws STORE_DAMAGED, PLUGIN_LIMIT. */
export interface SecretStore {
  /** Undefined when it is not set. */
  get(plugin: string, name: string): Promise<string | undefined>;
  set(plugin: string, name: string, value: string): Promise<void>;
  /** True when there was one. Without a name: all of the plugin. */
  delete(plugin: string, name?: string): Promise<boolean>;
  /** Names of those that are set. */
  names(plugin: string): Promise<readonly string[]>;
}

/** A store in a file, made with the first secret; `key` gives 32 bytes. */
export function createSecretStore(path: string, key: () => Promise<Uint8Array>): SecretStore {
  let queue: Promise<unknown> = Promise.resolve();
  const exclusive = <Result>(run: () => Promise<Result>): Promise<Result> => {
    const turn = queue.then(run);
    queue = turn.catch(() => undefined);
    return turn;
  };
  const write = (secrets: Kept): Promise<void> =>
    replaceFile(path, `${JSON.stringify({ version: 1, secrets }, undefined, 2)}\n`);
  return {
    get: async (plugin, name) => {
      const sealed = valueOf(await read(path), plugin, name);
      if (sealed === undefined) return undefined;
      try {
        return openValue(await key(), placeOf(plugin, name), Buffer.from(sealed, 'base64'));
      } catch (error) {
        throw damaged(path, `the secret ${name} of ${plugin} was altered`, error);
      }
    },
    set: (plugin, name, value) =>
      exclusive(async () => {
        const kept = await read(path);
        const count = Object.values(kept).flatMap((each) => Object.keys(each)).length;
        if (count >= secretsMax && valueOf(kept, plugin, name) === undefined) {
          throw new AgentError('STORE_FAILED', { problem: `there are ${secretsMax} secrets` });
        }
        const sealed = sealValue(await key(), placeOf(plugin, name), value).toString('base64');
        await write({ ...kept, [plugin]: { ...kept[plugin], [name]: sealed } });
      }),
    delete: (plugin, name) =>
      exclusive(async () => {
        const { [plugin]: had, ...others } = await read(path);
        const gone = Object.keys(had ?? {}).filter((each) => name === undefined || each === name);
        if (gone.length === 0) return false;
        const left = Object.entries(had ?? {}).filter(([each]) => !gone.includes(each));
        const own = left.length === 0 ? {} : { [plugin]: Object.fromEntries(left) };
        await write({ ...others, ...own });
        return true;
      }),
    names: async (plugin) => Object.keys((await read(path))[plugin] ?? {}),
  };
}

function valueOf(kept: Kept, plugin: string, name: string): string | undefined {
  const own = Object.hasOwn(kept, plugin) ? kept[plugin] : undefined;
  return own !== undefined && Object.hasOwn(own, name) ? own[name] : undefined;
}

function placeOf(plugin: string, name: string): string {
  return `opencomputer/plugin-secret/${plugin}/${name}`;
}

async function read(path: string): Promise<Kept> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
  try {
    return file.parse(JSON.parse(text)).secrets;
  } catch (error) {
    throw damaged(path, 'it is not a list of sealed secrets', error);
  }
}

function damaged(path: string, problem: string, cause: unknown): AgentError {
  return new AgentError('STORE_DAMAGED', { file: path, problem }, { cause });
}
