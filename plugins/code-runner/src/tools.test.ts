import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import type { JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { runHandler } from '@opencomputer/plugin';
import { requirement } from '@opencomputer/testkit';
import { tools } from './tools.ts';

function run(input: JsonObject, signal?: AbortSignal): Promise<ToolOutcome> {
  const more = signal === undefined ? {} : { signal };
  return runHandler(tools, { tool: 'code_run', input, ...more });
}

async function text(language: string, code: string, stdin?: string): Promise<string> {
  const found = await run({ language, code, ...(stdin === undefined ? {} : { stdin }) });
  assert.equal(found.status, 'done', found.text);
  return found.text.replaceAll('```\n', '').replace(/\n```$/, '');
}

test('JavaScript runs, shows its output and then its last value', async () => {
  assert.equal(
    await text('javascript', 'console.log("a"); [1, 2].map((x) => x * 2)'),
    'a\n[ 2, 4 ]',
  );
  assert.equal(await text('js', 'import os from "node:os"; console.log(typeof os)'), 'object');
  assert.equal(await text('js', 'const x = await Promise.resolve(4); console.log(x)'), '4');
  assert.equal(await text('js', 'require("node:path").basename("/a/b")'), 'b');
});

test('shell code runs, with input', async () => {
  assert.equal(await text('shell', 'read name; echo "hello $name"', 'Ada\n'), 'hello Ada');
});

test('a failure is shown with its exit code', async () => {
  assert.match(await text('js', 'throw new Error("broken")'), /broken[^]*exit code 1\.$/);
  assert.match(await text('sh', 'exit 7'), /^It ended with exit code 7\.$/);
  assert.equal(await text('sh', 'true'), 'It ran, without output.');
});

test('code sees nothing of the process that runs it', async () => {
  const variables = await text('js', 'Object.keys(process.env).sort().join(" ")');
  assert.match(variables, /^HOME LANG NO_COLOR (?:OLDPWD )?PATH (?:PWD )?PYTHONIOENCODING TMPDIR/);
  assert.match(await text('sh', 'pwd'), /\/code-\w+$/);
});

test('nothing is left of a run', async () => {
  const before = await readdir(tmpdir());
  await text('sh', 'mkdir -p deep/er; echo x > deep/er/file; chmod 500 deep');
  const left = (await readdir(tmpdir())).filter((name) => name.startsWith('code-'));
  assert.deepEqual(
    left.filter((name) => !before.includes(name)),
    [],
  );
});

test('too much memory ends the run', async () => {
  const code = 'const all = []; for (;;) all.push(new Array(1e6).fill(Math.random()));';
  assert.match(await text('js', code), /heap out of memory[^]*exit code \d+\.$/);
  const buffers = 'const all = []; for (;;) all.push(Buffer.alloc(50e6, 1));';
  assert.match(await text('js', buffers), /allocat[^]*memory[^]*exit code 1\.$/i);
});

test('cancelled code is stopped', async () => {
  const found = await run({ language: 'sh', code: 'sleep 600' }, AbortSignal.abort());
  assert.notEqual(found.status, 'done');
});

test('languages that are not run and empty code are refused', async () => {
  const unknown = await run({ language: 'rust', code: 'fn main() {}' });
  assert.match(unknown.text, /Python, JavaScript and shell code, not rust/);
  for (const found of [unknown, await run({ language: 'js', code: ' ' })]) {
    assert.equal(found.status, 'refused');
  }
});

if (requirement('python') !== undefined) {
  test('Python runs, shows its output and then its last value', async () => {
    assert.equal(await text('python', 'print("a")\nsum(range(5))'), 'a\n10');
    assert.equal(await text('python', 'def f():\n  return 3\nf()'), '3');
    assert.equal(await text('python', 'x = 1'), 'It ran, without output.');
    assert.equal(await text('python', 'input()', 'hello\n'), "'hello'");
    assert.match(await text('python', '1/0'), /ZeroDivisionError[^]*exit code 1\.$/);
    assert.match(await text('python', 'if True print(1)'), /SyntaxError/);
  });

  test('too much memory ends Python code', async () => {
    assert.match(await text('python', 'x = bytearray(900_000_000)'), /MemoryError/);
  });

  test('code in a block needs no language beside it', async () => {
    const found = await run({ code: '```python\nprint(6 * 7)\n```' });
    assert.equal(found.text, '```\n42\n```');
  });
}
