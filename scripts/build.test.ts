import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { buildProgram, type BuildPlaces } from './build.ts';

const root = mkdtempSync(join(tmpdir(), 'build-'));
after(() => rmSync(root, { recursive: true }));

function sources(name: string, files: Record<string, string>): BuildPlaces {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), content);
  }
  mkdirSync(join(root, name, 'plugins'), { recursive: true });
  return {
    main: join(root, name, 'main.ts'),
    plugins: join(root, name, 'plugins'),
    output: join(root, name, 'dist'),
  };
}

test('a program with a worker, a data file and a lazy part runs from the bundle alone', async () => {
  const places = sources('whole', {
    'main.ts': `import { Worker } from 'node:worker_threads';
      import { readFileSync } from 'node:fs';
      const { lazy } = await import('./deep/lazy.ts');
      const data: string = readFileSync(new URL('./deep/data.txt', import.meta.url), 'utf8');
      const worker = new Worker(new URL('./deep/worker.ts', import.meta.url));
      worker.on('message', (message: string) => console.log(lazy, data, message));`,
    'deep/lazy.ts': `export const lazy: string = 'lazy';`,
    'deep/data.txt': 'data',
    'deep/shared.ts': `export const shared: string = 'worker';`,
    'deep/worker.ts': `import { parentPort } from 'node:worker_threads';
      import { shared } from './shared.ts';
      parentPort?.postMessage(shared);`,
  });
  await buildProgram(places);
  for (const file of ['main.ts', 'deep']) rmSync(join(root, 'whole', file), { recursive: true });
  const output = execFileSync(process.execPath, [join(places.output, 'main.js')], {
    encoding: 'utf8',
  });
  assert.equal(output, 'lazy data worker\n');
  assert.ok(!readdirSync(places.output).some((name) => name.endsWith('.map')));
});

test('a plugin is bundled with its manifest, whose entry is then the bundled handler', async () => {
  const places = sources('plugin', {
    'plugins/clock/manifest.yaml':
      'name: clock\nversion: 1.0.0\nframework_version: ^0.1.0\ndescription: Ticks.\n' +
      'entry: src/handler.ts\nruntime: node\n',
    'plugins/clock/README.md': '# Clock\n',
    'plugins/clock/src/handler.ts': `import { word } from './word.ts'; console.log(word);`,
    'plugins/clock/src/word.ts': `export const word: string = 'tick';`,
    'plugins/unfinished/package.json': '{}',
  });
  await buildProgram(places);
  const folder = join(places.output, 'plugins', 'clock');
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  assert.partialDeepStrictEqual(manifest, {
    entry: 'handler.js',
    permissions: {
      network: [],
      files: { read: [], write: [] },
      environment: [],
      devices: [],
      processes: false,
    },
  });
  assert.ok(existsSync(join(folder, 'README.md')));
  const output = execFileSync(process.execPath, [join(folder, 'handler.js')], { encoding: 'utf8' });
  assert.equal(output, 'tick\n');
  assert.deepEqual(readdirSync(join(places.output, 'plugins')), ['clock']);
});

test('a build that fails leaves the last one in place', async () => {
  const places = sources('broken', { 'main.ts': `export const value: number = 1;` });
  await buildProgram(places);
  sources('broken', { 'main.ts': `import 'package-that-is-not-installed';` });
  await assert.rejects(buildProgram(places), /package-that-is-not-installed/);
  assert.ok(existsSync(join(places.output, 'main.js')));
});
