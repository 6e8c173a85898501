import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { access, chmod, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { startWorkshop } from './fixtures/workshop.ts';
import type { Workshop } from './fixtures/workshop.ts';

let shop: Workshop;
let repository: string;
let first: string;
let second: string;

function git(...rest: string[]): string {
  const identity = [
    '-c',
    'user.name=A',
    '-c',
    'user.email=a@example.org',
    '-c',
    'commit.gpgsign=false',
  ];
  const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', [...identity, '-C', repository, ...rest], { env: environment })
    .toString()
    .trim();
}

before(async () => {
  shop = await startWorkshop(process.env['PATH']);
  repository = await shop.folder('repository', {
    'manifest.yaml': 'one',
    'plugins/a/manifest.yaml': 'a',
    '.gitattributes': '*.txt filter=evil\n',
    'note.txt': 'note',
  });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '-m', 'one');
  first = git('rev-parse', 'HEAD');
  git('tag', '-a', 'v1', '-m', 'v1');
  await writeFile(join(repository, 'manifest.yaml'), 'two');
  git('commit', '--quiet', '-am', 'two');
  second = git('rev-parse', 'HEAD');
  git('branch', 'both', first);
  git('tag', 'both', second);
});
after(() => shop.close());

const address = (fragment = ''): string => `git+file://${repository}${fragment}`;

it('takes what a branch, a tag or a commit is, pinned to the commit', async () => {
  const wanted = { '': second, '#main': second, '#v1': first, [`#${first}`]: first };
  for (const [fragment, commit] of Object.entries(wanted)) {
    const fetched = await shop.fetch(address(fragment));
    assert.deepEqual(fetched.source, { type: 'git', url: `file://${repository}`, commit });
    const text = await readFile(join(fetched.directory, 'manifest.yaml'), 'utf8');
    assert.equal(text, commit === first ? 'one' : 'two');
    await assert.rejects(access(join(fetched.directory, '.git')), 'nothing of .git is kept');
    await fetched.dispose();
  }
  assert.deepEqual(await shop.left(), []);
});

it('takes one folder of a repository', async () => {
  const fetched = await shop.fetch(address('#main&path=plugins/a'));
  assert.deepEqual(await readdir(fetched.directory), ['manifest.yaml']);
  assert.equal('path' in fetched.source && fetched.source.path, 'plugins/a');
  await fetched.dispose();
  await shop.refuses(address('#main&path=plugins/b'), 'PLUGIN_SOURCE');
  await shop.refuses(address('#main&path=manifest.yaml'), 'PLUGIN_SOURCE');
});

it('refuses what is no commit, or could be two', async () => {
  await shop.refuses(address('#nothing'), 'PLUGIN_SOURCE', /no branch or tag/);
  await shop.refuses(address(`#${'0'.repeat(40)}`), 'PLUGIN_SOURCE');
  await shop.refuses(address(`#${git('rev-parse', 'v1')}`), 'PLUGIN_SOURCE', /is no commit/);
  await shop.refuses(address('#both'), 'PLUGIN_SOURCE', /a branch and a tag/);
  await shop.refuses('git+file:///nothing/here', 'PLUGIN_SOURCE');
});

it('runs no hook, filter or setting of the person or of the repository', async () => {
  const script = join(shop.base, 'evil.sh');
  const mark = join(shop.base, 'it-ran');
  await writeFile(script, `#!/bin/sh\ntouch ${mark}\ncat\n`);
  await chmod(script, 0o755);
  const settings = `[filter "evil"]\n smudge = ${script}\n[core]\n fsmonitor = ${script}\n`;
  await writeFile(join(shop.base, '.gitconfig'), settings);
  await writeFile(join(repository, '.git/config'), settings, { flag: 'a' });
  await mkdir(join(repository, '.git/hooks'), { recursive: true });
  for (const hook of ['post-checkout', 'post-upload-pack', 'reference-transaction']) {
    await symlink(script, join(repository, '.git/hooks', hook)).catch(() => undefined);
  }
  const fetched = await shop.fetch(address('#main'));
  assert.equal(await readFile(join(fetched.directory, 'note.txt'), 'utf8'), 'note');
  await assert.rejects(access(mark), 'nothing ran');
  await fetched.dispose();
});

it('refuses a repository whose links lead out', async () => {
  git('checkout', '--quiet', '-b', 'out');
  await symlink('../../secret', join(repository, 'link'));
  git('add', 'link');
  git('commit', '--quiet', '-m', 'link');
  git('checkout', '--quiet', 'main');
  await shop.refuses(address('#out'), 'PLUGIN_TREE');
});

it('says what to install when there is no git', async () => {
  const bare = await startWorkshop('/nowhere');
  try {
    await bare.refuses(address(), 'PLUGIN_SOURCE', /install the package git/);
  } finally {
    await bare.close();
  }
});
