// Owns that one refresh token is used once, however many requests find at about the same time that
// their token has expired. Refuses to join requests that differ in anything.

import type { FetchLike } from '@modelcontextprotocol/client';
import type { Clock } from '@opencomputer/contracts';

/** Whoever has read the old token has asked by then; a server that refuses the new one is asked anew. */
const REUSE_MS_MAX = 5_000;

interface Refresh {
  readonly answer: Promise<Response>;
  /** When it began. */
  readonly at: number;
}

/** A `fetch` in which equal refreshes of the same few seconds are one request. */
export function refreshingOnce(fetch: FetchLike, clock: Pick<Clock, 'monotonic'>): FetchLike {
  const known = new Map<string, Refresh>();
  return async (url, init) => {
    const form = refreshIn(init);
    if (form === undefined) return fetch(url, init);
    const now = clock.monotonic();
    for (const [key, { at }] of known) if (now - at > REUSE_MS_MAX) known.delete(key);
    // `Headers` gives its fields in order.
    const key = JSON.stringify([String(url), form.toString(), [...new Headers(init?.headers)]]);
    const before = known.get(key);
    if (before !== undefined) return (await before.answer).clone();
    const answer = fetch(url, init);
    known.set(key, { answer, at: now });
    try {
      const { ok } = await answer;
      if (!ok) known.delete(key);
    } catch (error) {
      known.delete(key);
      throw error;
    }
    return (await answer).clone();
  };
}

/** The form of a request that refreshes; undefined for any other. */
function refreshIn(init: RequestInit | undefined): URLSearchParams | undefined {
  const body = init?.body;
  if (init?.method !== 'POST' || !(body instanceof URLSearchParams)) return undefined;
  return body.get('grant_type') === 'refresh_token' ? body : undefined;
}
