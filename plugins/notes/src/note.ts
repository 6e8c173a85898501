// Owns a note: its text, its title and how it reads in an answer. Refuses empty and overlong texts.

import { createHash } from 'node:crypto';
import { dayText } from '@opencomputer/plugin/time';
import type { Present } from '@opencomputer/plugin/time';

/** Something a person wrote down; `createdAt` in milliseconds since the Unix epoch. */
export interface Note {
  readonly id: string;
  readonly text: string;
  readonly title?: string;
  readonly createdAt: number;
}

export const TEXT_CHARACTERS_MAX = 20_000;
const TITLE_CHARACTERS_MAX = 200;
const EXCERPT_CHARACTERS_MAX = 300;

/** The note of a text, or why there is none. Equal keys make equal ids. */
export function makeNote(
  asked: { readonly text: string; readonly title?: string },
  key: string,
  now: number,
): Note | { readonly refusal: string } {
  const text = asked.text.trim();
  if (text === '') return { refusal: 'What should I note down? The note has no text.' };
  if (text.length > TEXT_CHARACTERS_MAX) {
    return { refusal: `A note has at most ${TEXT_CHARACTERS_MAX} characters; put it into a file.` };
  }
  const title = (asked.title ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, TITLE_CHARACTERS_MAX);
  const id = createHash('sha256').update(key).digest('hex').slice(0, 12);
  return { id, text, ...(title === '' ? {} : { title }), createdAt: now };
}

/** A note by its title or its first words, on one line. */
export function noteName(note: Note): string {
  const line = note.title ?? note.text.replaceAll(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79).trimEnd()}…` : line;
}

/** A note in a list: its day, its title and its text, cut when it is long. */
export function noteLine(note: Note, present: Present): string {
  const { text, title } = note;
  const cut = text.length > EXCERPT_CHARACTERS_MAX;
  const shown = cut ? `${text.slice(0, EXCERPT_CHARACTERS_MAX).trimEnd()}…` : text;
  const body = shown.replaceAll(/\n+/g, '\n  ');
  const name = title === undefined ? '' : `**${title}**: `;
  return `- ${name}${body} (${dayOf(note, present)})`;
}

/** The whole of a note. */
export function noteText(note: Note, present: Present): string {
  const name = note.title === undefined ? '' : `**${note.title}**\n`;
  return `${name}${note.text}\n(noted ${dayOf(note, present)})`;
}

/** The day of a note, without the date that `yesterday` would have: it stands in brackets. */
function dayOf(note: Note, present: Present): string {
  return dayText(note.createdAt, present).replace(/ \(.*\)$/, '');
}
