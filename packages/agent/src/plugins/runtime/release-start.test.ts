import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { manifest, permissions } from '@opencomputer/contracts';
import type { JsonObject } from '@opencomputer/contracts';
import type { PluginAnswer } from '../connection.ts';
import { createContentStore } from '../content/index.ts';
import { systemClock } from '../fixtures/harness.ts';
import type { RunnableRelease } from '../manager/index.ts';
import type { StartRelease } from '../release.ts';
import { machineProbe } from '../sandbox/index.ts';
import { createReleaseStarter } from './release-start.ts';
import type { RuntimeEvent } from './release-start.ts';

/** A plugin that does as it is told, and tells what came of it. */
const handler = `
const { createInterface } = require('node:readline');
const { readFileSync, writeFileSync } = require('node:fs');
const tell = (id, text) => process.stdout.write(JSON.stringify({
  jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] },
}) + '\\n');
const tools = {
  read: ({ path }) => readFileSync(path, 'utf8'),
  write: ({ path }) => { writeFileSync(path, 'mine'); return 'written'; },
  environment: () => JSON.stringify(process.env),
  fetch: async ({ url, header }) => {
    const response = await fetch(url, header ? { headers: { authorization: header } } : {});
    return response.status + ' ' + await response.text();
  },
};
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method !== 'tools/call') return;
  try { tell(id, await tools[params.name](params.arguments)); }
  catch (error) { tell(id, 'failed: ' + (error.cause ?? error).code + ' ' + error.message); }
});
`;

interface Bench {
  readonly start: StartRelease;
  readonly release: (asked?: object) => RunnableRelease;
  readonly events: RuntimeEvent[];
  readonly root: string;
  readonly storage: string;
  readonly sandboxed: boolean;
}

async function bench(t: TestContext): Promise<Bench> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'runtime-')));
  t.after(() => rm(root, { recursive: true, force: true }));
  // A plugin runs as a user of its own when we are root: it must be able to walk to its code.
  await chmod(root, 0o755);
  const source = join(root, 'source');
  await mkdir(source);
  await writeFile(join(source, 'handler.js'), handler);
  const content = createContentStore(join(root, 'plugin-code'));
  const { digest, directory } = await content.add(source);
  const events: RuntimeEvent[] = [];
  const machine = machineProbe();
  const start = createReleaseStarter({
    clock: systemClock,
    identifier: randomUUID,
    places: {
      node: process.execPath,
      scratch: join(root, 'scratch'),
      sandboxes: join(root, 'sandboxes'),
      home: join(root, 'home'),
      environment: { SECRET_OF_OURS: 'x', REGION: 'eu', LANG: 'C' },
    },
    content,
    machine,
    storage: {
      get: () => Promise.resolve(undefined),
      set: () => Promise.resolve(),
      delete: () => Promise.resolve(),
    },
    configurationOf: () => ({}),
    secretOf: (_, name) => Promise.resolve(`value-of-${name}`),
    localHostsOf: () => [],
    observe: (event) => events.push(event),
  });
  const release = (asked: object = {}): RunnableRelease => ({
    name: 'probe',
    origin: 'local',
    version: '1.0.0',
    digest,
    source: { type: 'folder', path: source },
    consent: { permissions: permissions.parse(asked), secrets: {}, at: 0 },
    directory,
    manifest: manifest.parse({
      name: 'probe',
      version: '1.0.0',
      framework_version: '*',
      description: 'Probes.',
      runtime: 'node',
    }),
  });
  const sandboxed = (await machine()).bubblewrap?.problem === '';
  return { start, release, events, root, storage: join(root, 'storage'), sandboxed };
}

/** Starts a release, asks it one thing after the other, and ends it. */
async function ask(
  made: Bench,
  release: RunnableRelease,
  asked: readonly (readonly [tool: string, input: JsonObject])[],
): Promise<readonly string[]> {
  const connection = await made.start(release, { folders: [], storage: [made.storage] });
  const said: string[] = [];
  for (const [tool, input] of asked) {
    const { signal } = new AbortController();
    const onService = (): never => assert.fail('no service');
    said.push(textOf(await connection.call({ tool, input, signal, onService })));
  }
  await connection.stop();
  return said;
}

function textOf(answer: PluginAnswer): string {
  assert.equal(answer.type, 'result', JSON.stringify(answer));
  const [first] = answer.type === 'result' ? (answer.result['content'] as { text: string }[]) : [];
  return first?.text ?? '';
}

test('without a full sandbox nothing of a third party starts', async (t) => {
  const made = await bench(t);
  const release = { ...made.release(), digest: 'b'.repeat(64) };
  await assert.rejects(made.start(release, { folders: [], storage: [] }), {
    code: 'PLUGIN_ALTERED',
  });
  if (made.sandboxed) return;
  await assert.rejects(made.start(made.release(), { folders: [], storage: [] }), {
    code: 'PLUGIN_SANDBOX',
  });
});

test('a release reads its code, keeps its own folder, and sees nothing else of the machine', async (t) => {
  const made = await bench(t);
  if (!made.sandboxed) return;
  await mkdir(join(made.root, 'home'));
  await writeFile(join(made.root, 'home/letter'), 'private');
  const { directory } = made.release();
  const own = join(made.root, 'scratch/probe/note');
  const [code, letter, changed, written, kept, variables] = await ask(made, made.release(), [
    ['read', { path: join(directory, 'handler.js') }],
    ['read', { path: join(made.root, 'home/letter') }],
    ['write', { path: join(directory, 'handler.js') }],
    ['write', { path: own }],
    ['read', { path: own }],
    ['environment', {}],
  ]);
  assert.equal(code, handler);
  assert.match(letter ?? '', /^failed: ENOENT/);
  assert.match(changed ?? '', /^failed: (?:EROFS|EACCES)/);
  assert.deepEqual([written, kept], ['written', 'mine']);
  assert.doesNotMatch(variables ?? '', /SECRET_OF_OURS|REGION/);
});

test('what was consented to is there: a path of the home, and a variable by its name', async (t) => {
  const made = await bench(t);
  if (!made.sandboxed) return;
  await mkdir(join(made.root, 'home/Music'), { recursive: true });
  await writeFile(join(made.root, 'home/Music/song'), 'la la');
  const asked = { files: { read: ['~/Music'] }, environment: ['REGION'] };
  const [song, variables] = await ask(made, made.release(asked), [
    ['read', { path: join(made.root, 'home/Music/song') }],
    ['environment', {}],
  ]);
  assert.equal(song, 'la la');
  const { REGION, SECRET_OF_OURS } = JSON.parse(variables ?? '{}') as Record<string, string>;
  assert.deepEqual([REGION, SECRET_OF_OURS], ['eu', undefined]);
});

test('the network is closed, or is the proxy, which refuses what was not declared', async (t) => {
  const made = await bench(t);
  if (!made.sandboxed) return;
  const server = createServer((_, response) => response.end('inside the machine'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}/`;
  const [closed] = await ask(made, made.release(), [['fetch', { url }]]);
  assert.match(closed ?? '', /^failed: ECONNREFUSED|^failed: ENETUNREACH/);
  const [refused, other] = await ask(made, made.release({ network: ['api.example.com'] }), [
    ['fetch', { url }],
    ['fetch', { url: 'http://other.example.com/' }],
  ]);
  assert.match(refused ?? '', /^403 .*EGRESS_/);
  assert.match(other ?? '', /^403 .*EGRESS_HOST/);
  assert.ok(made.events.some(({ name }) => name === 'egress-deny'));
});
