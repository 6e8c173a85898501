// Owns the fetching of one commit of a Git repository. Refuses hooks, filters, submodules, the
// person's own settings, and anything of `.git` in the tree.

import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackArchive } from './archive.ts';
import type { FetchContext, Fetched } from './ports.ts';
import { runProgram } from './program.ts';
import { sourceFault } from './reference.ts';
import type { SourceReference } from './reference.ts';

type GitReference = SourceReference & { type: 'git' };

const commitPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Fetches the commit that a reference is now. Throws PLUGIN_SOURCE, PLUGIN_TREE. */
export async function fetchGit(wanted: GitReference, context: FetchContext): Promise<Fetched> {
  const { url, ref, path } = wanted;
  const repository = join(context.work, 'repository');
  const git = (...rest: string[]): Promise<string> => runGit({ url, context }, rest);
  const isCommit = ref !== undefined && commitPattern.test(ref);
  const commit = isCommit ? ref : await resolve(wanted, context, await listRefs(wanted, git));

  const format = commit.length === 64 ? 'sha256' : 'sha1';
  await git('init', '--quiet', '--bare', '--template=', `--object-format=${format}`, repository);
  const inRepository = (...rest: string[]): Promise<string> => git('-C', repository, ...rest);
  await fetchCommit(url, commit, inRepository);
  // A tag or a tree by its own digits, or a server that gave something else.
  const found = await inRepository('rev-parse', '--verify', '--quiet', `${commit}^{commit}`);
  if (found.trim() !== commit) throw sourceFault(context.reference, `${commit} is no commit`);

  const archive = join(context.work, 'tree.tar');
  const only = path === undefined ? [] : ['--', path];
  await runGit(
    { url, context },
    ['-C', repository, '-c', 'tar.umask=0022', 'archive', '--format=tar', commit, ...only],
    archive,
  );
  const tree = join(context.work, 'tree');
  await mkdir(tree);
  await unpackArchive(archive, tree, context.ports.limits);
  const directory = path === undefined ? tree : join(tree, path);
  if (!(await stat(directory)).isDirectory()) {
    throw sourceFault(context.reference, `"${path ?? ''}" is no folder of the repository`);
  }
  const source = { type: 'git', url, commit, ...(path === undefined ? {} : { path }) } as const;
  return { directory, source, warnings: [] };
}

type Git = (...rest: string[]) => Promise<string>;

async function listRefs({ url, ref }: GitReference, git: Git): Promise<Map<string, string>> {
  const patterns =
    ref === undefined
      ? ['HEAD']
      : [ref, `refs/heads/${ref}`, `refs/tags/${ref}`, `refs/tags/${ref}^{}`];
  const lines = (await git('ls-remote', '--', url, ...patterns)).split('\n');
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const [commit = '', name] = line.split('\t');
      return name !== undefined && commitPattern.test(commit) ? [[name, commit]] : [];
    }),
  );
}

/** The commit of a branch or a tag; of the default branch when none is named. */
async function resolve(
  { ref }: GitReference,
  context: FetchContext,
  refs: ReadonlyMap<string, string>,
): Promise<string> {
  if (ref === undefined) {
    const head = refs.get('HEAD');
    if (head === undefined) throw sourceFault(context.reference, 'an empty repository');
    return head;
  }
  const branch = refs.get(`refs/heads/${ref}`);
  const tag = refs.get(`refs/tags/${ref}^{}`) ?? refs.get(`refs/tags/${ref}`);
  if (branch !== undefined && tag !== undefined && branch !== tag) {
    const both = `"${ref}" is a branch and a tag`;
    throw sourceFault(context.reference, `${both}; write refs/tags/${ref} or the commit`);
  }
  const whole = ref.startsWith('refs/') ? (refs.get(`${ref}^{}`) ?? refs.get(ref)) : undefined;
  const commit = branch ?? tag ?? whole;
  if (commit !== undefined) return commit;
  throw sourceFault(
    context.reference,
    `there is no branch or tag "${ref}"; a commit has 40 or 64 digits`,
  );
}

/** One commit alone where the server gives that, else all that branches and tags lead to. */
async function fetchCommit(url: string, commit: string, git: Git): Promise<void> {
  const plain = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-recurse-submodules',
    '--no-write-fetch-head',
  ];
  try {
    await git(...plain, '--depth=1', '--', url, commit);
  } catch (error) {
    if (error instanceof Error && /not our ref|unadvertised|want/i.test(error.message)) {
      await git(...plain, '--', url, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*');
      return;
    }
    throw error;
  }
}

function runGit(
  { url, context }: { readonly url: string; readonly context: FetchContext },
  rest: readonly string[],
  outputFile?: string,
): Promise<string> {
  const { protocol } = new URL(url);
  return runProgram(
    {
      command: 'git',
      arguments: ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', ...rest],
      directory: context.work,
      environment: {
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_ATTR_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
        GIT_ASKPASS: 'true',
        GIT_LITERAL_PATHSPECS: '1',
        GIT_PROTOCOL_FROM_USER: '0',
        // Only the one that the person typed; a redirect cannot lead to another.
        GIT_ALLOW_PROTOCOL: protocol.slice(0, -1),
        GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
        GIT_CEILING_DIRECTORIES: context.work,
      },
      ...(outputFile === undefined ? {} : { outputFile }),
      install: 'install the package git',
    },
    context,
  );
}
