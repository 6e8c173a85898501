import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { author, workFolder } from './fixtures/author.ts';
import { pluginKeygen, pluginSign } from './key-command.ts';
import { pluginSearch } from './search-command.ts';

/** Serves the files of a folder below `/`. */
async function serveFolder(t: TestContext, folder: string): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    try {
      response.end(readFileSync(join(folder, url)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('the signed index of a registry is searched; an altered one is refused', async (t) => {
  const folder = workFolder(t);
  const url = await serveFolder(t, folder);
  const keys: string[] = [];
  for (const file of ['root.key', 'index.key']) {
    const made = author(folder);
    await pluginKeygen(made, [file], { json: true });
    keys.push((JSON.parse(made.output.text()) as { publicKey: string }).publicKey);
  }
  const [rootKey = '', indexKey = ''] = keys;
  const expires = new Date(Date.now() + 86_400_000).toISOString();
  const sign = async (file: string, content: object, key: string): Promise<void> => {
    writeFileSync(
      join(folder, 'unsigned'),
      JSON.stringify({ ...content, format: 1, version: 1, expires }),
    );
    assert.equal(await pluginSign(author(folder), ['unsigned'], { key: [key], output: file }), 0);
  };
  const role = (key: string): object => ({ keys: [key], threshold: 1 });
  const roles = { root: role(rootKey), index: role(indexKey) };
  await sign('1.root.json', { type: 'opencomputer-registry-root', roles }, 'root.key');
  const release = {
    version: '1.0.0',
    reference: `registry.example/calendar@sha256:${'1'.repeat(64)}`,
    publisher: 'a'.repeat(64),
    tier: 'community',
    framework_version: '*',
    state: 'listed',
    reviews: { count: 3, rating: 4.5 },
  };
  const plugins = [{ name: 'calendar', description: 'Dates\u001b[31m', releases: [release] }];
  await sign('index.json', { type: 'opencomputer-registry-index', plugins }, 'index.key');

  const context = author(folder);
  const environment = {
    ...context.environment,
    configurationFile: join(folder, 'config.yaml'),
    dataDirectory: join(folder, 'data'),
  };
  writeFileSync(
    environment.configurationFile,
    JSON.stringify({ registries: [{ url, keys: [rootKey] }] }),
  );
  const search = (words: string[], options = {}): Promise<number> =>
    pluginSearch({ ...context, environment }, words, options);
  assert.equal(await search(['dates']), 0, context.error.text());
  assert.match(context.output.text(), /^calendar 1\.0\.0 \(community, 4\.5 of 5 by 3\): Dates/);
  assert.ok(!context.output.text().includes('\u001b'));
  assert.equal(await search(['mail']), 1);
  writeFileSync(join(folder, 'index.json'), readFileSync(join(folder, '1.root.json')));
  await assert.rejects(search(['dates']), { code: 'PLUGIN_INDEX' });
});

test('without a registry it says where one is configured', async (t) => {
  const context = author(workFolder(t));
  assert.equal(await pluginSearch(context, ['x'], {}), 1);
  assert.match(context.error.text(), /registries/);
});
