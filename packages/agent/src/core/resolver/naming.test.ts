import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstalledIntent } from '@opencomputer/contracts/internal';
import { withoutNames } from './naming.ts';

function intent(plugin: string, aliases: readonly string[]): InstalledIntent {
  return {
    plugin,
    aliases,
    declaration: {
      name: 'calendar.create',
      tool: `${plugin}_create`,
      description: 'Put an event into the calendar',
      examples: [],
      slots: {},
      arguments: {},
      when: 'always',
    },
  };
}

const both = [
  intent('calendar', ['calendar', 'local calendar']),
  intent('acme', ['work calendar', 'acme']),
];

test('where an event goes is no part of it', () => {
  const expected: Record<string, string> = {
    'put lunch on my work calendar tomorrow': 'put lunch on my calendar tomorrow',
    'add lunch in Acme tomorrow at 1': 'add lunch in my calendar tomorrow at 1',
    "add lunch to Acme's calendar": 'add lunch to my calendar',
    'put lunch into the acme calendar': 'put lunch into my calendar',
    'work calendar: lunch at 1': 'lunch at 1',
    'in acme, add lunch at 1': 'in my calendar add lunch at 1',
    'add lunch to my local calendar': 'add lunch to my calendar',
  };
  for (const [text, plainer] of Object.entries(expected)) {
    const found = withoutNames(text, both);
    assert.equal(found?.common, plainer, text);
    assert.equal(found?.blank.length, text.length);
    assert.doesNotMatch(found?.blank ?? '', /acme|work|local/i);
  }
});

test('a name that is part of what is said stays', () => {
  for (const text of [
    'schedule lunch with Acme on friday',
    'add lunch to my calendar',
    'in acmeland',
  ]) {
    assert.equal(withoutNames(text, both), undefined, text);
  }
});

test('a plugin without a rival is not taken out', () => {
  assert.equal(withoutNames('add lunch to my work calendar', both.slice(1)), undefined);
});
