// Owns the spellings in which a secret can come back: plain, escaped for URL, JSON or HTML, in
// base64 at any offset, in hexadecimal. Refuses secrets so short that hiding them would hide words.

import { AgentError } from '@opencomputer/contracts';

/** Bytes of UTF-8. Shorter ones occur in any text; longer ones fit into no header. */
export const SECRET_BYTES_MIN = 6;
export const SECRET_BYTES_MAX = 4_096;

/** A secret that is in use for one request. */
export interface OpenSecret {
  readonly name: string;
  readonly value: string;
}

/**
 * One spelling of a secret: its characters in order, each with all the ways to write it. All text
 * is bytes as Latin-1, so that one matcher serves headers and bodies.
 */
export interface SecretForm {
  readonly name: string;
  readonly characters: readonly (readonly string[])[];
}

/** Throws EGRESS_SECRET_MISSING for a value that cannot be hidden. */
export function checkSecret({ name, value }: OpenSecret): void {
  const bytes = Buffer.byteLength(value);
  const isFit = bytes >= SECRET_BYTES_MIN && bytes <= SECRET_BYTES_MAX;
  if (isFit && value.isWellFormed()) return;
  const problem = `it is not text of ${SECRET_BYTES_MIN} to ${SECRET_BYTES_MAX} bytes`;
  throw new AgentError('EGRESS_SECRET_MISSING', { secret: name, problem });
}

/** Every spelling of the secrets; the caller replaces what matches one of them. */
export function secretForms(secrets: readonly OpenSecret[]): SecretForm[] {
  const known = new Map<string, readonly string[]>();
  const spellings = (character: string, isEncoded: boolean): readonly string[] => {
    const id = `${isEncoded ? 1 : 0}${character}`;
    const found = known.get(id) ?? spellingsOf(character, isEncoded);
    known.set(id, found);
    return found;
  };
  return secrets.flatMap(({ name, value }) => {
    const form = (text: string, isEncoded: boolean): SecretForm => ({
      name,
      // a line is never broken before its first character: what could be one is not held back
      characters: Array.from(text, (each, at) => spellings(each, isEncoded && at > 0)),
    });
    const bytes = Buffer.from(value);
    const hex = bytes.toString('hex');
    const encoded = new Set([hex, hex.toUpperCase(), ...base64Cores(bytes)]);
    return [form(value, false), ...[...encoded].map((text) => form(text, true))];
  });
}

/**
 * The part of the base64 text that depends on the secret alone, for each of the three places that
 * it can have in a longer text. What is cut off at an end carries at most four bits.
 */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const text = padded.toString('base64url');
    const start = [0, 2, 3][offset] ?? 0;
    const url = padded.length % 3 === 0 ? text.slice(start) : text.slice(start, -1);
    return [url, url.replaceAll('-', '+').replaceAll('_', '/')];
  });
}

const NAMED: Readonly<Record<string, readonly string[]>> = {
  '"': ['\\"', '&quot;'],
  "'": ["\\'", '&apos;'],
  '&': ['&amp;'],
  '<': ['&lt;'],
  '>': ['&gt;'],
  '\\': ['\\\\'],
  '/': ['\\/'],
  ' ': ['+'],
  '\b': ['\\b'],
  '\f': ['\\f'],
  '\n': ['\\n'],
  '\r': ['\\r'],
  '\t': ['\\t'],
};
/** Encoded text may be broken into lines (RFC 2045), also within a JSON string. */
const BREAKS = ['\r\n', '\n', '\\r\\n', '\\n'];

function spellingsOf(character: string, isEncoded: boolean): readonly string[] {
  const plain = Buffer.from(character).toString('latin1');
  const code = character.codePointAt(0) ?? 0;
  const hexOf = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  const bytes = [...Buffer.from(character)];
  const percent = bytes.map((byte) => `%${hexOf(byte, 2)}`).join('');
  const json = units.map((unit) => `\\u${hexOf(unit, 4)}`).join('');
  const escapes = [
    percent,
    percent.toUpperCase(),
    json,
    json.replaceAll(/(?<=\\u)\w{4}/g, (digits) => digits.toUpperCase()),
    `\\x${hexOf(code, 2)}`,
    `\\x${hexOf(code, 2).toUpperCase()}`,
    `&#${code};`,
    `&#x${hexOf(code, 2)};`,
    `&#x${hexOf(code, 2).toUpperCase()};`,
    ...(NAMED[character] ?? []),
  ];
  const broken = isEncoded ? BREAKS.map((text) => text + plain) : [];
  return [...new Set([plain, ...escapes, ...broken])];
}
