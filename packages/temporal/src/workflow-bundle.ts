// Owns the code of the workflows as Temporal's sandbox loads it: bundled once for each state of its
// sources, then kept. Refuses a kept bundle whose sources differ in a byte.

import { createHash } from 'node:crypto';
import {
  globSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { WorkflowBundle } from '@temporalio/worker';
import { failureConverterPath } from './data-converter.ts';

/** What workflows are made of, beside packages of one version. */
const sourceFolders: readonly string[] = [
  import.meta.dirname,
  dirname(fileURLToPath(import.meta.resolve('@opencomputer/agent/core'))),
  dirname(fileURLToPath(import.meta.resolve('@opencomputer/contracts'))),
];
const kept = /^workflows-[0-9a-f]{64}\.js$/;

/** The bundle, from `cache` while it fits; a folder that only this account can write. */
export async function bundleWorkflows(cache?: string): Promise<WorkflowBundle> {
  if (cache === undefined) return bundle();
  const file = join(cache, `workflows-${digest()}.js`);
  const known = readOr(file);
  if (known !== undefined) return { code: known };
  const made = await bundle();
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, made.code, { mode: 0o600 });
  for (const name of readdirSync(cache)) if (kept.test(name)) rmSync(join(cache, name));
  renameSync(`${file}.new`, file);
  return made;
}

function bundle(): Promise<WorkflowBundle & { readonly code: string }> {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('workflows/index.ts', import.meta.url)),
    failureConverterPath,
    logger: new DefaultLogger('ERROR'),
  });
}

function digest(): string {
  const hash = createHash('sha256').update(import.meta.resolve('@temporalio/workflow'));
  hash.update(readFileSync(join(import.meta.dirname, '..', 'package.json')));
  for (const folder of sourceFolders) {
    for (const name of globSync('**/*.ts', { cwd: folder }).toSorted()) {
      if (name.endsWith('.test.ts')) continue;
      hash.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest('hex');
}

function readOr(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
