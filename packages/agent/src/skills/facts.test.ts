import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configuration } from '@opencomputer/contracts';
import type { InstalledIntent } from '@opencomputer/contracts/internal';
import { abilitiesOf, settingsOf } from './facts.ts';

const intent = (examples: string[], when: 'always' | 'no-model'): InstalledIntent => ({
  plugin: 'p',
  aliases: [],
  declaration: {
    name: 'note.create',
    tool: 't',
    description: 'Write a note',
    examples,
    slots: {},
    arguments: {},
    when,
  },
});

test('an ability is told with something that a person can say as it stands', () => {
  const lines = abilitiesOf([
    intent(['note {text}', 'note buy milk'], 'always'),
    intent(['hello there'], 'no-model'),
  ]);
  assert.deepEqual(lines, ['Write a note: "note buy milk"']);
});

test('settings never show a key', () => {
  const parsed = configuration.parse({
    models: [{ provider: 'openai', model: 'm', key: 'sk-secret' }],
  });
  const settings = settingsOf(parsed, { model: 'm', directory: '/data' });
  assert.ok(!JSON.stringify(settings).includes('sk-secret'));
  assert.ok(settings.some(([name, value]) => name === 'models' && value === 'm'));
});
