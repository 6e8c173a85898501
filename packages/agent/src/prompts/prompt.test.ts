import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '@opencomputer/contracts';
import type { InstalledTool } from '@opencomputer/contracts/internal';
import { createStamp, foundToolsMax, offerTools, renderPrompt, systemTemplate } from './prompt.ts';

function tool(name: string, always = false): InstalledTool {
  return {
    plugin: 'p',
    tier: 'official',
    declaration: {
      name,
      description: `Does ${name}.`,
      input: { type: 'object' },
      effect: 'read',
      reach: 'own',
      sinks: [],
      idempotent: true,
      timeoutMs: 1_000,
      always,
    },
  };
}

const search = (tools: readonly string[]): Message => ({
  role: 'tool',
  callId: 'c',
  tool: 'tool_search',
  outcome: { status: 'done', text: 'found', data: { tools } },
});

const names = (messages: readonly Message[], tools: readonly InstalledTool[]): readonly string[] =>
  offerTools(tools, messages).map(({ name }) => name);

test('the prompt is filled by name and keeps what it does not know', () => {
  assert.equal(renderPrompt('{a} {b}', { a: '1' }), '1 {b}');
  assert.equal(renderPrompt('{constructor}', {}), '{constructor}');
  assert.ok(systemTemplate.length < 900, `${systemTemplate.length} characters`);
});

test('a stamp that is asked for again is the same, however many minutes were asked for', () => {
  const stamp = createStamp('Europe/Berlin');
  const start = Date.UTC(2026, 10, 23, 8, 12);
  for (let minute = 0; minute < 2_100; minute += 1) stamp(start + minute * 60_000);
  assert.equal(stamp(start), 'Mon 2026-11-23 09:12 Europe/Berlin');
  assert.equal(stamp(start + 59_999), 'Mon 2026-11-23 09:12 Europe/Berlin');
  assert.equal(stamp(start + 60_000), 'Mon 2026-11-23 09:13 Europe/Berlin');
});

test('a stamp is the local time with its zone, also on the day the clocks change', () => {
  const stamp = createStamp('Europe/Berlin');
  assert.equal(stamp(Date.UTC(2026, 10, 23, 8, 12)), 'Mon 2026-11-23 09:12 Europe/Berlin');
  assert.equal(stamp(Date.UTC(2026, 2, 29, 0, 59)), 'Sun 2026-03-29 01:59 Europe/Berlin');
  assert.equal(stamp(Date.UTC(2026, 2, 29, 1, 0)), 'Sun 2026-03-29 03:00 Europe/Berlin');
  assert.equal(createStamp('UTC')(Date.UTC(2026, 0, 1)), 'Thu 2026-01-01 00:00 UTC');
});

test('a tool is offered always or after a search found it, in a stable order', () => {
  const tools = [tool('b'), tool('a', true), tool('c')];
  assert.deepEqual(names([], tools), ['a']);
  assert.deepEqual(names([search(['c', 'b'])], tools), ['a', 'c', 'b']);
  assert.deepEqual(names([search(['c', 'b']), search(['b', 'nope', 'a'])], tools), ['a', 'c', 'b']);
});

test('only so many found tools are offered, the newest ones', () => {
  const tools = Array.from({ length: 30 }, (_, index) => tool(`t${index}`));
  const offered = names([search(tools.map(({ declaration }) => declaration.name))], tools);
  assert.equal(offered.length, foundToolsMax);
  assert.equal(offered.at(-1), 't29');
});

test('a result that only claims to be a search adds nothing', () => {
  const other: Message = {
    role: 'tool',
    callId: 'c',
    tool: 'web_fetch',
    outcome: { status: 'done', text: '', data: { tools: ['b'] } },
  };
  assert.deepEqual(names([other], [tool('b')]), []);
});
