import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock, ToolOutcome } from '@opencomputer/contracts';
import { probeManifest, probeProgram, startTestHost, systemClock } from './fixtures/harness.ts';
import type { TestHost } from './fixtures/harness.ts';
import type { TestContext } from 'node:test';

const tools = {
  echo: { effect: 'read' },
  process: { effect: 'read' },
  crash: {},
  segfault: {},
  spin: { effect: 'read', timeoutMs: 300 },
  silence: { timeoutMs: 300 },
  wait: { effect: 'read' },
  large: { effect: 'read' },
  garbage: { effect: 'read' },
  chatter: { effect: 'read' },
  flood: { effect: 'read' },
  memory: { effect: 'read' },
  log: { effect: 'read' },
};

function start(
  t: TestContext,
  options: { clock?: Clock; idleMs?: number } = {},
): Promise<TestHost> {
  const { clock = systemClock, idleMs = 60_000 } = options;
  const resources = { outputBytesMax: 100_000, memoryMb: 64, idleMs };
  const manifest = probeManifest(tools, { resources });
  return startTestHost(t, { clock, plugins: [probeProgram(manifest)] });
}

/** A clock whose time goes on by itself, and by leaps that the test makes. */
function leapingClock(): Clock & { leap(byMs: number): void } {
  let ahead = 0;
  return {
    ...systemClock,
    monotonic: () => systemClock.monotonic() + ahead,
    leap: (byMs) => {
      ahead += byMs;
    },
  };
}

const codeOf = (outcome: ToolOutcome): string =>
  outcome.status === 'failed' ? outcome.code : outcome.status;

test('one process answers calls side by side, and is started once', async (t) => {
  const { call, events } = await start(t);
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => call('process')));
  assert.equal(new Set(outcomes.map(({ text }) => text)).size, 1);
  assert.deepEqual(
    events.map(({ name }) => name),
    ['plugin-start'],
  );
});

test('a crash is the outcome of its call, and the next call finds a new process', async (t) => {
  const { call, observed } = await start(t);
  const first = await call('process');
  const outcome = await call('crash');
  assert.equal(outcome.status, 'unknown');
  assert.match((await observed('plugin-crash')).problem ?? '', /exit code 3: a last word/);
  const next = await call('process');
  assert.equal(next.status, 'done');
  assert.notEqual(next.text, first.text);
});

test('an interrupted call is unknown only where an effect may have happened', async (t) => {
  const manifest = probeManifest({
    crash: { effect: 'read' },
    segfault: { effect: 'write', idempotent: true },
    silence: { effect: 'send', timeoutMs: 300 },
  });
  const { call } = await startTestHost(t, { plugins: [probeProgram(manifest)] });
  assert.equal(codeOf(await call('crash')), 'PLUGIN_CRASHED');
  assert.equal(codeOf(await call('segfault')), 'PLUGIN_CRASHED');
  assert.equal(codeOf(await call('silence')), 'unknown');
});

test('a handler that spins ends with its time, and its process with the grace', async (t) => {
  const { call, observed } = await start(t);
  const before = performance.now();
  assert.equal(codeOf(await call('spin')), 'TOOL_TIMEOUT');
  assert.ok(performance.now() - before < 2_000);
  assert.match((await observed('plugin-crash')).problem ?? '', /SIGKILL/);
  assert.equal((await call('echo', { text: 'again' })).text, 'again');
});

test('a handler that never answers is cut off, and so is one that ignores the cancellation', async (t) => {
  const { call, observed } = await start(t);
  assert.equal(codeOf(await call('silence')), 'unknown');
  assert.match((await observed('plugin-crash')).problem ?? '', /SIGKILL/);
});

test('a cancelled call ends at once; a handler that stops keeps its process', async (t) => {
  const { call, events } = await start(t);
  const first = await call('process');
  const controller = new AbortController();
  const waiting = call('wait', {}, { signal: controller.signal });
  controller.abort();
  assert.equal(codeOf(await waiting), 'TURN_CANCELLED');
  const aborted = await call('echo', { text: 'x' }, { signal: AbortSignal.abort() });
  assert.equal(codeOf(aborted), 'TURN_CANCELLED');
  assert.deepEqual(await call('process'), first);
  assert.deepEqual(
    events.map(({ name }) => name),
    ['plugin-start'],
  );
});

test('an answer up to the limit passes, a longer one fails its call only', async (t) => {
  const { call, events } = await start(t);
  assert.equal((await call('large', { text: '100000' })).text.length, 100_000);
  assert.equal(codeOf(await call('large', { text: '100001' })), 'TOOL_OUTPUT_TOO_LARGE');
  assert.equal(codeOf(await call('large', { text: '20000000' })), 'TOOL_OUTPUT_TOO_LARGE');
  assert.equal((await call('echo', { text: 'still there' })).text, 'still there');
  assert.equal(events.length, 1);
});

test('stray lines are ignored; a stream of garbage or one endless line ends the plugin', async (t) => {
  const { call } = await start(t);
  assert.equal((await call('chatter', { text: 'answer' })).text, 'answer');
  assert.equal(codeOf(await call('garbage')), 'PLUGIN_CRASHED');
  assert.equal(codeOf(await call('flood')), 'PLUGIN_CRASHED');
  assert.equal((await call('echo', { text: 'again' })).text, 'again');
});

test('a plugin that takes more memory than declared crashes alone', async (t) => {
  const { call } = await start(t);
  assert.equal(codeOf(await call('memory')), 'PLUGIN_CRASHED');
  assert.equal((await call('echo', { text: 'again' })).text, 'again');
});

test('the log of a plugin is kept to its end and within its bound', async (t) => {
  const { call, host } = await start(t);
  assert.equal((await call('log')).text, 'logged');
  const log = host.log('probe');
  assert.ok(log.length <= 64_000 && log.length > 0);
});

test('an idle plugin is stopped and started again by the next call', async (t) => {
  const { call, observed, host } = await start(t, { idleMs: 1_000 });
  const first = await call('process');
  assert.equal(host.describe()[0]?.state, 'running');
  await observed('plugin-stop');
  assert.equal(host.describe()[0]?.state, 'idle');
  assert.notEqual((await call('process')).text, first.text);
});

test('after five crashes in ten minutes a plugin is refused for ten minutes', async (t) => {
  const clock = leapingClock();
  const { call, events } = await start(t, { clock });
  for (let count = 0; count < 5; count += 1) {
    clock.leap(10_000);
    await call('crash');
  }
  const refused = await call('echo', { text: 'x' });
  assert.equal(codeOf(refused), 'PLUGIN_CRASHED');
  assert.match(refused.text, /stopped: 5 times; it is paused for 10 min/);
  assert.equal(events.filter(({ name }) => name === 'plugin-pause').length, 1);
  clock.leap(600_001);
  assert.equal((await call('echo', { text: 'back' })).text, 'back');
});

test('crashes further apart than ten minutes do not pause a plugin', async (t) => {
  const clock = leapingClock();
  const { call } = await start(t, { clock });
  for (let count = 0; count < 6; count += 1) {
    clock.leap(300_000);
    assert.equal((await call('crash')).status, 'unknown');
  }
  assert.equal((await call('echo', { text: 'x' })).text, 'x');
});

test('a program that cannot be started is a failure that says so', async (t) => {
  const program = probeProgram(probeManifest(tools));
  const { call } = await startTestHost(t, {
    plugins: [{ ...program, entry: `${program.entry}.missing` }],
  });
  assert.equal(codeOf(await call('echo', { text: 'x' })), 'PLUGIN_START');
});
