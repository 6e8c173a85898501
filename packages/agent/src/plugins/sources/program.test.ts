import assert from 'node:assert/strict';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { startWorkshop } from './fixtures/workshop.ts';
import type { Workshop } from './fixtures/workshop.ts';
import type { FetchContext } from './ports.ts';
import { folderBytes, runProgram } from './program.ts';

let shop: Workshop;
before(async () => {
  shop = await startWorkshop();
});
after(() => shop.close());

function node(script: string, context: FetchContext, outputFile?: string): Promise<string> {
  return runProgram(
    {
      command: process.execPath,
      arguments: ['-e', script],
      directory: context.work,
      environment: { GIVEN: 'given' },
      install: 'install it',
      ...(outputFile === undefined ? {} : { outputFile }),
    },
    context,
  );
}

it('gives the output, and only the environment that was given', async () => {
  const context = await shop.context();
  process.env['OUTER_SECRET'] = 'secret';
  try {
    const names = await node('console.log(Object.keys(process.env).sort().join())', context);
    assert.equal(names.trim(), 'GIVEN,HOME,LC_ALL,PATH');
  } finally {
    delete process.env['OUTER_SECRET'];
  }
  assert.equal((await node('console.log(process.env.HOME)', context)).trim(), context.work);
  const file = join(context.work, 'output');
  assert.equal(await node('console.log("text")', context, file), '');
  assert.equal(await readFile(file, 'utf8'), 'text\n');
});

it('says what it complained of, in one line', async () => {
  const context = await shop.context();
  const failing = node('console.error("one\\n\\x1b[31mtwo"); process.exit(3)', context);
  await assert.rejects(failing, /one \[31mtwo\.$/);
  await assert.rejects(node('process.exit(1)', context), /without a word/);
});

it('is ended when its time is up, with what it started', async () => {
  const clock = createFakeClock();
  const context = await shop.context({ programMsMax: 5_000 });
  const started = join(context.work, 'started');
  const script = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'],
    { stdio: 'inherit' }); require('fs').writeFileSync(${JSON.stringify(started)}, '');`;
  const running = node(script, { ...context, ports: { ...context.ports, clock } });
  const ended = assert.rejects(running, /took more than 5 s/);
  while (!(await isThere(started))) await new Promise((resolve) => setImmediate(resolve));
  clock.forward(5_001);
  // It resolves when the pipes are closed, so when the inner program is gone too.
  await ended;
});

it('is ended when it writes too much, or says too much', async () => {
  const context = await shop.context({ unpackedBytesMax: 10_000 });
  const file = JSON.stringify(join(context.work, 'large'));
  const script = `require('fs').writeFileSync(${file}, 'x'.repeat(30000)); setInterval(() => {}, 1000)`;
  await assert.rejects(node(script, context), /wrote more than 10000 bytes/);
  const other = await shop.context();
  const flood = 'for (;;) require("fs").writeSync(1, "x".repeat(1e6))';
  await assert.rejects(node(flood, other), /more output than is read/);
});

it('is ended when the caller cancels', async () => {
  const controller = new AbortController();
  const context = { ...(await shop.context()), signal: controller.signal };
  const running = node('setInterval(() => {}, 1000)', context);
  controller.abort();
  await assert.rejects(running, { code: 'TURN_CANCELLED' });
});

it('is named with what to install when it is missing', async () => {
  const context = await shop.context();
  const run = { command: 'no-such-program', arguments: [], directory: context.work };
  const missing = runProgram({ ...run, environment: {}, install: 'install it' }, context);
  await assert.rejects(missing, /no-such-program is not installed; install it/);
});

it('bytes of a folder are those of all its files', async () => {
  const { work } = await shop.context();
  await mkdir(join(work, 'a/b'), { recursive: true });
  await writeFile(join(work, 'a/one'), 'x'.repeat(10));
  await writeFile(join(work, 'a/b/two'), 'x'.repeat(5));
  assert.equal(await folderBytes(work), 15);
  assert.equal(await folderBytes(join(work, 'none')), 0);
});

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
