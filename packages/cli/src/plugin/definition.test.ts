import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pluginCommands } from './definition.ts';
import { languages } from './languages.ts';

test('the help of a new plugin names every language, the default first', () => {
  const made = pluginCommands.subcommands?.find(({ name }) => name === 'new');
  const [, help = ''] = made?.options?.find(([flags]) => flags.startsWith('--language')) ?? [];
  for (const { name } of languages) assert.ok(help.includes(name), name);
  assert.ok(help.startsWith(`${languages[0].name} (the default)`));
});
