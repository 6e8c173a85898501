import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallContext, ToolOutcome } from '@opencomputer/contracts';
import { assistantSkill } from './assistant-skill.ts';
import type { AssistantFacts } from './assistant-skill.ts';

const context = {} as CallContext;
const facts: AssistantFacts = {
  search: (query) =>
    query === 'page' ? [{ name: 'web_fetch', description: 'Fetch a page.', plugin: 'web' }] : [],
  abilities: () => ['reminders: "remind me …"'],
  settings: () => [['time zone', 'UTC']],
  modelConnected: () => false,
};

async function call(tool: string, input: Readonly<Record<string, string>>): Promise<ToolOutcome> {
  const outcome = await assistantSkill(facts)[tool]?.(input, context);
  assert.ok(outcome);
  return outcome;
}

test('a search names the tools it found, for the person and for the offer', async () => {
  const found = await call('tool_search', { query: 'page' });
  assert.deepEqual(found, {
    status: 'done',
    text: '- web_fetch: Fetch a page.',
    data: { tools: ['web_fetch'] },
  });
  assert.equal((await call('tool_search', { query: 'zzz' })).status, 'refused');
});

test('help tells what works without a model and how to connect one', async () => {
  const { text } = await call('help_show', {});
  assert.match(text, /remind me/);
  assert.match(text, /agent init/);
});

test('small talk is answered in kind', async () => {
  for (const [said, expected] of [
    ['hi', /Hello/],
    ['thanks a lot', /welcome/],
    ['good night', /Bye/],
    ['how are you?', /well/],
  ] as const) {
    assert.match((await call('greeting_reply', { text: said })).text, expected);
  }
});
