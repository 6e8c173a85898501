// Owns which places hold keys and are never read or written, although they lie in a granted folder:
// the agent's own data, and where programs keep credentials. Refuses exceptions.

import { access } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';

/** Names of folders and files in which programs keep credentials, lower case. */
const CREDENTIALS = new Set(
  (
    '.ssh .gnupg .aws .azure .kube .docker .password-store .netrc .pgpass .npmrc .pypirc .git-credentials ' +
    '.vault-token .gcloud gcloud keyrings .mozilla .thunderbird google-chrome chromium'
  ).split(' '),
);
/** What lies in a data directory of the agent: together they mark one, wherever it is. */
const MARKS = ['root.key', 'store.sqlite'];

/** True for a name that is withheld wherever it stands. */
export function isCredential(name: string): boolean {
  return CREDENTIALS.has(name.toLowerCase());
}

/** True for a folder that is a data directory of the agent. */
export async function isAgentData(folder: string): Promise<boolean> {
  const found = await Promise.all(
    MARKS.map((mark) =>
      access(join(folder, mark)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}

/** True when a path below `root` is withheld by itself or by any folder above it; without links. */
export async function isWithheld(root: string, path: string): Promise<boolean> {
  if (relative(root, path).split(sep).some(isCredential) || isCredential(basename(path))) {
    return true;
  }
  for (let folder = path; ; folder = dirname(folder)) {
    if (await isAgentData(folder)) return true;
    if (folder === dirname(folder)) return false;
  }
}
