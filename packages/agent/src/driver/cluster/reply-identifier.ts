// Owns the identifier of a turn's reply in a cluster: made from the turn alone, so that the database
// takes one reply however often the end is tried. Refuses randomness.

import { hash } from 'node:crypto';

/** Hexadecimal digits of a UUID version 7 that are its time (RFC 9562, 5.7). */
const timeCharacters = '01234567-89ab-'.length;

/** A UUID version 7 of the turn's own instant, whose random part is a digest of the turn. */
export function replyIdentifier(turn: string): string {
  const digest = hash('sha256', `reply ${turn}`);
  const variant = ((Number.parseInt(digest.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  const random = `7${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`;
  return turn.slice(0, timeCharacters) + random;
}
