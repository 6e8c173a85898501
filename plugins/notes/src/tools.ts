// Owns the tools of this plugin over its one list of notes. Refuses to delete what a person's words do
// not single out.

import type { CallContext, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { collection, tool } from '@opencomputer/plugin';
import type { Collection, PluginTool } from '@opencomputer/plugin';
import { matchItems } from '@opencomputer/plugin/match';
import { makeNote, noteLine, noteName, noteText } from './note.ts';
import type { Note } from './note.ts';
import { searchNotes } from './search.ts';

export const NOTES_MAX = 5_000;
const SHOWN_DEFAULT = 5;
const SHOWN_MAX = 50;

/** Every tool of the plugin. */
export const tools: readonly PluginTool[] = [
  tool('notes_create', create),
  tool('notes_find', find),
  tool('notes_delete', remove),
];

function notesOf(context: CallContext): Collection<Note> {
  context.signal.throwIfAborted();
  return collection<Note>(context.storage, 'notes');
}

function refused(text: string): ToolOutcome {
  return { status: 'refused', text };
}

async function create(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const asked = input as unknown as { readonly text: string; readonly title?: string };
  const note = makeNote(asked, context.idempotencyKey, context.now);
  if ('refusal' in note) return refused(note.refusal);
  return notesOf(context).apply(context.idempotencyKey, (notes) => {
    if (notes.length >= NOTES_MAX) {
      return { outcome: refused(`There are ${NOTES_MAX} notes already; delete some first.`) };
    }
    const text = `Noted: ${noteName(note)}`;
    return {
      items: [...notes, note],
      outcome: { status: 'done', text, data: { id: note.id } },
    };
  });
}

async function find(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const { query = '', limit = SHOWN_DEFAULT } = input as {
    readonly query?: string;
    readonly limit?: number;
  };
  const notes = await notesOf(context).list();
  const found = searchNotes(notes, query);
  const shown = found.slice(0, Math.min(Math.max(1, limit), SHOWN_MAX));
  const data = { notes: shown.map((note) => ({ ...note })), found: found.length };
  return { status: 'done', text: foundText(found, shown, { query, context }), data };
}

function foundText(
  found: readonly Note[],
  shown: readonly Note[],
  about: { readonly query: string; readonly context: CallContext },
): string {
  const { query, context } = about;
  const [only] = shown;
  if (only === undefined) {
    return query.trim() === '' ? 'You have no notes.' : `I found no note about "${query.trim()}".`;
  }
  if (found.length === 1) return noteText(only, context);
  const more = found.length - shown.length;
  const rest = more > 0 ? `\n\nand ${more} more.` : '';
  return `${shown.map((note) => noteLine(note, context)).join('\n')}${rest}`;
}

async function remove(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const { query } = input as unknown as { readonly query: string };
  return notesOf(context).apply(context.idempotencyKey, (notes) => {
    const textOf = (note: Note): string => `${note.title ?? ''} ${note.text}`;
    const { sure, near } = matchItems(notes, query, textOf);
    const [note] = sure;
    const choices = (some: readonly Note[]): string =>
      some
        .slice(0, 10)
        .map((each) => `- ${noteName(each)} [${each.id}]`)
        .join('\n');
    if (note === undefined) {
      const none = `I found no note about "${query.slice(0, 100)}".`;
      const hint = near.length === 0 ? '' : ` Do you mean:\n${choices(near)}`;
      return { outcome: refused(none + hint) };
    }
    if (sure.length > 1) return { outcome: refused(`Which one do you mean?\n${choices(sure)}`) };
    return {
      items: notes.filter((each) => each !== note),
      outcome: {
        status: 'done',
        text: `Deleted the note: ${noteName(note)}`,
        data: { id: note.id },
      },
    };
  });
}
