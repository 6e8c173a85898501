// Owns the files of a new plugin: a template in its language, with its name put in and the author kit
// beside it. Refuses a name that no manifest takes.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from './languages.ts';

/** Room for `_greet` and what an author adds to the name of a tool. */
const NAME_CHARACTERS_MAX = 40;
/** The name that the templates have. */
const PLACEHOLDER = 'sample-plugin';

/** Whether a plugin made here may have this name. */
export function isLegalName(name: string): boolean {
  return name.length <= NAME_CHARACTERS_MAX && /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name);
}

/** The legal name that is most like another one. */
export function legalName(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const words = plain.match(/[a-z0-9]+/g) ?? [];
  const joined = words.join('-').replace(/^[0-9-]+/, '');
  return joined.slice(0, NAME_CHARACTERS_MAX).replace(/-$/, '') || 'my-plugin';
}

/** Writes a new plugin into an empty folder; gives the names of what its author looks at. */
export function writeScaffold(
  directory: string,
  { name, language }: { readonly name: string; readonly language: Language },
): readonly string[] {
  const template = join(import.meta.dirname, 'templates', language.name);
  const put = replacer(name);
  const names = readdirSync(template).toSorted();
  for (const file of names) {
    const from = join(template, file);
    // npm leaves files of that name out of packages
    const to = join(directory, file === 'gitignore' ? '.gitignore' : file);
    writeFileSync(to, put(readFileSync(from, 'utf8')));
    chmodSync(to, statSync(from).mode & 0o111 ? 0o755 : 0o644);
  }
  copyKit(language.name, directory);
  return names.filter((file) => file !== 'gitignore');
}

/** The placeholder in the three forms in which a name is written. */
function replacer(name: string): (text: string) => string {
  const tool = name.replaceAll('-', '_');
  // Intents have letters only.
  const intent = name.replaceAll(/[^a-z]/g, '');
  return (text) =>
    text
      .replaceAll(PLACEHOLDER, name)
      .replaceAll(PLACEHOLDER.replace('-', '_'), tool)
      .replaceAll(PLACEHOLDER.replace('-', ''), intent);
}

/** Where kits are: beside the built program, or in the checkout that this file is part of. */
const kits = {
  python: {
    built: 'kits/python',
    source: '../../../../sdks/python-plugin/src/opencomputer_plugin',
    folder: 'opencomputer_plugin',
  },
  node: { built: 'kits/node', source: '../../../plugin/src', folder: 'opencomputer-plugin' },
} as const;

function copyKit(language: Language['name'], directory: string): void {
  if (language !== 'python' && language !== 'node') return;
  const { built, source, folder } = kits[language];
  const beside = join(import.meta.dirname, built);
  const from = existsSync(beside) ? beside : join(import.meta.dirname, source);
  const target = join(directory, folder);
  mkdirSync(target);
  for (const file of kitFiles(from)) cpSync(join(from, file), join(target, file));
}

/** Files of a kit that plugins need; the build takes the same ones. */
export function kitFiles(folder: string): readonly string[] {
  return readdirSync(folder).filter((file) => /(?<!\.test)\.(?:ts|py|typed)$/.test(file));
}
