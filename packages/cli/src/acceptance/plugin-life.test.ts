import assert from 'node:assert/strict';
import { chmodSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './fixtures/open-agent.ts';
import { run, serveDaemon } from './fixtures/program.ts';
import type { Ended } from './fixtures/program.ts';

/** Runs a command that must end with this exit code. */
type Agent = (words: readonly string[], code?: number, input?: string) => Promise<Ended>;

async function authored(context: TestContext): Promise<{ home: string; agent: Agent }> {
  const home = temporaryFolder(context);
  const agent: Agent = async (words, code = 0, input = '') => {
    const ended = await run(words, { home, input });
    assert.equal(ended.code, code, `${words.join(' ')}: ${ended.output}${ended.error}`);
    return ended;
  };
  await agent(['plugin', 'new', '--name=hello-world', '--language=node']);
  return { home, agent };
}

/** The author's next version: other words, another version, and perhaps more rights. */
function release(home: string, changes: { from: string; to: string; rights?: string }): void {
  const { from, to, rights } = changes;
  const change = (file: string, text: string, other: string): void => {
    const path = join(home, 'hello-world', file);
    const before = readFileSync(path, 'utf8');
    assert.ok(before.includes(text), `${file} has ${text}`);
    writeFileSync(path, before.replace(text, other));
  };
  change('manifest.yaml', `version: ${from}`, `version: ${to}`);
  change('handler.js', 'Hello, ', 'Good day, ');
  if (rights !== undefined) change('manifest.yaml', 'permissions: {}', `permissions: ${rights}`);
}

test('a plugin is added, used, updated after a yes to more rights, rolled back and removed', async (context) => {
  const { home, agent } = await authored(context);
  const added = await agent(['plugin', 'add', './hello-world']);
  assert.match(added.output, /hello_world_greet \(read\)/);
  assert.match(added.output, /It may touch nothing but its own storage\.\nInstalled hello-world/);
  assert.match((await agent(['greet Ada'])).output, /Hello, Ada!/);

  release(home, { from: '0.1.0', to: '0.2.0', rights: '{ network: [example.org] }' });
  const asked = await agent(['plugin', 'update', 'hello-world', '--now'], 3);
  assert.match(asked.output, /It asks for more:\n {2}connect to example\.org/);
  assert.match(asked.error, /\[PLUGIN_CONSENT\]/);
  assert.match((await agent(['greet Ada'])).output, /Hello, Ada!/);
  await agent(['plugin', 'update', 'hello-world', '--now', '--yes']);
  const [listed] = JSON.parse((await agent(['plugin', 'list', '--json'])).output) as [object];
  assert.partialDeepStrictEqual(listed, { version: '0.2.0', previous: [{ version: '0.1.0' }] });

  assert.match((await agent(['plugin', 'rollback', 'hello-world'])).output, /at 0\.1\.0 again/);
  assert.match((await agent(['greet Ada'])).output, /Hello, Ada!/);
  await agent(['plugin', 'disable', 'hello-world']);
  assert.doesNotMatch((await agent(['plugins'])).output, /hello_world_greet/);
  await agent(['plugin', 'remove', 'hello-world']);
  assert.match((await agent(['plugin', 'list'])).output, /^No plugin was installed/);
  assert.deepEqual(readdirSync(join(home, 'data', 'plugin-code')), []);
  await agent(['plugin', 'info', 'hello-world'], 2);
});

test('a daemon takes up a plugin and its next version while it runs, and counts its calls', async (context) => {
  const { home, agent } = await authored(context);
  const daemon = await serveDaemon(context, { home });
  assert.doesNotMatch((await daemon.send('greet Ada')).body, /Hello, Ada!/);
  await agent(['plugin', 'add', './hello-world']);
  assert.match((await daemon.send('greet Ada')).body, /Hello, Ada!/);
  release(home, { from: '0.1.0', to: '0.2.0' });
  await agent(['plugin', 'update', '--all', '--now']);
  assert.match((await daemon.send('greet Ada')).body, /Good day, Ada!/);
  const counts = await daemon.metrics();
  assert.match(
    counts,
    /plugin_calls_total\{plugin="hello-world",version="0\.1\.0",status="done"\} 1/,
  );
  assert.match(
    counts,
    /plugin_calls_total\{plugin="hello-world",version="0\.2\.0",status="done"\} 1/,
  );
  assert.match(counts, /plugin_success_rate\{plugin="hello-world"\} 1\n/);
  daemon.signal('SIGTERM');
  await daemon.ended;
});

test('altered code does not run, and doctor and verify say whose it is', async (context) => {
  const { home, agent } = await authored(context);
  await agent(['plugin', 'add', './hello-world']);
  const store = join(home, 'data', 'plugin-code');
  const [digest = ''] = readdirSync(store);
  const file = join(store, digest, 'handler.js');
  chmodSync(file, 0o644);
  writeFileSync(file, readFileSync(file, 'utf8').replace('Hello, ', 'Owned, '));
  assert.doesNotMatch((await run(['greet Ada'], { home })).output, /Owned/);
  assert.match((await agent(['plugin', 'verify'], 1)).output, /^hello-world: ALTERED/);
  assert.match(
    (await agent(['doctor'], 1)).output,
    /fail +plugin hello-world: its code was altered/,
  );
  await agent(['plugin', 'add', './hello-world']);
  assert.match((await agent(['greet Ada'])).output, /Hello, Ada!/);
  writeFileSync(join(home, 'data', 'plugins.lock.json'), '{');
  assert.match((await agent(['2 + 2'])).output, /4/);
  assert.match((await agent(['doctor'], 1)).output, /fail +.*plugins\.lock\.json is damaged/);
});
