// Owns the tokens for OCI registries: answers their challenges, anonymously where that is enough.
// Refuses to write a token or a password anywhere.

import { AgentError } from '@opencomputer/contracts';
import { readText } from '../guarded-fetch.ts';
import type { GuardedFetch } from '../guarded-fetch.ts';
import { isObject } from '../json-object.ts';

/** Of one registry. */
export interface OciCredentials {
  readonly username: string;
  readonly password: string;
}

/** Answers to challenges, kept by host and scope. */
export interface OciLogin {
  /** The header that was right the last time. */
  known(host: string, scope: string): string | undefined;
  /** The header for a challenge of `www-authenticate`. Throws PLUGIN_SOURCE. */
  answer(question: {
    readonly host: string;
    readonly scope: string;
    readonly challenge: string;
    readonly signal: AbortSignal;
  }): Promise<string>;
}

const tokenBytesMax = 100_000;
/** More are forgotten, the oldest first. */
const headersMax = 200;

/** Follows the token authentication of the distribution project, and Basic. */
export function createOciLogin(ports: {
  readonly fetch: GuardedFetch;
  credentials(host: string): OciCredentials | undefined;
}): OciLogin {
  const headers = new Map<string, string>();
  const keep = (key: string, header: string): string => {
    headers.set(key, header);
    const [oldest] = headers.keys();
    if (headers.size > headersMax && oldest !== undefined) headers.delete(oldest);
    return header;
  };
  return {
    known: (host, scope) => headers.get(`${host} ${scope}`),
    answer: async ({ host, scope, challenge, signal }) => {
      const credentials = ports.credentials(host);
      const basic = credentials === undefined ? undefined : basicOf(credentials);
      const key = `${host} ${scope}`;
      if (/^basic\b/i.test(challenge)) {
        if (basic === undefined) throw fault(host, 'it asks for a name and a password');
        return keep(key, basic);
      }
      const asked = parametersOf(challenge);
      const realm = asked.get('realm');
      if (!/^bearer\b/i.test(challenge) || realm === undefined || !URL.canParse(realm)) {
        throw fault(host, 'it asks for a login of an unknown kind');
      }
      const url = new URL(realm);
      const service = asked.get('service');
      if (service !== undefined) url.searchParams.set('service', service);
      url.searchParams.set('scope', scope);
      const answer = await ports.fetch({
        url: url.href,
        signal,
        ...(basic === undefined ? {} : { headers: { authorization: basic } }),
      });
      const text = await readText(answer, tokenBytesMax);
      const token = answer.status === 200 ? tokenOf(text) : undefined;
      if (token === undefined) throw fault(host, `no access: its login said ${answer.status}`);
      return keep(key, `Bearer ${token}`);
    },
  };
}

function basicOf({ username, password }: OciCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** `name="value"` pairs of a challenge (RFC 9110, 11.2). */
function parametersOf(challenge: string): ReadonlyMap<string, string> {
  const pairs = challenge.matchAll(/([a-z]+)="([^"]*)"/gi);
  return new Map([...pairs].map(([, name = '', value = '']) => [name.toLowerCase(), value]));
}

function tokenOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const token = value['token'] ?? value['access_token'];
    return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function fault(host: string, problem: string): AgentError {
  return new AgentError('PLUGIN_SOURCE', { reference: host, problem });
}
