import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutboundReply } from '@opencomputer/contracts';
import { createNotices } from './notices.ts';

function outbox(): {
  put(text: string): void;
  waiting(): Promise<readonly OutboundReply[]>;
  delivered(ids: readonly string[]): Promise<void>;
} {
  let replies: OutboundReply[] = [];
  return {
    put: (text) => {
      const id = `${text}-id`;
      replies.push({ id, channel: 'terminal', person: 'ann', conversation: 'c', text });
    },
    waiting: async () => [...replies],
    delivered: async (ids) => {
      replies = replies.filter(({ id }) => !ids.includes(id));
    },
  };
}

async function textsOf(replies: AsyncIterable<OutboundReply>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of replies) texts.push(text);
  return texts;
}

test('what waited is shown once, also to two who ask at the same time', async () => {
  const box = outbox();
  box.put('a');
  const { visit } = createNotices(box);
  const [first, second] = await Promise.all([textsOf(visit('ann')), textsOf(visit('ann'))]);
  assert.deepEqual([first.length, second.length], [1, 0]);
});

test('what a visitor did not ask beyond is not shown yet, and waits for the next', async () => {
  const box = outbox();
  for (const text of ['a', 'b']) box.put(text);
  const { visit } = createNotices(box);
  const visitor = visit('ann')[Symbol.asyncIterator]();
  await visitor.next();
  assert.equal((await box.waiting()).length, 2, 'it may never have reached the person');
  await visitor.next();
  assert.equal((await box.waiting()).length, 1);
  await visitor.return?.();
  assert.deepEqual(await textsOf(visit('ann')), ['b']);
});

test('a listener gets what waits, then what comes, and ends with its signal', async () => {
  const box = outbox();
  box.put('before');
  const notices = createNotices(box);
  const end = new AbortController();
  const heard: string[] = [];
  for await (const { text } of notices.listen('ann', end.signal)) {
    heard.push(text);
    if (text === 'before') {
      box.put('after');
      notices.announce('ann');
    } else end.abort();
  }
  assert.deepEqual(heard, ['before', 'after']);
});

test('a listener gets all that waits, also when it is more than is taken at once', async () => {
  const box = outbox();
  for (const text of ['a', 'b', 'c']) box.put(text);
  const oneByOne = { ...box, waiting: async () => (await box.waiting()).slice(0, 1) };
  const end = new AbortController();
  const heard: string[] = [];
  for await (const { text } of createNotices(oneByOne).listen('ann', end.signal)) {
    heard.push(text);
    if (text === 'c') end.abort();
  }
  assert.deepEqual(heard, ['a', 'b', 'c']);
});

test('what a listener did not get before it left waits for the next one', async () => {
  const box = outbox();
  for (const text of ['a', 'b', 'c']) box.put(text);
  const notices = createNotices(box);
  const heard: string[] = [];
  const signal = new AbortController().signal;
  for await (const { text } of notices.listen('ann', signal)) {
    heard.push(text);
    if (text === 'b') break;
  }
  assert.deepEqual(heard, ['a', 'b']);
  assert.deepEqual(await textsOf(notices.visit('ann')), ['b', 'c']);
});

test('what one listener is being shown is shown to nobody else; what it leaves goes to those who wait', async () => {
  const box = outbox();
  for (const text of ['a', 'b']) box.put(text);
  const notices = createNotices(box);
  const ends = [new AbortController(), new AbortController()];
  const [first, second] = ends.map(({ signal }) =>
    notices.listen('ann', signal)[Symbol.asyncIterator](),
  );
  assert.ok(first && second);
  assert.equal(((await first.next()).value as OutboundReply).text, 'a');
  const waiting = second.next();
  assert.deepEqual(await textsOf(notices.visit('ann')), []);
  await first.next();
  await first.return?.();
  assert.equal(((await waiting).value as OutboundReply).text, 'b');
  ends[1]?.abort();
  assert.equal((await second.next()).done, true);
  assert.deepEqual(await box.waiting(), []);
});

test('a listener that is told to stop in the middle leaves the rest', async () => {
  const box = outbox();
  for (const text of ['a', 'b', 'c']) box.put(text);
  const end = new AbortController();
  const heard: string[] = [];
  for await (const { text } of createNotices(box).listen('ann', end.signal)) {
    heard.push(text);
    end.abort();
  }
  assert.deepEqual(heard, ['a']);
  assert.deepEqual(
    (await box.waiting()).map(({ text }) => text),
    ['b', 'c'],
  );
});
