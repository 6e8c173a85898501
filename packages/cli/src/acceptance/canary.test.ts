import assert from 'node:assert/strict';
import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import type { StreamPart } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';
import { endOf, readParts, startModelServer } from '@opencomputer/testkit';
import { openTestAgent, temporaryFolder, typed } from './fixtures/open-agent.ts';

/** A word that stands nowhere else, in one case so that it survives every way of keeping it. */
const canary = (name: string): string => `zqcanary${name}xj`;

const names = [
  'message',
  'note',
  'task',
  'event',
  'memory',
  'command',
  'output',
  'answer',
  'argument',
  'reminder',
  'steered',
  'denied',
  'title',
  'person',
  'channelid',
];

/** Every form in which the bytes of a word may lie in a file: plain, and as encodings write it. */
function formsOf(word: string): Map<string, Buffer> {
  const forms = new Map<string, Buffer>();
  for (const text of [word, word.toUpperCase(), word[0]?.toUpperCase() + word.slice(1)]) {
    const bytes = Buffer.from(text);
    const hexadecimal = bytes.toString('hex');
    forms.set(text, bytes);
    forms.set(`${text} in UTF-16, little end first`, Buffer.from(text, 'utf16le'));
    forms.set(`${text} in UTF-16, big end first`, Buffer.from(text, 'utf16le').swap16());
    forms.set(`${text} in hexadecimal`, Buffer.from(hexadecimal));
    forms.set(`${text} in upper hexadecimal`, Buffer.from(hexadecimal.toUpperCase()));
    forms.set(`${text} reversed`, Buffer.from(bytes.toReversed()));
    // In base64 a word looks different at each of three offsets; only what is its own is looked for.
    for (const offset of [0, 1, 2]) {
      const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
      const own = shifted.slice(offset === 0 ? 0 : 4, -4);
      forms.set(`${text} in base64 at ${offset}`, Buffer.from(own));
    }
  }
  return forms;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function foldersBelow(folder: string): string[] {
  const inner = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...inner.flatMap(({ name }) => foldersBelow(join(folder, name)))];
}

/** "file: canary as form" for every hit. */
function hitsIn(directory: string): string[] {
  const wanted = names.flatMap((name) =>
    [...formsOf(canary(name))].map(([form, bytes]) => ({ name, form, bytes })),
  );
  return filesBelow(directory).flatMap((path) => {
    if (!lstatSync(path).isFile()) return [];
    const content = readFileSync(path);
    const place = relative(directory, path);
    const inName = names.filter((name) => place.includes(canary(name)));
    const found = wanted.filter(({ bytes }) => content.includes(bytes));
    return [
      ...inName.map((name) => `${place}: ${name} in its name`),
      ...found.map(({ name, form }) => `${place}: ${name} as ${form}`),
    ];
  });
}

function modesOf(directory: string): string[] {
  const wrong = (path: string, most: number): string[] => {
    const mode = lstatSync(path).mode & 0o777;
    return (mode & ~most) === 0 ? [] : [`${relative(directory, path) || '.'}: ${mode.toString(8)}`];
  };
  return [
    ...foldersBelow(directory).flatMap((path) => wrong(path, 0o700)),
    ...filesBelow(directory).flatMap((path) => wrong(path, 0o600)),
  ];
}

async function converse(agent: AgentService): Promise<void> {
  const conversation = 'c1';
  let turn = '';
  const act = (part: StreamPart): void => {
    if (part.type === 'turn-start') ({ turn } = part);
    if (part.type === 'tool-start') {
      const steer = { type: 'steer', turn, text: `also ${canary('steered')}` } as const;
      agent.act(steer).catch(() => undefined);
    }
    if (part.type !== 'approval-ask') return;
    const reason = `no ${canary('denied')}`;
    void agent.act({ type: 'deny', turn, callId: part.call.callId, reason });
  };
  const say = async (text: string, rest: object = {}): Promise<string> => {
    const parts = await readParts(agent.send(typed(text, { conversation, ...rest })), act);
    return endOf(parts).text;
  };
  const done = async (text: string, word: string): Promise<void> => {
    const reply = await say(text);
    assert.ok(reply.toLowerCase().includes(canary(word)), `"${text}" → ${reply}`);
  };
  await done(`note: the word ${canary('note')}`, 'note');
  await done(`add a task to buy ${canary('task')}`, 'task');
  await done(`remind me tomorrow at 9 to ${canary('reminder')}`, 'reminder');
  await done(`schedule ${canary('event')} tomorrow at 3pm`, 'event');
  await say(`remember that my cat is called ${canary('memory')}`);
  await done('what do you remember about my cat', 'memory');
  const command = `echo ${canary('command')}`;
  await say(`!${command}`, { command });
  assert.match(await say(`tell me about ${canary('message')}`, { modelOnly: true }), /answer/);
  await say('hello', { channelMessageId: canary('channelid') });
  await agent.query('context', { conversation, text: canary('message') });
}

test('after a conversation nothing of it can be read in the data directory', async (context) => {
  const directory = temporaryFolder(context);
  const server = await startModelServer([
    {
      reasoning: `thinking of ${canary('answer')}`,
      toolCalls: [
        { name: 'notes_create', arguments: { text: canary('argument'), title: canary('title') } },
        { name: 'notes_find', arguments: { query: canary('argument') } },
      ],
    },
    { text: `the answer is ${canary('answer')}` },
  ]);
  const environment = { OPENAI_BASE_URL: server.url, OPENAI_MODEL: 'test-1' };
  const configuration = { person: { name: canary('person') } };
  const reports: string[] = [];
  const agent = await openTestAgent({ directory, environment, configuration }, reports);
  context.after(async () => {
    await agent.stop();
    await server.close();
  });
  await converse(agent);
  assert.ok(server.requests.length >= 2);

  assert.deepEqual(hitsIn(directory), [], 'while it runs');
  assert.deepEqual(modesOf(directory), []);
  await agent.stop();
  assert.deepEqual(hitsIn(directory), [], 'when it has stopped');
  assert.deepEqual(modesOf(directory), []);
  assert.ok(filesBelow(directory).some((path) => lstatSync(path).size > 10_000));
  for (const report of reports) assert.doesNotMatch(report, /zqcanary/);

  const again = await openTestAgent({ directory });
  context.after(() => again.stop());
  const found = endOf(await readParts(again.send(typed('find my notes')))).text;
  assert.ok(found.includes(canary('note')), 'and yet nothing is lost');
});

test('the search itself finds a word in every form that it looks for', () => {
  for (const prefix of ['', 'a', 'ab', 'abc']) {
    const text = Buffer.from(`${prefix}${canary('note')} and more`);
    const written = [
      text,
      Buffer.from(text.toString('base64')),
      Buffer.from(text.toString('hex')),
      Buffer.from(text.toString('utf8'), 'utf16le'),
    ];
    for (const bytes of written) {
      assert.ok([...formsOf(canary('note')).values()].some((form) => bytes.includes(form)));
    }
  }
});
