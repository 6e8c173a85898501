// Owns what keys mean in the chat beyond the editor's own, and what a paste may hold. Refuses a paste
// larger than a message: what was typed before stays.

import {
  isKeyRelease,
  KeybindingsManager,
  matchesKey,
  TUI_KEYBINDINGS,
} from '@earendil-works/pi-tui';
import { MESSAGE_BYTES_MAX } from '../standard-input.ts';

const PASTE_BEGIN = '\u001b[200~';
const PASTE_END = '\u001b[201~';

/** What a key asks for. */
export type KeyMeaning = 'interrupt' | 'escape' | 'steer' | 'end' | 'redraw';

/** The meaning of a key, or undefined when it is the editor's. */
export function meaningOf(data: string): KeyMeaning | undefined {
  if (isKeyRelease(data)) return undefined;
  if (matchesKey(data, 'ctrl+c')) return 'interrupt';
  if (matchesKey(data, 'escape')) return 'escape';
  if (matchesKey(data, 'ctrl+enter') || matchesKey(data, 'ctrl+s')) return 'steer';
  if (matchesKey(data, 'ctrl+d')) return 'end';
  if (matchesKey(data, 'ctrl+l')) return 'redraw';
  return undefined;
}

/** A paste as the editor may take it, or its size when it is too large; undefined: no paste. */
export function readPaste(
  data: string,
): { readonly data: string } | { readonly bytes: number } | undefined {
  if (!data.startsWith(PASTE_BEGIN) || !data.endsWith(PASTE_END)) return undefined;
  const pasted = data.slice(PASTE_BEGIN.length, -PASTE_END.length);
  const bytes = Buffer.byteLength(pasted);
  if (bytes > MESSAGE_BYTES_MAX) return { bytes };
  return { data: pasteOf(pasted) };
}

/** A text as a terminal hands over a paste; the editor collapses it when it is long. */
export function pasteOf(text: string): string {
  const clean = text
    // Some terminals send a line feed within a paste as the key Ctrl-J.
    .replaceAll('\u001b[106;5u', '\n')
    .replaceAll(/\r\n?/g, '\n')
    // oxlint-disable-next-line no-control-regex -- controls would act on the terminal that echoes them
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
  return `${PASTE_BEGIN}${clean}${PASTE_END}`;
}

/** The editor's keys, with the ways in which terminals send "a new line, not the end". */
export function chatKeybindings(): KeybindingsManager {
  return new KeybindingsManager(TUI_KEYBINDINGS, {
    'tui.input.newLine': ['shift+enter', 'alt+enter', 'ctrl+j'],
  });
}

/** For `/help`. */
export const keyHelp: readonly (readonly [string, string])[] = [
  ['Enter', 'send; while a turn runs: send after it'],
  ['Ctrl-S, Ctrl-Enter', 'while a turn runs: say it to that turn'],
  ['Shift-Enter, Alt-Enter, \\ Enter', 'a new line'],
  ['Esc', 'interrupt the turn'],
  ['Ctrl-C', 'interrupt, or clear the line; twice: leave'],
  ['Up, Down', 'what you said before'],
  ['Tab', 'complete a command or a path'],
  ['!command', 'run it in the shell; its output joins the conversation'],
];
