import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  doorTo,
  failure,
  fakeService,
  noUsage,
  streamed,
  turnId,
} from '../fixtures/fake-service.ts';
import type { FakeOptions, FakeService, Script } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { VirtualTerminal } from '../fixtures/virtual-terminal.ts';
import { systemClock } from '../process-context.ts';
import { startChat } from './chat.ts';
import type { ChatEnd } from './chat.ts';

const CONTROL_C = '\u0003';
const CONTROL_D = '\u0004';
const CONTROL_S = '\u0013';
const ESCAPE = '\u001b';

interface Talk {
  readonly terminal: VirtualTerminal;
  readonly service: FakeService;
  readonly end: Promise<ChatEnd>;
}

const talk = (
  options: FakeOptions = {},
  more: { conversation?: string; rows?: number } = {},
): Talk => {
  const service = fakeService(options);
  const terminal = new VirtualTerminal(80, more.rows ?? 40);
  const context = { ...testContext({ agent: doorTo(service) }), clock: systemClock };
  const { conversation } = more;
  const end = startChat({
    context,
    service,
    terminal,
    timeZone: 'UTC',
    modelOnly: false,
    ...(conversation === undefined ? {} : { conversation }),
  });
  return { terminal, service, end };
};

/** Waits for actions and tells how it was cancelled. */
const slow: Script = async function* ({ action }) {
  yield { type: 'text-delta', id: 't', delta: 'Thinking' };
  for (;;) {
    const next = await action();
    if (next.type === 'steer') yield { type: 'text-delta', id: 't', delta: ` of ${next.text}` };
    if (next.type !== 'cancel') continue;
    const error = failure('TURN_CANCELLED', { reason: next.reason });
    return { status: 'cancelled', text: 'Thinking', error };
  }
};

const asking: Script = async function* ({ action }) {
  const call = { callId: 'c1', tool: 'shell_run', arguments: { command: 'rm x' } };
  const base = { turn: turnId, call, plugin: 'shell', reason: 'It starts a program.' };
  yield { type: 'approval-ask', ...base, expiresAt: 0 };
  const said = await action();
  yield { type: 'approval-end', callId: 'c1', approved: said.type === 'approve' };
  return { text: JSON.stringify(said), usage: noUsage };
};

test('a message is answered, and the way to go on is known at the end', async () => {
  const { terminal, service, end } = talk();
  await terminal.shows(/\/help/);
  terminal.type('hello 漢字');
  await terminal.shows(/You said: hello 漢字/);
  terminal.press(CONTROL_D);
  const { conversation } = await end;
  assert.equal(service.requests[0]?.interactive, true);
  assert.equal(conversation, '01990000-0000-7000-8000-000000000001');
  assert.doesNotMatch(terminal.screen(), /───/);
});

test('without a model one line says so, how to connect one, and what works', async () => {
  const { terminal, end } = talk({ queries: { models: [] } });
  await terminal.shows(/No language model is connected\.[^]*OPENAI_API_KEY[^]*work without one/);
  await terminal.shows(/no model · \/help/);
  terminal.press(CONTROL_D);
  assert.equal((await end).conversation, undefined);
});

test('Esc interrupts, and what waited comes back into the editor', async () => {
  const { terminal, service, end } = talk({ scripts: { slow } });
  terminal.type('slow');
  await terminal.shows(/Esc interrupts/);
  terminal.type('then this');
  await terminal.shows(/next: then this/);
  terminal.press(ESCAPE);
  await terminal.shows(/Interrupted\.[^]*───\n then this/);
  assert.deepEqual(
    service.actions.map(({ type }) => type),
    ['cancel'],
  );
  assert.equal(service.requests.length, 1);
  terminal.press(CONTROL_C, CONTROL_C);
  await end;
});

test('Enter queues while a turn runs, and the queue is sent in order', async () => {
  const first: Script = async function* ({ action }) {
    yield { type: 'notice', text: 'started' };
    await action();
    return { text: 'First done.' };
  };
  const { terminal, service, end } = talk({ scripts: { first } });
  terminal.type('first');
  await terminal.shows(/started/);
  terminal.type('second');
  terminal.type('third');
  terminal.letters('go on');
  terminal.press(CONTROL_S);
  await terminal.shows(/You said: third/);
  assert.deepEqual(
    service.requests.map(({ text }) => text),
    ['first', 'second', 'third'],
  );
  assert.deepEqual(service.actions, [{ type: 'steer', turn: turnId, text: 'go on' }]);
  terminal.press(CONTROL_D);
  await end;
});

test('a steered message stands where it was said', async () => {
  const { terminal, end } = talk({ scripts: { slow } });
  terminal.type('slow');
  await terminal.shows(/Thinking/);
  terminal.type('/steer cats');
  await terminal.shows(/Thinking\n\n› cats\n\n? *of cats/);
  terminal.press(CONTROL_C);
  await terminal.shows(/Interrupted/);
  terminal.press(CONTROL_C);
  await end;
});

test('a question is answered by yes, by no, or by a reason', async () => {
  for (const [typed, expected] of [
    ['y', { type: 'approve', turn: turnId, callId: 'c1' }],
    ['', { type: 'deny', turn: turnId, callId: 'c1' }],
    ['use the bin', { type: 'deny', turn: turnId, callId: 'c1', reason: 'use the bin' }],
  ] as const) {
    const { terminal, service, end } = talk({ scripts: { asking } });
    terminal.type('asking');
    await terminal.shows(/May shell\/shell_run run\? It starts a program\.\n +command: rm x/);
    await terminal.shows(/y Enter: yes/);
    terminal.type(typed);
    await terminal.shows(typed === 'y' ? /✓ allowed/ : /✗ not allowed/);
    assert.deepEqual(service.actions, [expected]);
    terminal.press(CONTROL_D);
    await end;
  }
});

