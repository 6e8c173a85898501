import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { VERSION } from './version.ts';

const home = mkdtempSync(join(tmpdir(), 'main-'));
after(() => rmSync(home, { recursive: true }));
const data = join(home, 'data');
mkdirSync(data, { mode: 0o700 });
const configuration = join(data, 'config.yaml');

interface Result {
  readonly code: number | null;
  readonly output: string;
  readonly error: string;
}

/** Runs a program of this folder without a terminal. */
const start = async (
  file: string,
  args: readonly string[],
  input: string | Buffer = '',
): Promise<Result> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    env: { PATH: process.env['PATH'], OPENCOMPUTER_HOME: data, HOME: home },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A program that refuses its input closes the pipe before all of it is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [output, error, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, output, error };
};

const agent = (args: readonly string[], input?: string | Buffer): Promise<Result> =>
  start(join('fixtures', 'scripted-agent.ts'), args, input);

test('the version is printed at once', async () => {
  const { code, output } = await start('main.ts', ['--version']);
  assert.deepEqual([code, output], [0, `${VERSION}\n`]);
});

test('the help names the commands and the exit codes', async () => {
  const { code, output, error } = await start('main.ts', ['--help']);
  assert.equal(code, 0);
  assert.match(output, /agent "question"[^]*sessions[^]*doctor[^]*Exit codes: 0 done/);
  assert.equal(error, '');
});

test('a mistyped command is one sentence with its code, and ends with 2', async () => {
  const { code, output, error } = await start('main.ts', ['sesions']);
  assert.deepEqual([code, output], [2, '']);
  assert.equal(
    error,
    'agent: Unknown command "sesions". Did you mean `agent sessions`? To ask it as a question: `agent run sesions`. [COMMAND_UNKNOWN]\n',
  );
});

test('a mistyped option is one sentence with its code, and ends with 2', async () => {
  const { code, error } = await agent(['run', '--jsn', 'hello there']);
  assert.equal(code, 2);
  assert.equal(
    error,
    'agent: Option --jsn: unknown option, did you mean --json. Run the command with --help. [OPTION_INVALID]\n',
  );
  const inner = await agent(['config', 'sett', 'a', 'b']);
  assert.equal(inner.code, 2);
  assert.match(inner.error, /^agent: .*\[(COMMAND_UNKNOWN|OPTION_INVALID)\]\n$/);
});

test('a question is answered once, as plain text in a pipe', async () => {
  const { code, output, error } = await agent(['hello there']);
  assert.deepEqual([code, output, error], [0, 'You said: hello there\n', '']);
});

test('a pipe is added to the question, and can be the question', async () => {
  const added = await agent(['what is this?'], 'line one\nline two\n');
  assert.equal(added.output, 'You said: what is this?\n\nline one\nline two\n');
  const alone = await agent([], 'only the pipe');
  assert.equal(alone.output, 'You said: only the pipe\n');
});

test('no message at all is refused', async () => {
  const { code, error } = await agent([], '');
  assert.equal(code, 2);
  assert.match(error, /^agent: There is no message\. .*\[INPUT_EMPTY\]\n$/);
});

test('ten megabytes are refused with both figures', async () => {
  const { code, output, error } = await agent(['sum it up, please'], Buffer.alloc(10_000_000, 'x'));
  assert.deepEqual([code, output], [2, '']);
  assert.match(
    error,
    /^agent: The message is 10000000 bytes; at most 1000000 are accepted\. .*\[INPUT_TOO_LARGE\]\n$/,
  );
});

test('bytes that are not UTF-8 are refused', async () => {
  const { code, error } = await agent(['sum it up, please'], Buffer.from([0x61, 0xff, 0x62]));
  assert.equal(code, 2);
  assert.match(error, /^agent: .*not valid UTF-8.*\[INPUT_ENCODING\]\n$/);
});

test('escapes of a model reach neither a pipe nor JSON', async () => {
  const plain = await agent(['run', 'hostile']);
  assert.equal(plain.output, 'beforeafter\n');
  const { output } = await agent(['run', '--json', 'hostile']);
  // oxlint-disable-next-line no-control-regex -- the escapes that must not be there
  assert.doesNotMatch(output, /[\u001b\u0080-\u009f\u202e]/);
  const result = JSON.parse(output) as { text: string };
  assert.equal(result.text, 'before\u001b[2J\u001b]0;owned\u0007\u009b31m\u202eafter');
});

test('the stream of a turn is a line of JSON for each part', async () => {
  const { code, output } = await agent(['run', '--stream-json', 'tools']);
  assert.equal(code, 0);
  const types = output
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
  assert.deepEqual(types.slice(0, 4), ['turn-start', 'model-start', 'tool-start', 'tool-start']);
  assert.equal(types.at(-1), 'turn-end');
});

test('each way to fail has its exit code', async () => {
  const broken = await agent(['run', 'broken']);
  assert.equal(broken.code, 1);
  assert.equal(broken.output, '');
  assert.match(broken.error, /^agent: gpt is rate limited\. .*\[MODEL_RATE_LIMITED\]\n$/);
  const denied = await agent(['run', 'approval']);
  assert.equal(denied.code, 3);
  assert.equal(denied.output, 'Left it alone: there is no terminal to ask.\n');
  const missing = await agent(['run', 'no model']);
  assert.equal(missing.code, 4);
  assert.equal(missing.output, '');
  assert.match(missing.error, /agent: No language model is connected\. .*\[MODEL_MISSING\]\n$/);
  const locked = await agent(['run', 'hello', '--locked']);
  assert.equal(locked.code, 5);
  assert.match(locked.error, /^agent: .*\/data is in use by process 7\..*\[STORE_LOCKED\]\n$/);
  const json = await agent(['run', '--json', 'hello', '--locked']);
  assert.equal((JSON.parse(json.output) as { error: { code: string } }).error.code, 'STORE_LOCKED');
});

test('the whole agent ends with 3 when policy refuses what nobody is there to allow', async () => {
  const { code, output, error } = await start('main.ts', ['run this python: print(1)']);
  assert.deepEqual([code, error], [3, '']);
  assert.match(output, /^Not allowed \(unattended\): [^\n]+\n$/);
});

test('a broken configuration is one sentence with its place, an unknown key only a warning', async () => {
  writeFileSync(configuration, 'budget:\n  steps: many\n');
  const broken = await agent(['hello there']);
  assert.equal(broken.code, 2);
  assert.equal(
    broken.error,
    `agent: ${configuration}:2: budget.steps: expected a whole number from 1 to 1000. Correct that line; \`agent config\` shows what is accepted. [CONFIG_INVALID]\n`,
  );
  writeFileSync(configuration, 'bugdet: {}\n');
  const warned = await agent(['hello there']);
  rmSync(configuration);
  assert.deepEqual([warned.code, warned.output], [0, 'You said: hello there\n']);
  assert.match(
    warned.error,
    /config\.yaml:1: the key "bugdet" is not known; did you mean "budget"\?/,
  );
});

test('a chat without a terminal says so instead of drawing into a file', async () => {
  const { code, error } = await agent(['init']);
  assert.equal(code, 3);
  assert.match(error, /^agent: .*\[TERMINAL_MISSING\]\n$/);
});

test('a stack trace is shown only when it is asked for', async () => {
  const { error } = await agent(['run', 'hello', '--locked', '--debug']);
  assert.match(error, /\[STORE_LOCKED\]\n.*AgentError[^]*\n\s+at /);
});
