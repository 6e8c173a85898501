// Owns finding the one file that a person names: by its path, or by its name somewhere in the granted
// folders. Refuses to choose among several of the same name.

import type { CallContext } from '@opencomputer/contracts';
import { walkFolder } from './folder-walk.ts';
import { grantPath, realFolders } from './granted-path.ts';
import type { GrantedPath, PathAnswer } from './granted-path.ts';

const CANDIDATES_MAX = 10;

/** A file that exists, or a refusal with the files of that name. */
export async function locateFile(asked: string, context: CallContext): Promise<PathAnswer> {
  const path = asked.trim();
  const granted = await grantPath(path, context.folders);
  if ('refusal' in granted || granted.exists) return granted;
  const missing = { refusal: `There is no file "${path}" in the folders that I may use.` };
  if (/[\\/]/.test(path)) return missing;
  const found = await filesNamed(path, context);
  const [only] = found;
  if (only === undefined) return missing;
  if (found.length === 1) return only;
  const names = found.map((file) => `- ${file.shown}`).join('\n');
  return { refusal: `Which one do you mean?\n${names}` };
}

async function filesNamed(name: string, context: CallContext): Promise<readonly GrantedPath[]> {
  const wanted = name.toLowerCase();
  const found: GrantedPath[] = [];
  for (const root of await realFolders(context.folders)) {
    for await (const file of walkFolder(root, { signal: context.signal, report: { cut: false } })) {
      if (file.name.toLowerCase() === wanted) found.push({ ...file, exists: true });
      if (found.length >= CANDIDATES_MAX) return found;
    }
  }
  return found;
}
