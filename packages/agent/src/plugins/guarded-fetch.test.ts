import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { isAgentError } from '@opencomputer/contracts';
import { checkUrl, createGuardedFetch, isLoopback, readText } from './guarded-fetch.ts';
import type { Fetch, GuardedAnswer, GuardedRequest } from './guarded-fetch.ts';

const limits = { redirectsMax: 3, requestMsMax: 1_000 };
const refused = (error: unknown): boolean => isAgentError(error, 'PLUGIN_SOURCE');

/** Answers by address; a text is where it redirects to. */
function request(
  answers: Readonly<Record<string, string | Response>>,
  wanted: Partial<GuardedRequest> & { url: string },
): { answer: Promise<GuardedAnswer>; seen: { url: string; authorization: string | undefined }[] } {
  const seen: { url: string; authorization: string | undefined }[] = [];
  const fetch: Fetch = async (url, { headers }) => {
    seen.push({ url, authorization: headers['authorization'] });
    const found = answers[url] ?? new Response('gone', { status: 404 });
    if (typeof found !== 'string') return found;
    return new Response(null, { status: 302, headers: { location: found } });
  };
  const guarded = createGuardedFetch({ fetch, clock: createFakeClock() }, limits);
  return { answer: guarded({ signal: new AbortController().signal, ...wanted }), seen };
}

describe('an address', () => {
  it('is https, or on this machine, without a password', () => {
    for (const url of ['https://example.org/', 'http://127.8.0.1:1/', 'http://[::1]/']) {
      assert.equal(checkUrl(url).href, url);
    }
    assert.equal(checkUrl('http://example.org/', true).protocol, 'http:');
    for (const url of ['http://example.org', 'file:///x', 'nothing', 'https://a:b@example.org']) {
      assert.throws(() => checkUrl(url), refused);
    }
    assert.equal(isLoopback('localhost'), true);
    assert.equal(isLoopback('localhost.example.org'), false);
    assert.equal(isLoopback('10.0.0.1'), false);
  });
});

describe('a redirect', () => {
  it('is followed without what was meant for the first host', async () => {
    const { answer, seen } = request(
      {
        'https://a.example/': '/next',
        'https://a.example/next': 'https://b.example/x',
        'https://b.example/x': new Response('content'),
      },
      { url: 'https://a.example/', headers: { authorization: 'Bearer secret' } },
    );
    assert.equal(await readText(await answer, 100), 'content');
    assert.deepEqual(
      seen.map(({ authorization }) => authorization),
      ['Bearer secret', 'Bearer secret', undefined],
    );
  });

  const bad: Readonly<Record<string, string>> = {
    'to plain HTTP': 'http://b.example/',
    'to a metadata service': 'https://169.254.169.254/latest',
    'to this machine': 'https://localhost/',
    'to this machine in another form': 'https://0x7f.1/',
    'to this machine in IPv6 form': 'https://[::ffff:127.0.0.1]/',
    'to a private network': 'https://192.168.0.1/',
    'to a file': 'file:///etc/passwd',
    'with a password': 'https://u:p@b.example/',
    'to itself': 'https://a.example/',
    'to nowhere': 'https://',
  };
  for (const [attempt, location] of Object.entries(bad)) {
    it(`is refused ${attempt}`, async () => {
      const { answer, seen } = request(
        { 'https://a.example/': location },
        { url: 'https://a.example/' },
      );
      await assert.rejects(answer, refused);
      assert.ok(seen.every(({ url }) => url === 'https://a.example/'));
    });
  }

  it('is not followed for what changes something', async () => {
    const { answer } = request(
      { 'https://a.example/': 'https://b.example/' },
      { url: 'https://a.example/', method: 'PUT', body: 'x' },
    );
    assert.equal((await answer).status, 302);
  });
});

describe('an answer', () => {
  it('is cut off beyond its size', async () => {
    const answers = { 'https://a.example/': new Response('x'.repeat(101)) };
    const { answer } = request(answers, { url: 'https://a.example/' });
    await assert.rejects(readText(await answer, 100), refused);
  });

  it('has to come in time, and to go on coming', async () => {
    const clock = createFakeClock();
    const never: Fetch = (_url, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const signal = new AbortController().signal;
    const late = createGuardedFetch(
      { fetch: never, clock },
      limits,
    )({ url: 'https://a.example/', signal });
    clock.forward(1_001);
    await assert.rejects(late, /no answer in 1 s/);

    const stalled: Fetch = async (_url, init) =>
      new Response(
        new ReadableStream({
          start: (controller) => {
            init.signal.addEventListener('abort', () => controller.error(init.signal.reason));
          },
        }),
      );
    const answer = await createGuardedFetch(
      { fetch: stalled, clock },
      limits,
    )({
      url: 'https://a.example/',
      signal,
    });
    const read = readText(answer, 100);
    clock.forward(1_001);
    await assert.rejects(read, /no answer in 1 s/);
  });

  it('that never came says why', async () => {
    const fetch: Fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: { code: 'X' } }));
    const guarded = createGuardedFetch({ fetch, clock: createFakeClock() }, limits);
    const { signal } = new AbortController();
    await assert.rejects(guarded({ url: 'https://a.example/', signal }), refused);
  });
});
