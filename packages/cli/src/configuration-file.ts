// Owns changing one value of `config.yaml`: the rest stays as it was written, the file is replaced in
// one step and readable by its owner only. Refuses a change after which the file would not be valid.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import { parse } from 'yaml';
import { isKnownPath, nearestPath } from './configuration-keys.ts';
import type { KeyPath } from './configuration-keys.ts';
import { parseConfiguration } from './configuration.ts';
import type { ConfigurationSource } from './configuration.ts';
import { editYaml } from './yaml-edit.ts';

/** A value to set; undefined removes the key, so that its default holds again. */
export interface ConfigurationChange {
  readonly path: KeyPath;
  readonly value: unknown;
}

/** Applies changes all together or not at all. Throws OPTION_INVALID or CONFIG_INVALID. */
export function changeConfiguration(
  source: ConfigurationSource,
  changes: readonly ConfigurationChange[],
): void {
  let text = currentText(source);
  for (const { path, value } of changes) {
    checkKnown(path);
    text = editYaml(text, path, value);
  }
  parseConfiguration(text, { ...source, exists: true });
  replace(source.file, text);
}

/** What a person typed after `config set`: YAML, so `3`, `[a, b]` and `on` are what they look like. */
export function parseTyped(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Checks the file as it is: a change must not hide a mistake that was there before. */
function currentText(source: ConfigurationSource): string {
  try {
    const text = readFileSync(source.file, 'utf8');
    parseConfiguration(text, { ...source, exists: true });
    return text;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function checkKnown(path: KeyPath): void {
  if (isKnownPath(path)) return;
  const meant = nearestPath(path);
  const problem = meant === undefined ? 'not known' : `not known; did you mean ${meant}`;
  throw new AgentError('OPTION_INVALID', { option: path.join('.'), problem });
}

function replace(file: string, text: string): void {
  const draft = `${file}.new`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'it cannot be written';
    throw new AgentError('CONFIG_UNREADABLE', { file, problem }, { cause: error });
  }
}
