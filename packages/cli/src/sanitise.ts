// Owns the cleaning of text that a person did not type: nothing in it may move the cursor, recolour,
// rename or reorder what a terminal shows. Refuses to interpret sequences: they are dropped.

/** Length of one control sequence, in UTF-16 units, after which the rest counts as text again. */
const SEQUENCE_UNITS_MAX = 4_096;

// Controls apart from tab and line feed; C1; bidirectional overrides and isolates; line separators;
// surrogates at the end, which may be half of a character.
const SUSPECT =
  // oxlint-disable-next-line no-control-regex -- finding controls is what this file is for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]|[\ud800-\udbff]$/;

type State = 'text' | 'escape' | 'csi' | 'string' | 'string-escape';

/** Cleans a text that arrives in pieces; the same result as for the whole at once. */
export class Sanitiser {
  #state: State = 'text';
  #units = 0;
  #wasReturn = false;
  #half = '';

  /** The clean part of the next piece. */
  write(piece: string): string {
    const text = this.#half + piece;
    this.#half = '';
    if (this.#state === 'text' && !this.#wasReturn && !SUSPECT.test(text)) return text;
    let clean = '';
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charAt(index);
      if (index === text.length - 1 && isHighSurrogate(unit)) this.#half = unit;
      else clean += this.#step(unit);
    }
    return clean;
  }

  /** What was held back at the end of the text. */
  end(): string {
    const rest = this.#half === '' ? '' : '\ufffd';
    this.#half = '';
    this.#state = 'text';
    this.#wasReturn = false;
    return rest;
  }

  #step(unit: string): string {
    const code = unit.charCodeAt(0);
    if (this.#state !== 'text') {
      this.#units += 1;
      if (this.#units > SEQUENCE_UNITS_MAX) this.#state = 'text';
      else if (!this.#isEndedBy(code)) return '';
    }
    const wasReturn = this.#wasReturn;
    this.#wasReturn = code === 0x0d;
    if (code === 0x0a) return wasReturn ? '' : '\n';
    if (code === 0x09) return '\t';
    if (code === 0x0d || code === 0x2028 || code === 0x2029) return '\n';
    if (code === 0x1b) return this.#enter('escape');
    if (code < 0x20 || code === 0x7f) return '';
    if (code >= 0x80 && code <= 0x9f) return this.#enterC1(code);
    if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) return '';
    return unit;
  }

  /** Advances within a sequence; true when this unit is text again. */
  #isEndedBy(code: number): boolean {
    if (this.#state === 'string') return this.#isStringEndedBy(code);
    if (this.#state === 'string-escape') {
      this.#state = 'text';
      if (code === 0x5c) return false;
      // Any other unit after ESC begins a new sequence.
      this.#enter('escape');
    }
    if (this.#state === 'escape') return this.#isEscapeEndedBy(code);
    if (code >= 0x20 && code <= 0x3f) return false;
    this.#state = 'text';
    return code < 0x40 || code > 0x7e;
  }

  #isStringEndedBy(code: number): boolean {
    if (code === 0x1b) this.#state = 'string-escape';
    else if (code === 0x07 || code === 0x9c || code === 0x18 || code === 0x1a) this.#state = 'text';
    else if (code === 0x0a || code === 0x0d) {
      // A string that is never closed must not swallow the rest of an answer.
      this.#state = 'text';
      return true;
    }
    return false;
  }

  #isEscapeEndedBy(code: number): boolean {
    if (code >= 0x20 && code <= 0x2f) return false;
    this.#state = 'text';
    if (code === 0x5b) this.#enter('csi');
    else if (code === 0x5d || code === 0x50 || code === 0x58 || code === 0x5e || code === 0x5f)
      this.#enter('string');
    else return code < 0x30 || code > 0x7e;
    return false;
  }

  #enterC1(code: number): string {
    if (code === 0x9b) return this.#enter('csi');
    if (code === 0x90 || code === 0x98 || code >= 0x9d) return this.#enter('string');
    return '';
  }

  #enter(state: State): string {
    this.#state = state;
    this.#units = 0;
    return '';
  }
}

/** A whole text without anything that a terminal would obey; lines end in `\n`. */
export function sanitise(text: string): string {
  const sanitiser = new Sanitiser();
  return sanitiser.write(text) + sanitiser.end();
}

/** A text as one line, its breaks and tabs as single spaces. */
export function sanitiseLine(text: string): string {
  return sanitise(text).replaceAll(/\s+/g, ' ').trim();
}

/**
 * A value as JSON in which everything invisible is an escape: what a person approves is what they
 * see. Parsing it gives the value back.
 */
export function visibleJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent) ?? 'null';
  return json.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu, (character) =>
    character === '\n' ? character : escapeUnits(character),
  );
}

function escapeUnits(character: string): string {
  let escaped = '';
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}

function isHighSurrogate(unit: string): boolean {
  return unit >= '\ud800' && unit <= '\udbff';
}
