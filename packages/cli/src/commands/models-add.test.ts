import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { OptionValues } from '../definitions.ts';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { environment, piped, testContext } from '../fixtures/surroundings.ts';
import { addModel } from './models-add.ts';

let folder = '';
let file = '';
let model = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'models-add-'));
  file = join(folder, 'config.yaml');
  model = join(folder, 'a small one.gguf');
  writeFileSync(model, 'GGUF and more');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Installs whatever it is asked for, and keeps what that was. */
function npm(exitCode = 0) {
  const asked: (readonly string[])[] = [];
  const run = (place: string, words: readonly string[]) => {
    asked.push(words);
    for (const word of words.slice(1).filter((each) => !each.startsWith('--'))) {
      const name = word.replace(/(.)@[^@/]*$/, '$1');
      mkdirSync(join(place, 'node_modules', name), { recursive: true });
      writeFileSync(join(place, 'node_modules', name, 'package.json'), '{}');
    }
    return Promise.resolve(exitCode);
  };
  return { asked, run };
}

async function add(
  operands: readonly string[],
  options: OptionValues = {},
  rest: { input?: string; isPiped?: boolean; run?: ReturnType<typeof npm>['run'] } = {},
) {
  const variables = { OPENCOMPUTER_CONFIG: file, OPENCOMPUTER_HOME: folder, MY_KEY: 'k' };
  const context = testContext({
    agent: doorTo(fakeService()),
    environment: environment({
      ...(rest.isPiped ? piped : {}),
      variables,
      homeFolder: folder,
      workingFolder: folder,
    }),
    input: rest.input ?? '',
  });
  const { run = npm().run } = rest;
  const exitCode = await addModel(context, { operands, options, run, architecture: 'x64' });
  return { exitCode, output: context.output.text(), error: context.error.text() };
}

const saved = () => readFileSync(file, 'utf8');

test('models are added at the end, or first, and comments of the file stay', async () => {
  writeFileSync(file, '# mine\nmodels:\n  # the good one\n  - provider: openai\n    model: one\n');
  const second = await add(['openai-compatible', 'two'], { url: 'http://127.0.0.1:1234/v1' });
  assert.match(second.output, /: two \(openai-compatible\) is fallback number 1\.\n/);
  assert.match(saved(), /^# mine\nmodels:\n +# the good one\n[^]*url: http:\/\/127/);
  const first = await add(['anthropic', 'three'], { first: true, keyVariable: 'MY_KEY' });
  assert.match(first.output, /three \(anthropic\) answers first\.\n/);
  assert.doesNotMatch(first.output, /is not set/);
  assert.deepEqual(saved().match(/model: \w+/g), ['model: three', 'model: one', 'model: two']);
});

test('a model that is there already is renewed in its place, and keeps what was set by hand', async () => {
  writeFileSync(file, 'models:\n  - { provider: openai, model: one, contextTokens: 9000 }\n');
  await add(['openai', 'two']);
  const { output } = await add(['openai', 'one'], { keyVariable: 'OTHER_KEY' });
  assert.match(output, /one \(openai\) answers first\.\nOTHER_KEY is not set here/);
  assert.match(saved(), /contextTokens: 9000/);
  assert.match(saved(), /keyVariable: OTHER_KEY/);
  assert.equal(saved().match(/model: /g)?.length, 2);
});

test('what is wrong is told by the word that was typed, and changes nothing', async () => {
  const wrong = (operands: string[], option: string, options: OptionValues = {}) =>
    assert.rejects(add(operands, options), (error: Error) => {
      assert.equal((error as { code?: string }).code, 'OPTION_INVALID');
      assert.match(error.message, new RegExp(`^Option ${option}: `));
      return true;
    });
  await wrong(['acme', 'm'], 'acme');
  await wrong(['openai'], 'openai');
  await wrong(['openai', 'm'], '--url', { url: 'nowhere' });
  await wrong(['openai', 'm'], '--key-variable', { keyVariable: 'sk-1 2' });
  await wrong([model], '--url', { url: 'http://h' });
  await wrong([model], '--key-variable', { keyVariable: 'K' });
  await wrong(['absent.gguf'], '.*absent.gguf');
  writeFileSync(join(folder, 'page.gguf'), '<html>');
  await wrong(['page.gguf'], '.*page.gguf');
  assert.throws(saved, { code: 'ENOENT' });
});

test('a model file is named by its address, wherever it was typed from', async () => {
  for (const typed of [model, 'a small one.gguf', '~/a small one.gguf']) {
    await add([typed], { yes: true });
    assert.match(saved(), /provider: llama\n +model: a small one\n/, typed);
    assert.ok(saved().includes(`url: ${pathToFileURL(model).href}\n`), typed);
    rmSync(file);
  }
});

test('the package of a model file is installed after a yes, once, without its scripts', async () => {
  const { run, asked } = npm();
  const { exitCode, error } = await add([model], {}, { run, input: 'y\n' });
  assert.equal(exitCode, 0);
  assert.match(error, /node-llama-cpp is not installed[^]*npm install [^]*\[y\/N\] $/);
  await add([model], {}, { run });
  assert.equal(asked.length, 1);
  const [words = []] = asked;
  assert.ok(words.includes('--ignore-scripts') && words.includes('--omit=optional'));
  assert.match(words.join(' '), / node-llama-cpp@\S+ @node-llama-cpp\/linux-x64@\S+$/);
});

test('without a yes nothing is installed and nothing is written', async () => {
  const { run, asked } = npm();
  for (const input of ['n\n', '\n', '']) {
    const { exitCode, error } = await add([model], {}, { run, input });
    assert.equal(exitCode, 3);
    assert.match(error, /Nothing was changed\.\n$/);
  }
  assert.deepEqual(asked, []);
  assert.throws(saved, { code: 'ENOENT' });
});

test('without a terminal it says what to pass or to run', async () => {
  const { run, asked } = npm();
  const adding = add([model], {}, { run, isPiped: true });
  await assert.rejects(adding, (error: Error) => {
    const { code, details } = error as { code?: string; details?: { remedy?: string } };
    assert.equal(code, 'TERMINAL_MISSING');
    assert.match(details?.remedy ?? '', /pass --yes, or run `npm install [^`]*--prefix [^`]+`/);
    return true;
  });
  assert.deepEqual(asked, []);
  await add([model], { yes: true }, { run, isPiped: true });
  assert.equal(asked.length, 1);
});

test('an installation that fails leaves the configuration as it was', async () => {
  await assert.rejects(add([model], { yes: true }, { run: npm(1).run }), {
    code: 'MODEL_UNREACHABLE',
    message: /npm ended with code 1/,
  });
  assert.throws(saved, { code: 'ENOENT' });
});

test('a provider of a package needs that package', async () => {
  const { run, asked } = npm();
  await add(['package:@acme/provider', 'm'], { yes: true }, { run });
  assert.equal(asked[0]?.at(-1), '@acme/provider');
  assert.match(saved(), /provider: package:@acme\/provider\n/);
});
