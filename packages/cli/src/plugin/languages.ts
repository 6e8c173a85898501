// Owns what is known of each language that a plugin can be written in: how it is recognised, built and
// tested, and what must be installed for that. Refuses to run anything.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A program with its arguments. */
export type ProgramWords = readonly [string, ...string[]];

/** One language. */
export interface Language {
  /** As `--language` takes it, and the name of the folder of its template. */
  readonly name: 'node' | 'python' | 'go' | 'rust' | 'shell';
  /** Programs that building and testing need, with the package that brings each. */
  readonly needs: readonly { readonly program: string; readonly install: string }[];
  /** Makes the program `<plugin>` in the plugin's folder. */
  build(plugin: string): readonly ProgramWords[];
  readonly test: ProgramWords;
  /** Whether a folder is written in it. */
  recognises(files: readonly string[]): boolean;
}

const interpreted = (): readonly ProgramWords[] => [];

/** In the order in which a folder is recognised; the first is what a new plugin is written in. */
export const languages: readonly [Language, ...Language[]] = [
  {
    name: 'python',
    needs: [{ program: 'python3', install: 'apt-get install python3' }],
    build: interpreted,
    test: ['python3', '-B', '-m', 'unittest'],
    recognises: (files) => files.some((file) => file.endsWith('.py')),
  },
  {
    name: 'node',
    // The one that the agent runs on.
    needs: [],
    build: interpreted,
    test: [process.execPath, '--test'],
    recognises: (files) => files.some((file) => /\.(?:m?js|ts)$/.test(file)),
  },
  {
    name: 'go',
    needs: [{ program: 'go', install: 'apt-get install golang' }],
    build: (plugin) => [['go', 'build', '-trimpath', '-o', plugin, '.']],
    test: ['go', 'test', './...'],
    recognises: (files) => files.includes('go.mod'),
  },
  {
    name: 'rust',
    needs: [{ program: 'cargo', install: 'apt-get install cargo' }],
    build: (plugin) => [
      ['cargo', 'build', '--release', '--quiet'],
      ['cp', join('target', 'release', plugin), plugin],
    ],
    test: ['cargo', 'test', '--quiet'],
    recognises: (files) => files.includes('Cargo.toml'),
  },
  {
    name: 'shell',
    needs: [{ program: 'jq', install: 'apt-get install jq' }],
    build: interpreted,
    test: ['sh', 'handler.test.sh'],
    recognises: (files) => files.includes('handler.test.sh'),
  },
];

/** The language of that name. */
export function languageNamed(name: string): Language | undefined {
  return languages.find((each) => each.name === name);
}

/** What a plugin's folder is written in; undefined when nothing says so. */
export function languageOf(directory: string): Language | undefined {
  const files = readdirSync(directory);
  return languages.find((each) => each.recognises(files));
}

/** What the language needs and no folder of `path` (in the form of PATH) has. */
export function missingOf(language: Language, path: string): readonly Language['needs'][number][] {
  const folders = path.split(':').filter((folder) => folder !== '');
  return language.needs.filter(
    ({ program }) => !folders.some((folder) => existsSync(join(folder, program))),
  );
}
