// Owns the tools of the built-in plugin `memory`: remember, recall and forget, in words for a person.
// Refuses to keep anything by itself: it hands to the memory what policy let through.

import { createHash } from 'node:crypto';
import type { Memory, Recalled, ToolHandler } from '@opencomputer/contracts';
import { textIn } from './input.ts';

/** What a recall may give at once. */
const recallBudget = { itemsMax: 8, charactersMax: 4_000 };
/** Queries that mean "everything you know". */
const everything = /^(?:me|myself|us|everything|all|anything|all of it|about me|i told you)?$/i;

/** The handlers for the memory of one person. */
export function memorySkill(memory: Memory, person: string): Readonly<Record<string, ToolHandler>> {
  return {
    memory_remember: async (input, context) => {
      const text = textIn(input, 'text');
      const { idempotencyKey, now: at } = context;
      const id = createHash('sha256').update(`${person}\0${idempotencyKey}`).digest('hex');
      const source = idempotencyKey.split('/')[0] ?? idempotencyKey;
      await memory.remember(person, { id, text, source, trust: 'user', at });
      return { status: 'done', text: `I'll remember: ${text}` };
    },
    memory_recall: async (input, context) => {
      const asked = textIn(input, 'query');
      const query = everything.test(asked) ? '' : asked;
      const found = await memory.recall(person, query, recallBudget);
      if (found.length === 0) {
        const hint = 'Say "remember that …" and I keep it.';
        return { status: 'done', text: `I have nothing about that. ${hint}`, data: { items: [] } };
      }
      const items = found.map(({ item }) => ({ id: item.id, text: item.text, at: item.at }));
      return { status: 'done', text: inWords(found, context.timeZone), data: { items } };
    },
    memory_forget: async (input) => {
      const query = textIn(input, 'query');
      const found = query === '' ? [] : await memory.recall(person, query, recallBudget);
      const [best, second] = found;
      if (best === undefined) return { status: 'refused', text: 'I have nothing about that.' };
      if (second !== undefined && second.score > best.score * sureShare) {
        const list = found.map(({ item }) => `- ${item.text}`).join('\n');
        return { status: 'refused', text: `Several facts match; say which one:\n${list}` };
      }
      await memory.forget(person, { id: best.item.id });
      return { status: 'done', text: `Forgotten: ${best.item.text}` };
    },
  };
}

/** A second fact with more than this share of the best score is no clear loser. */
const sureShare = 0.7;

function inWords(found: readonly Recalled[], timeZone: string): string {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short' });
  const lines = found.map(({ item }) => `${item.text} (${day.format(item.at)})`);
  return lines.length === 1
    ? `You told me: ${lines[0]}`
    : `You told me:\n${lines.map((line) => `- ${line}`).join('\n')}`;
}
