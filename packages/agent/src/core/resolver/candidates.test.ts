import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstalledIntent } from '@opencomputer/contracts/internal';
import { namedIn, rankCandidates, tieDistance } from './candidates.ts';

function intent(plugin: string, aliases: readonly string[] = []): InstalledIntent {
  return {
    plugin,
    aliases,
    declaration: {
      name: 'calendar.create',
      tool: `${plugin.replaceAll('-', '_')}_create`,
      description: 'Put an event into the calendar',
      examples: [],
      slots: { title: { type: 'text', required: true, ask: 'What is it?', after: [] } },
      arguments: {},
      when: 'always',
    },
  };
}

const home = intent('calendar', ['personal calendar']);
const work = intent('acme-calendar', ['work calendar', 'acme']);

test('a plugin named by its alias wins by far', () => {
  const [best, second] = rankCandidates([home, work], 'put lunch on my work calendar', {});
  assert.equal(best?.plugin, 'acme-calendar');
  assert.ok((best?.score ?? 0) - (second?.score ?? 0) > tieDistance);
  assert.match(best?.reason ?? '', /"work calendar" is named/);
});

test('the noun of the intent itself names nobody', () => {
  assert.equal(namedIn('put lunch in my calendar', home), undefined);
  const [best, second] = rankCandidates([home, work], 'put lunch in my calendar', {});
  assert.ok((best?.score ?? 0) - (second?.score ?? 0) < tieDistance);
});

test('an alias is found as whole words only, with its possessive', () => {
  assert.equal(namedIn("in Acme's book", work), 'acme');
  assert.equal(namedIn('in acmeology', work), undefined);
});

test('a bare name must say the place', () => {
  for (const text of ['add lunch in acme', 'acme: lunch at 1', 'put it on acme tomorrow']) {
    assert.equal(namedIn(text, work), 'acme', text);
  }
  for (const text of ['lunch with Acme on friday', 'discuss the Acme merger', 'a trip to Acme']) {
    assert.equal(namedIn(text, work), undefined, text);
  }
});

test('whose calendar it is names it in other nouns too, a place does not', () => {
  assert.equal(namedIn('put lunch in my personal cal', home), 'personal cal');
  assert.equal(namedIn('put lunch in the personal one', home), 'the personal one');
  for (const text of ['a personal meeting', 'a meeting at home', 'something personal at one']) {
    assert.equal(namedIn(text, home), undefined, text);
  }
});

test('a name that is denied names nobody', () => {
  for (const text of ['add it to my non-work calendar', 'not my work calendar, please']) {
    assert.equal(namedIn(text, work), undefined, text);
  }
  assert.equal(namedIn('not urgent: put it on my work calendar', work), 'work calendar');
});

test('what worked before breaks a tie', () => {
  const [best] = rankCandidates([home, work], 'lunch tomorrow', { 'acme-calendar': 0.9 });
  assert.equal(best?.plugin, 'acme-calendar');
});
