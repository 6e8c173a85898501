// Owns `{{secret:name}}` in what a plugin sends: where it may stand, and how the value is written
// there. Refuses it in a URL, in bodies of unknown kinds, and values that would break a header.

import { AgentError } from '@opencomputer/contracts';

/** Gives the value of a secret that may be sent; throws EGRESS_SECRET for any other. */
export type SecretSource = (name: string) => string;

const PLACEHOLDER = /\{\{secret:([\w.-]{1,64})\}\}/g;
/** The same as a form writes it; letters and digits are not escaped by any encoder. */
const FORM_PLACEHOLDER = /(?:\{|%7b){2}secret(?::|%3a)([\w.-]{1,64})(?:\}|%7d){2}/gi;
/** Longest text that a placeholder can have, in bytes. */
export const PLACEHOLDER_BYTES_MAX = 100;

/** How a body is written, as far as placeholders matter. */
export type BodyKind = 'json' | 'form' | 'text' | 'other';

/** The kind of a body by its media type; encoded bodies are `other`. */
export function bodyKind(contentType: string | undefined, contentEncoding?: string): BodyKind {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') return 'other';
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  return type.startsWith('text/') ? 'text' : 'other';
}

/** Names of the secrets that a text asks for; bytes as Latin-1. */
export function placeholdersIn(text: string, kind: BodyKind): string[] {
  const pattern = kind === 'form' ? FORM_PLACEHOLDER : PLACEHOLDER;
  return [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))];
}

/** A header's value with its secrets, as Latin-1. Throws what `source` throws, EGRESS_SECRET. */
export function fillHeader(value: string, source: SecretSource): string {
  return value.replaceAll(PLACEHOLDER, (_, name: string) => {
    const secret = source(name);
    if (/^[\t\x20-\x7e]+$/.test(secret)) return secret;
    throw refused(name, 'its value does not fit into a header');
  });
}

/**
 * A body (bytes as Latin-1) with its secrets, escaped as its kind wants it. Throws what `source`
 * throws, and EGRESS_SECRET for a kind in which the place of a value cannot be known.
 */
export function fillBody(text: string, kind: BodyKind, source: SecretSource): string {
  const pattern = kind === 'form' ? FORM_PLACEHOLDER : PLACEHOLDER;
  return text.replaceAll(pattern, (_, name: string) => {
    const secret = source(name);
    if (kind === 'form') return new URLSearchParams([['', secret]]).toString().slice(1);
    if (kind === 'json') return latin1(JSON.stringify(secret).slice(1, -1));
    if (kind === 'text') return latin1(secret);
    throw refused(name, 'the body is not text, JSON or a form');
  });
}

/** Throws EGRESS_SECRET when a path or query has a placeholder, escaped in any way. */
export function refuseInUrl(path: string): void {
  const plain = path.replaceAll(/%([0-7][\da-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const [name] = placeholdersIn(plain, 'form');
  if (name !== undefined) throw refused(name, 'a URL is written into logs');
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function refused(secret: string, problem: string): AgentError {
  return new AgentError('EGRESS_SECRET', { secret, problem });
}
