// Owns a plugin that is a Python wheel, with the packages that it needs in `site-packages`. Refuses
// source distributions: building one runs its code.

import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { unpackArchive } from './archive.ts';
import { fileDigest } from './file-digest.ts';
import type { FetchContext, Fetched } from './ports.ts';
import { runProgram } from './program.ts';
import { sourceFault } from './reference.ts';
import type { SourceReference } from './reference.ts';
import { normalizedName, parseWheelName, verifyRecord } from './wheel.ts';

/** Fetches a wheel of a package index, and its dependencies. Throws PLUGIN_SOURCE, PLUGIN_TREE. */
export async function fetchPypi(
  wanted: SourceReference & { type: 'pypi' },
  context: FetchContext,
): Promise<Fetched> {
  const { package: name, version } = wanted;
  const exact = version === undefined ? name : `${name}==${version}`;
  return fetchWheels({ requirement: exact, name: normalizedName(name) }, context);
}

/** Takes a wheel of this machine, and fetches its dependencies. Throws PLUGIN_SOURCE, PLUGIN_TREE. */
export async function fetchWheelFile(path: string, context: FetchContext): Promise<Fetched> {
  const name = parseWheelName(basename(path));
  if (name === undefined) throw sourceFault(context.reference, 'its name is not that of a wheel');
  const folder = join(context.work, 'given');
  await mkdir(folder);
  // A copy, so that what is unpacked is what was looked at.
  const file = join(folder, basename(path));
  await copyFile(path, file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw sourceFault(context.reference, 'there is none');
  });
  return fetchWheels({ requirement: file, name: name.package }, context);
}

async function fetchWheels(
  wanted: { readonly requirement: string; readonly name: string },
  context: FetchContext,
): Promise<Fetched> {
  const wheels = join(context.work, 'wheels');
  await mkdir(wheels);
  // Only wheels: pip then runs nothing of what it fetches.
  const which = ['--only-binary', ':all:', '--index-url', context.ports.registries.pypi];
  await runPip(['download', '--dest', wheels, ...which, wanted.requirement], context);
  const files = (await readdir(wheels)).toSorted();
  if (files.length > context.ports.limits.dependenciesMax) {
    throw sourceFault(context.reference, `more than ${files.length} packages`);
  }
  const own = files.find((file) => parseWheelName(file)?.package === wanted.name);
  const name = own === undefined ? undefined : parseWheelName(own);
  if (own === undefined || name === undefined || files.some((file) => !file.endsWith('.whl'))) {
    throw sourceFault(context.reference, 'the index gave no wheel of it');
  }
  const directory = join(context.work, 'tree');
  await mkdir(directory);
  await unpackArchive(join(wheels, own), directory, context.ports.limits);
  await verifyRecord(directory, context.reference);
  const sha256 = await fileDigest(join(wheels, own));
  await installWheels(directory, { wheels, files: files.filter((file) => file !== own) }, context);
  const source = { type: 'wheel', package: name.package, version: name.version, sha256 } as const;
  return { directory, source, warnings: [] };
}

/** Installs exactly these files, without an index. */
async function installWheels(
  directory: string,
  { wheels, files }: { readonly wheels: string; readonly files: readonly string[] },
  context: FetchContext,
): Promise<void> {
  if (files.length === 0) return;
  const lines: string[] = [];
  for (const file of files) {
    const name = parseWheelName(file);
    if (name === undefined) throw sourceFault(context.reference, `${file} is no wheel`);
    const digest = await fileDigest(join(wheels, file));
    lines.push(`${name.package}==${name.version} --hash=sha256:${digest}\n`);
  }
  const requirements = join(context.work, 'requirements.txt');
  await writeFile(requirements, lines.join(''));
  const target = join(directory, 'site-packages');
  const offline = ['--no-index', '--find-links', wheels, '--require-hashes', '--no-deps'];
  const into = ['--only-binary', ':all:', '--no-compile', '--target', target];
  await runPip(['install', ...offline, ...into, '-r', requirements], context);
  // Their first lines name this machine's Python; a plugin is started by `python3 -m`.
  await rm(join(target, 'bin'), { recursive: true, force: true });
}

async function runPip(rest: readonly string[], context: FetchContext): Promise<void> {
  const quiet = ['--isolated', '--disable-pip-version-check', '--no-input', '--no-cache-dir'];
  await runProgram(
    {
      command: 'python3',
      // -I: nothing of the folder or of the person's own packages is imported.
      arguments: ['-I', '-m', 'pip', ...quiet, '--quiet', ...rest],
      directory: context.work,
      environment: { PIP_CONFIG_FILE: '/dev/null', TMPDIR: context.work },
      install: 'install python3 with pip',
    },
    context,
  );
}
