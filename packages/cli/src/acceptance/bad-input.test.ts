import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { openTestAgent, repository, temporaryFolder } from './fixtures/open-agent.ts';
import { run } from './fixtures/program.ts';
import type { Ended } from './fixtures/program.ts';

/** Names, sizes and bytes of everything in a folder, as one value to compare. */
function snapshotOf(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path, createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

/** One sentence and what to do, on one line, with the code; nothing else, and no stack. */
function assertSaid(ended: Ended, exitCode: number, code: string): void {
  assert.deepEqual([ended.code, ended.output], [exitCode, ''], ended.error);
  assert.match(ended.error, new RegExp(`^agent: [^\\n]+\\. [^\\n]+\\. \\[${code}\\]\\n$`));
}

const home = temporaryFolder({ after });
const data = join(home, 'data');

before(async () => {
  const { code, output, error } = await run(['remind me tomorrow at 9 to call Bob'], { home });
  assert.equal(code, 0, error);
  assert.match(output, /call Bob/);
});

/** Puts a file back as it was, however the test ends. */
function keeping(context: TestContext, file: string): Buffer {
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  context.after(() => writeFileSync(file, bytes, { mode: 0o600 }));
  return bytes;
}

/** Nothing was lost, and the directory works. */
async function assertWorks(): Promise<void> {
  const { code, output, error } = await run(['what are my reminders'], { home });
  assert.equal(code, 0, error);
  assert.match(output, /call Bob/);
}

test('an unknown command is said with the nearest known one', async () => {
  assertSaid(await run(['sesions'], { home }), 2, 'COMMAND_UNKNOWN');
});

test('a broken configuration is said with its file, line, key and what was expected', async (context) => {
  const file = join(data, 'config.yaml');
  keeping(context, file);
  const seen = snapshotOf(data);
  const broken: readonly (readonly [text: string, expected: RegExp])[] = [
    ['budget:\n  steps: many\n', /config\.yaml:2: budget\.steps: expected a whole number/],
    [
      'person:\n  name: Ann\n  timeZone: Mars\n',
      /config\.yaml:3: person\.timeZone: expected a time/,
    ],
    ['models:\n  - provider: openai\n    model: [\n', /config\.yaml:\d+: /],
    ['- a list\n', /config\.yaml:1: .*expected/],
    ['fastPath: "on"\nfastPath: "off"\n', /config\.yaml:2: /],
  ];
  for (const [text, expected] of broken) {
    writeFileSync(file, text);
    const ended = await run(['what are my reminders'], { home });
    assertSaid(ended, 2, 'CONFIG_(INVALID|UNREADABLE)');
    assert.match(ended.error, expected);
  }
  rmSync(file);
  assert.deepEqual(snapshotOf(data), seen);
});

test('an unknown key warns with its line and never stops a start', async (context) => {
  keeping(context, join(data, 'config.yaml'));
  writeFileSync(join(data, 'config.yaml'), 'person:\n  nmae: Ann\n');
  const { code, output, error } = await run(['what are my reminders'], { home });
  assert.equal(code, 0);
  assert.match(output, /call Bob/);
  assert.match(error, /config\.yaml:2: .*nmae.*did you mean/);
});

test('a data directory that cannot be used is said with the reason', async () => {
  const file = join(home, 'a file');
  writeFileSync(file, 'not a folder');
  const inFile = { OPENCOMPUTER_HOME: join(file, 'data') };
  // The configuration lies in the same folder and is read first.
  const nowhere = await run(['hello'], { home, environment: inFile });
  assertSaid(nowhere, 2, 'CONFIG_UNREADABLE');
  assert.match(nowhere.error, /a part of its path is not a folder/);

  const foreign = join(home, 'foreign');
  mkdirSync(foreign, { mode: 0o700 });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(foreign, 12_345, 12_345);
  else chmodSync(foreign, 0o000);
  const ended = await run(['hello'], { home, environment: { OPENCOMPUTER_HOME: foreign } });
  assertSaid(ended, 5, 'STORE_UNREADABLE');
  assert.deepEqual(isRoot ? readdirSync(foreign) : [], []);
  if (!isRoot) chmodSync(foreign, 0o700);
});

test('a second process on the data is told who holds them, and the first goes on', async () => {
  const agent = await openTestAgent({ directory: data });
  try {
    const ended = await run(['what are my reminders'], { home });
    assertSaid(ended, 5, 'STORE_LOCKED');
    assert.match(ended.error, new RegExp(`process ${process.pid} `));
    assert.equal((await agent.query('status', {})).turnsRunning, 0);
  } finally {
    await agent.stop();
  }
  await assertWorks();
});

test('a damaged database is said, nothing of it is changed, and put back it works', async (context) => {
  const file = join(data, 'store.sqlite');
  const whole = keeping(context, file);
  const damages: Record<string, (bytes: Buffer) => Buffer> = {
    'its header': (bytes) => (bytes.fill(0x58, 0, 64), bytes),
    'its first pages': (bytes) => (bytes.fill(0, 100, 12_288), bytes),
    'its end': (bytes) => bytes.subarray(0, Math.trunc(bytes.length / 2) - 100),
    'all of it': (bytes) => bytes.fill(0xff),
  };
  for (const [what, damage] of Object.entries(damages)) {
    writeFileSync(file, damage(Buffer.from(whole)));
    const seen = snapshotOf(data);
    const ended = await run(['what are my reminders'], { home });
    assert.match(ended.error, /STORE_DAMAGED/, what);
    assertSaid(ended, 5, 'STORE_DAMAGED');
    assert.deepEqual(snapshotOf(data), seen, what);
  }
  writeFileSync(file, whole);
  await assertWorks();
});

test('a key file that is not the right one is said, and put back everything opens', async (context) => {
  const file = join(data, 'root.key');
  const key = keeping(context, file);
  const seen = snapshotOf(data);
  const wrong = [Buffer.from('nonsense'), Buffer.alloc(key.length, 7), Buffer.alloc(0)];
  for (const bytes of wrong) {
    writeFileSync(file, bytes);
    assertSaid(await run(['what are my reminders'], { home }), 5, 'ROOT_KEY_WRONG');
  }
  renameSync(file, join(home, 'root.key'));
  assertSaid(await run(['what are my reminders'], { home }), 5, 'ROOT_KEY_WRONG');
  assert.ok(!existsSync(file), 'no new key is made for old data');
  writeFileSync(file, key, { mode: 0o600 });
  assert.deepEqual(snapshotOf(data), seen);
  assert.equal(statSync(file).mode & 0o077, 0);
  await assertWorks();
});

test('without a terminal, what needs one says so, and an empty message is refused', async () => {
  assertSaid(await run(['init'], { home }), 3, 'TERMINAL_MISSING');
  assertSaid(await run([], { home }), 2, 'INPUT_EMPTY');
  assertSaid(await run(['run', '   '], { home }), 2, 'INPUT_EMPTY');
});

test('ten megabytes, and bytes that are no text, are refused before anything is written', async () => {
  const seen = snapshotOf(data);
  const large = await run(['sum it up'], { home, input: Buffer.alloc(10_000_000, 'x') });
  assertSaid(large, 2, 'INPUT_TOO_LARGE');
  assert.match(large.error, /10000000 bytes; at most 1000000/);
  const odd = await run(['sum it up'], { home, input: Buffer.from([0x61, 0xff, 0xfe]) });
  assertSaid(odd, 2, 'INPUT_ENCODING');
  const cut = await run(['sum it up'], { home, input: Buffer.from('grün').subarray(0, 3) });
  assertSaid(cut, 2, 'INPUT_ENCODING');
  assert.deepEqual(snapshotOf(data), seen);
  await assertWorks();
});

test('odd but valid text goes through whole', async () => {
  const text = 'note: a\u0000b \u202e\ud83d\udc4b\u{1F468}\u200d\u{1F469} e\u0301 \u001b[31mred';
  const { code, error } = await run([], { home, input: text });
  assert.equal(code, 0, error);
  await assertWorks();
});

test('a Node that is too old gets one sentence and exit code 1', () => {
  const program = join(repository, 'packages/cli/bin/agent.cjs');
  const old = `Object.defineProperty(process, 'versions', { value: { node: '20.1.0' } });`;
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    '-e',
    `${old} require(${JSON.stringify(program)})`,
  ]);
  assert.deepEqual([status, String(stdout)], [1, '']);
  assert.match(
    String(stderr),
    /^OpenComputer needs Node\.js 24 or newer; this is 20\.1\.0: [^\n]+\n$/,
  );
});
