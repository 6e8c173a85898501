// Owns the taking out of secrets from what comes back, byte by byte and across chunks: each is
// replaced by its placeholder. Refuses to let out the beginning of a secret while the rest may come.

import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { secretForms } from './secret-forms.ts';
import type { OpenSecret, SecretForm } from './secret-forms.ts';

/** No form begins here; or one begins and the text ends before it does. */
const NONE = -1;
const PARTIAL = -2;

/** Replaces secrets in texts; all texts are bytes as Latin-1. */
export class Scrubber {
  /** Forms by the code of a character that they can begin with. */
  readonly #byFirst: (SecretForm[] | undefined)[] = [];

  constructor(secrets: readonly OpenSecret[]) {
    for (const form of secretForms(secrets)) {
      const firsts = new Set(form.characters[0]?.map((spelling) => spelling.charCodeAt(0)));
      for (const first of firsts) (this.#byFirst[first] ??= []).push(form);
    }
  }

  /** A whole text, such as a header's value. */
  text(value: string): string {
    return this.push(value, true).clean;
  }

  /** True when the text holds a secret. */
  finds(value: string): boolean {
    return this.text(value) !== value;
  }

  /** Cleans what can be judged; `held` must stand before what comes next. */
  push(text: string, isLast: boolean): { clean: string; held: string } {
    let clean = '';
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      if (this.#byFirst[text.charCodeAt(at)] === undefined) continue;
      const match = this.#longest(text, at, isLast);
      if (match.end === NONE) continue;
      clean += text.slice(from, at);
      if (match.end === PARTIAL) return { clean, held: text.slice(at) };
      clean += `{{secret:${match.name}}}`;
      from = match.end;
      at = match.end - 1;
    }
    return { clean: clean + text.slice(from), held: '' };
  }

  /** The longest match that begins here, with those that overlap its end. */
  #longest(text: string, start: number, isLast: boolean): { end: number; name: string } {
    const match = this.#matchAt(text, start, isLast);
    for (let at = start + 1; at < match.end; at += 1) {
      const next = this.#matchAt(text, at, isLast);
      if (next.end === PARTIAL) return next;
      match.end = Math.max(match.end, next.end);
    }
    return match;
  }

  #matchAt(text: string, start: number, isLast: boolean): { end: number; name: string } {
    const match = { end: NONE, name: '' };
    for (const form of this.#byFirst[text.charCodeAt(start)] ?? []) {
      const end = matchForm(text, start, form);
      if (end === PARTIAL && !isLast) return { end, name: form.name };
      if (end > match.end) Object.assign(match, { end, name: form.name });
    }
    return match;
  }

  /** A stream that cleans bytes. It holds back at most one spelling of one secret. */
  stream(): Transform {
    let held = '';
    const step = (chunk: string, isLast: boolean): Buffer => {
      const result = this.push(held + chunk, isLast);
      held = result.held;
      return Buffer.from(result.clean, 'latin1');
    };
    return new Transform({
      transform: (chunk: Buffer, _encoding, callback: TransformCallback) => {
        callback(null, step(chunk.toString('latin1'), false));
      },
      flush: (callback: TransformCallback) => {
        callback(null, step('', true));
      },
    });
  }
}

/** Where the form that begins at `start` ends, or NONE, or PARTIAL. */
function matchForm(text: string, start: number, form: SecretForm): number {
  // One character may be readable in two ways ("%" and "%25"), so all ends so far are followed.
  let ends = [start];
  let isPartial = false;
  for (const spellings of form.characters) {
    const next: number[] = [];
    for (const end of ends) {
      for (const spelling of spellings) {
        if (text.startsWith(spelling, end)) next.push(end + spelling.length);
        else if (isCut(text, end, spelling)) isPartial = true;
      }
    }
    if (next.length === 0) return isPartial ? PARTIAL : NONE;
    ends = next.length === 1 ? next : [...new Set(next)];
  }
  return Math.max(...ends);
}

/** True when the text ends within the spelling. */
function isCut(text: string, at: number, spelling: string): boolean {
  const rest = text.length - at;
  return rest < spelling.length && (rest === 0 || spelling.startsWith(text.slice(at)));
}