test('what was being typed when a question came is kept, and never answers it', async () => {
  const late: Script = async function* (control) {
    await control.action();
    return yield* asking(control);
  };
  const { terminal, service, end } = talk({ scripts: { late } });
  terminal.type('late');
  await terminal.shows(/Esc interrupts/);
  terminal.press('y', CONTROL_S);
  terminal.letters('yes, and another thing');
  await terminal.shows(/May shell/);
  terminal.type('n');
  await terminal.shows(/not allowed[^]*───\n yes, and another thing/);
  assert.deepEqual(
    service.actions.map(({ type }) => type),
    ['steer', 'deny'],
  );
  terminal.press(CONTROL_C, CONTROL_C);
  await end;
});

test('a shell command goes as such, and its output is shown as it is', async () => {
  const output: Script = async function* () {
    yield { type: 'notice', text: 'shell' };
    return { text: '```\n**a** b\n```', usage: noUsage };
  };
  const { terminal, service, end } = talk({ scripts: { '!ls -l': output } });
  terminal.type('!ls -l');
  await terminal.shows(/\n {2}\*\*a\*\* b\n/);
  assert.equal(service.requests[0]?.command, 'ls -l');
  terminal.press(CONTROL_D);
  await end;
});

test('a mistyped command stays in the editor', async () => {
  const { terminal, service, end } = talk();
  terminal.type('/hlep');
  await terminal.shows(/Did you mean \/help\?[^]*\[COMMAND_UNKNOWN\][^]*───\n \/hlep/);
  assert.equal(service.requests.length, 0);
  terminal.press(CONTROL_C, CONTROL_C);
  await end;
});

test('a paste is shown by its size and sent whole; one of ten megabytes is refused', async () => {
  const { terminal, service, end } = talk();
  const text = Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n');
  terminal.letters('see ');
  terminal.press(`\u001b[200~${text}\u001b[201~`);
  await terminal.shows(/see \[paste #1 \+50 lines\]/);
  terminal.press('\r');
  await terminal.shows(/line 49/);
  assert.equal(service.requests[0]?.text, `see ${text}`);
  terminal.letters('kept');
  terminal.press(`\u001b[200~${'x'.repeat(10_000_000)}\u001b[201~`);
  await terminal.shows(/10000000 bytes; at most 1000000[^]*\[INPUT_TOO_LARGE\][^]*───\n kept/);
  terminal.press(CONTROL_C, CONTROL_C);
  await end;
});

test('a conversation goes on with its past on the screen and in the history', async () => {
  const { terminal, service, end } = talk({}, { conversation: 'c-1' });
  await terminal.shows(/› hello there\n\n {2}Hello\./);
  terminal.press('\u001b[A');
  await terminal.shows(/───\n hello there/);
  terminal.press('\r');
  await terminal.shows(/You said: hello there/);
  assert.equal(service.requests[0]?.conversation, 'c-1');
  terminal.press(CONTROL_D);
  await end;
});

test('a reminder appears by itself', async () => {
  const { terminal, end } = talk({ reminders: ['Reminder: Call **Bob**\u001b[2J'] });
  await terminal.shows(/\n {2}Reminder: Call Bob/);
  terminal.press(CONTROL_D);
  await end;
});

test('an error of the service is a line, and the chat goes on', async () => {
  const broken: Script = async function* () {
    yield { type: 'notice', text: 'x' };
    throw failure('SERVICE_UNREACHABLE', { problem: 'gone' });
  };
  const { terminal, end } = talk({ scripts: { broken } });
  terminal.type('broken');
  await terminal.shows(/\[SERVICE_UNREACHABLE\]/);
  terminal.type('hello');
  await terminal.shows(/You said: hello/);
  terminal.press(CONTROL_D);
  await end;
});

test('a long stream is written once: nothing is cleared, and no escape of the model arrives', async () => {
  const text = Array.from({ length: 300 }, (_, n) => `Paragraph ${n} \u001b[31mred.`).join('\n\n');
  const long: Script = async function* () {
    yield* streamed(text, 'long', 13);
    return { text };
  };
  const { terminal, end } = talk({ scripts: { long } }, { rows: 20 });
  terminal.type('long');
  await terminal.shows(/Paragraph 299 red\.[^]*tokens/);
  for (const escape of ['2J', '31m']) {
    assert.equal(terminal.written.includes(`\u001b[${escape}`), false, escape);
  }
  for (const number of [0, 150, 299]) {
    assert.equal(terminal.all().split(`Paragraph ${number} red.`).length, 2, String(number));
  }
  terminal.press(CONTROL_D);
  await end;
});

test('after a resize one screen is drawn, in the new width', async () => {
  const { terminal, end } = talk({}, { rows: 20 });
  for (let index = 0; index < 12; index += 1) {
    terminal.type(`message ${index}`);
    await terminal.shows(new RegExp(`You said: message ${index}`));
  }
  const before = terminal.written.length;
  terminal.resize(50, 20);
  await terminal.shows(/\n─{50}\n/);
  assert.doesNotMatch(terminal.written.slice(before), /message 2\b/);
  assert.match(terminal.screen(), /You said: message 11/);
  terminal.press(CONTROL_D);
  await end;
});
