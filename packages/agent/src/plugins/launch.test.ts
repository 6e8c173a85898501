import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { probe, probeManifest, probeProgram } from './fixtures/harness.ts';
import { launchProgram, launchServer, outermost } from './launch.ts';
import type { LaunchPlaces } from './launch.ts';

const none = { folders: [], storage: [] };

async function placesOf(t: TestContext): Promise<LaunchPlaces & { root: string }> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'launch-')));
  t.after(() => rm(root, { recursive: true, force: true }));
  const environment = {
    PATH: '/bin',
    LANG: 'C',
    TZ: undefined,
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    OPENAI_API_KEY: 'secret',
    NODE_OPTIONS: '--require=/evil.js',
  };
  return { node: '/node', scratch: join(root, 'scratch'), environment, root };
}

test('a plugin sees a path, a language and an empty home, nothing else', async (t) => {
  const places = await placesOf(t);
  const program = probeProgram(probeManifest({}));
  const home = join(places.scratch, 'probe');
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'left'), 'from the last run');
  const { environment, directory } = await launchProgram(program, none, places);
  assert.deepEqual(environment, { PATH: '/bin', LANG: 'C', HOME: home, TMPDIR: home });
  assert.equal(directory, home);
  assert.deepEqual(await readdir(home), []);
  assert.equal((await stat(home)).mode & 0o777, 0o700);
});

test('rights are exactly those of the manifest and the call, links resolved', async (t) => {
  const places = await placesOf(t);
  const granted = join(places.root, 'granted');
  const link = join(places.root, 'link');
  await mkdir(granted);
  await symlink(granted, link);
  const storage = join(places.root, 'storage');
  const access = { folders: [link, join(places.root, 'gone')], storage: [storage] };
  const flagsFor = async (permissions: Record<string, unknown>): Promise<readonly string[]> => {
    const program = probeProgram(probeManifest({}, { permissions } as never), probe);
    const { arguments: flags } = await launchProgram({ ...program, libraries: [] }, access, places);
    return flags.filter((flag) => flag.startsWith('--allow') || flag === '--permission');
  };
  const read = (path: string): string => `--allow-fs-read=${path}`;
  const write = (path: string): string => `--allow-fs-write=${path}`;
  const own = ['--permission', read(join(probe, '..')), read(storage), read(granted), read(link)];
  assert.deepEqual(await flagsFor({}), [...own, write(storage)]);
  assert.deepEqual(await flagsFor({ files: { read: ['folders'] }, network: ['example.org'] }), [
    ...own,
    write(storage),
    '--allow-net',
  ]);
  assert.deepEqual(await flagsFor({ files: { write: ['folders'] } }), [
    ...own,
    ...[storage, granted, link].map(write),
  ]);
  assert.deepEqual(await flagsFor({ processes: true }), []);
});

test('a server sees what the configuration declares, and keeps its home between starts', async (t) => {
  const places = await placesOf(t);
  const configuration = {
    enabled: true,
    trust: true,
    arguments: ['-y', 'server'],
    environment: { TOKEN: 'own' },
  };
  const server = { kind: 'server', name: 'one', configuration } as const;
  const { environment, ...rest } = await launchServer(server, 'npx', places);
  const home = join(places.scratch, 'one');
  assert.deepEqual(environment, {
    PATH: '/bin',
    LANG: 'C',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    HOME: home,
    TMPDIR: home,
    TOKEN: 'own',
  });
  assert.deepEqual([rest.command, rest.arguments], ['npx', ['-y', 'server']]);
  await writeFile(join(home, 'cache'), 'kept');
  await launchServer(server, 'npx', places);
  assert.deepEqual(await readdir(home), ['cache']);
});

test('nothing inside a granted folder is named beside it, whichever came first', () => {
  const paths = ['/a/b/c', '/a/b', '/a/bc', '/x', '/x'].map((path) => join(path));
  assert.deepEqual(
    outermost(paths),
    ['/a/b', '/a/bc', '/x'].map((path) => join(path)),
  );
});
