// Owns what a foreign command line starts: a program of the plugin, one of the system, or one that is
// downloaded. Refuses programs outside the plugin that are not found by name, and container engines.

import type { SourceReference } from '@opencomputer/contracts/internal';
import { pathWithin } from './plugin-folder.ts';
import type { PluginFolder } from './plugin-folder.ts';
import { StartTexts } from './start-texts.ts';

/** A command line in our form, or why there is none. */
export type ForeignProgram =
  | {
      readonly command: readonly string[];
      readonly notes: readonly string[];
      /** It starts other programs. */
      readonly processes: boolean;
      readonly program?: SourceReference;
    }
  | { readonly dropped: string };

const systemFolders = ['/usr/bin/', '/bin/', '/usr/local/bin/', '/opt/homebrew/bin/'];
const containerEngines = ['docker', 'podman', 'nerdctl'];
const shells = ['sh', 'bash', 'zsh', 'dash', 'cmd', 'powershell', 'pwsh'];
const npmRunners = ['npx', 'bunx', 'pnpx'];
const downloaders = [...npmRunners, 'uvx', 'pipx', 'uv', 'dnx', 'npm', 'pnpm', 'yarn', 'deno'];
/** Flags that a value follows. */
const flagsWithValue = new Set(['-p', '--package', '--from', '--with', '--python', '--registry']);

/** Reads a command line whose placeholders are ours already. */
export async function foreignProgram(
  written: string,
  parameters: readonly string[],
  folder: PluginFolder,
): Promise<ForeignProgram> {
  const located = await locate(written, folder);
  if ('dropped' in located) return located;
  const { program, notes } = located;
  const name = program.replace(/\.(?:cmd|exe)$/i, '');
  if (containerEngines.includes(name)) {
    return { dropped: `${name} cannot be reached from a sandbox: add the image itself` };
  }
  const command = [program, ...parameters];
  if (!downloaders.includes(name)) {
    return { command, notes, processes: shells.includes(name) || program.endsWith('.sh') };
  }
  const wanted = packageOf(name, parameters);
  const what = wanted === undefined ? 'packages' : `${wanted.type} package ${wanted.package}`;
  const isPinned = wanted?.version !== undefined && /^\d+\.\d+/.test(wanted.version);
  const pinned = isPinned ? '' : ', whichever version is newest';
  const note = `${name} gets the ${what} when it starts${pinned}: without network it must be there`;
  return {
    command,
    notes: [...notes, note],
    processes: true,
    ...(wanted === undefined ? {} : { program: wanted }),
  };
}

type Located =
  | { readonly program: string; readonly notes: readonly string[] }
  | {
      readonly dropped: string;
    };

/** The program as the manifest names it: `./…` within the plugin, else a name for the search path. */
async function locate(written: string, folder: PluginFolder): Promise<Located> {
  const inside = written.replace(/^\$\{plugin\.root\}\//, './');
  if (StartTexts.isOpen(inside) || inside.trim() === '') {
    return { dropped: 'which program it starts is known only when it starts' };
  }
  if (/[\s\0]/.test(inside) && !inside.includes('/')) {
    return { dropped: `"${inside}" is not the name of one program` };
  }
  if (!inside.includes('/')) return { program: inside, notes: [] };
  const system = systemFolders.find((path) => inside.startsWith(path));
  const name = system === undefined ? '' : inside.slice(system.length);
  if (name !== '' && !name.includes('/')) {
    return { program: name, notes: [`${name} is looked for by its name`] };
  }
  const path = pathWithin(inside);
  if (path === undefined) return { dropped: `its program ${inside} is outside the plugin` };
  if (!(await folder.isFile(path))) return { dropped: `its program ${path} is not in the plugin` };
  return { program: `./${path}`, notes: [] };
}

/** The package that a runner is asked for. */
function packageOf(
  runner: string,
  parameters: readonly string[],
): Extract<SourceReference, { package: string }> | undefined {
  const type = npmRunners.includes(runner) ? 'npm' : runner === 'dnx' ? 'nuget' : 'pypi';
  if (!npmRunners.includes(runner) && !['uvx', 'dnx', 'pipx'].includes(runner)) return undefined;
  const rest = runner === 'pipx' && parameters[0] === 'run' ? parameters.slice(1) : parameters;
  for (let at = 0; at < rest.length; at += 1) {
    const parameter = rest[at] ?? '';
    const [flag = '', value] = parameter.split('=', 2);
    if (['-p', '--package', '--from'].includes(flag)) {
      return splitPackage(type, value ?? rest[at + 1] ?? '');
    }
    if (flagsWithValue.has(flag)) at += value === undefined ? 1 : 0;
    else if (!parameter.startsWith('-')) return splitPackage(type, parameter);
  }
  return undefined;
}

function splitPackage(
  type: 'npm' | 'pypi' | 'nuget',
  written: string,
): Extract<SourceReference, { package: string }> | undefined {
  const found = /^(@?[^@=<>~\s]+)(?:(?:@|==)([^@\s]+))?$/.exec(written);
  if (found === null || StartTexts.isOpen(written) || /^[./]|:/.test(written)) return undefined;
  const [, name = '', version] = found;
  return { type, package: name, ...(version === undefined ? {} : { version }) };
}
