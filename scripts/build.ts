// Owns the program that users run: packages/cli/dist, one bundle of split chunks that needs no
// package at run time, with each plugin bundled beside it. Refuses a build in which anything failed.

import { hash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';
import { intentSources, loadParser } from '../packages/agent/src/core/index.ts';
import { loadManifest } from '../packages/agent/src/plugins/index.ts';
import { kitFiles } from '../packages/cli/src/plugin/scaffold.ts';

/** What `buildProgram` reads and writes. */
export interface BuildPlaces {
  /** The entry of the program; its output is `main.js`. */
  readonly main: string;
  /** Holds one folder for each plugin. */
  readonly plugins: string;
  readonly output: string;
  /** Folders that are shipped as they are, by their name in the output, without their tests. */
  readonly copies?: Readonly<Record<string, string>>;
}

/** Replaces `output` by a fresh build; leaves it untouched when the build fails. */
export async function buildProgram(places: BuildPlaces): Promise<void> {
  const fresh = `${places.output}-new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  if (existsSync(places.main)) await bundle(places.main, fresh, 'main');
  for (const name of readdirSync(places.plugins)) {
    await buildPlugin(join(places.plugins, name), join(fresh, 'plugins', name));
  }
  await trainIntents(places.plugins, join(fresh, 'plugins'));
  for (const [name, folder] of Object.entries(places.copies ?? {})) {
    copyShipped(folder, join(fresh, name), name.startsWith('kits/'));
  }
  rmSync(places.output, { recursive: true, force: true });
  renameSync(fresh, places.output);
}

/** A plugin is its manifest, its README and, unless the host provides it, its handler. */
async function buildPlugin(folder: string, output: string): Promise<void> {
  const manifest = join(folder, 'manifest.yaml');
  if (!existsSync(manifest)) return;
  mkdirSync(output, { recursive: true });
  // Validated here, so that a start reads plain JSON and imports no parser and no schema.
  const loaded = await loadManifest(folder);
  const checked = { ...loaded?.manifest, entry: 'handler.js' };
  writeFileSync(join(output, 'manifest.json'), JSON.stringify(checked));
  if (existsSync(join(folder, 'README.md')))
    cpSync(join(folder, 'README.md'), join(output, 'README.md'));
  const handler = join(folder, 'src', 'handler.ts');
  if (existsSync(handler)) await bundle(handler, output, 'handler');
}

/** Templates are copied whole; of a kit its own files, as they become part of a plugin. */
function copyShipped(folder: string, output: string, isKit: boolean): void {
  if (!isKit) {
    cpSync(folder, output, { recursive: true });
    return;
  }
  mkdirSync(output, { recursive: true });
  for (const file of kitFiles(folder)) cpSync(join(folder, file), join(output, file));
}

/** Trains the classifier of all intents, so that the first message does not wait for it. */
async function trainIntents(plugins: string, output: string): Promise<void> {
  const found = await Promise.all(
    readdirSync(plugins).map((name) => loadManifest(join(plugins, name))),
  );
  const provided = found.flatMap((loaded) => loaded?.manifest.provides ?? []);
  const sources = intentSources(
    provided.flatMap(({ intents }) => intents),
    provided.flatMap(({ tools }) => tools),
  );
  if (sources.length === 0) return;
  await loadParser(sources, (text) => hash('sha256', text), [
    {
      read: async () => undefined,
      write: async (digest, bytes) => writeFileSync(join(output, `intents-${digest}`), bytes),
    },
  ]);
}

async function bundle(input: string, output: string, name: string): Promise<void> {
  const build = await rolldown({
    input: { [name]: input },
    platform: 'node',
    plugins: [neighbourFiles()],
    // Optional natives of `pg` and `ws` that the program never asks for.
    external: ['pg-native', 'bufferutil', 'utf-8-validate'],
    onLog: (level, log) => {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
      if (level === 'warn') process.stderr.write(`${log.message}\n`);
    },
  });
  await build.write({
    dir: output,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    assetFileNames: '[name][extname]',
    sourcemap: false,
    // One character beyond Latin-1 doubles what the source of its whole chunk weighs in memory.
    charset: 'ascii',
    // Names stay, so that a stack trace can be read; white space only weighs.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  });
  await build.close();
}

/**
 * Keeps `new URL('./neighbour.ts', import.meta.url)` true in the bundle, where every chunk lies in
 * one folder: a source file becomes an entry of its own, any other file is copied.
 */
function neighbourFiles(): Plugin {
  const pattern = /new URL\(\s*'(\.{1,2}\/[^']+\.[a-z]+)',\s*import\.meta\.url,?\s*\)/g;
  return {
    name: 'neighbour-files',
    transform: {
      filter: { id: /\.ts$/, code: 'import.meta.url' },
      handler(code, id) {
        return code.replaceAll(pattern, (_, path: string) => {
          const target = join(dirname(id), path);
          const fileName = basename(path).replace(/\.ts$/, '.js');
          if (path.endsWith('.ts')) this.emitFile({ type: 'chunk', id: target, fileName });
          else this.emitFile({ type: 'asset', source: readFileSync(target), fileName });
          return `new URL('./${fileName}', import.meta.url)`;
        });
      },
    },
  };
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  await buildProgram({
    main: join(root, 'packages/cli/src/main.ts'),
    plugins: join(root, 'plugins'),
    output: join(root, 'packages/cli/dist'),
    copies: {
      templates: join(root, 'packages/cli/src/plugin/templates'),
      'kits/node': join(root, 'packages/plugin/src'),
      'kits/python': join(root, 'sdks/python-plugin/src/opencomputer_plugin'),
    },
  });
}
