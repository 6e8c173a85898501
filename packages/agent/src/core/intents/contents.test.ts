import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SlotDeclaration } from '@opencomputer/contracts';
import { learnContents } from './contents.ts';
import { planSlots } from './slots.ts';

const text: SlotDeclaration = { type: 'text', required: true, ask: '', after: [] };
const at: SlotDeclaration = { type: 'datetime', required: false, ask: '', after: [] };
const names = ['Ada', 'Bo', 'Cy', 'Di', 'Ed', 'Flo', 'Gus', 'Hal', 'Ida', 'Jo', 'Kim', 'Lea'];
const kept = (intent: string, frame: string, slots: Record<string, SlotDeclaration>) => {
  const bodies = names.flatMap((name) =>
    intent === 'fact'
      ? [`my friend ${name} is allergic to nuts`, `${name} is my cousin`]
      : [`ideas for chapter ${name}`, `three drafts of the ${name} plot`],
  );
  const examples = [`${frame} {text}`, ...bodies.map((body) => `${frame} ${body}`)];
  return { intent, plan: planSlots(slots, examples), examples };
};

test('a text that another intent keeps rather is told, one of its own kind is not', () => {
  const doubt = learnContents([
    kept('fact', 'remember', { text }),
    kept('draft', 'write down', { text }),
  ]);
  assert.equal(doubt('draft', 'my friend Noa is allergic to cats'), 'fact');
  assert.equal(doubt('draft', 'ideas for chapter nine'), undefined);
  assert.equal(doubt('fact', 'three drafts of the last plot'), 'draft');
});

test('intents that take more than a text, or have few, do not compete', () => {
  const more = learnContents([
    kept('fact', 'remember', { text }),
    kept('draft', 'write down', { text, at }),
  ]);
  assert.equal(more('draft', 'my friend Noa is allergic to cats'), undefined);
  const few = kept('draft', 'write down', { text });
  const short = { ...few, examples: few.examples.slice(0, 5) };
  const rare = learnContents([kept('fact', 'remember', { text }), short]);
  assert.equal(rare('draft', 'my friend Noa is allergic to cats'), undefined);
  assert.equal(rare('fact', 'ideas for chapter nine'), undefined);
});
