import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TuiMainScreen } from '@earendil-works/pi-tui';
import { conversationId, doorTo, fakeService } from '../fixtures/fake-service.ts';
import type { FakeOptions } from '../fixtures/fake-service.ts';
import { manualClock, testContext } from '../fixtures/surroundings.ts';
import { VirtualTerminal } from '../fixtures/virtual-terminal.ts';
import { styleFor } from '../style.ts';
import { ChatView } from './chat-view.ts';
import { createSlashActions } from './slash-actions.ts';
import type { SlashActions } from './slash-actions.ts';
import { Tally } from './tally.ts';

const actionsFor = (
  options: FakeOptions = {},
  conversation: string | undefined = conversationId,
): { actions: SlashActions; text: () => string; done: string[]; view: ChatView } => {
  const service = fakeService(options);
  const context = testContext({ agent: doorTo(service) });
  const done: string[] = [];
  const view = new ChatView({
    tui: new TuiMainScreen(new VirtualTerminal()),
    style: styleFor(false),
    clock: manualClock(),
    workingFolder: '/',
    state: () => ({ turn: undefined, queue: [], ask: undefined }),
  });
  const actions = createSlashActions({
    context,
    service,
    view,
    tally: new Tally(),
    timeZone: 'UTC',
    conversation: () => conversation,
    resume: async (id) => void done.push(`resume ${id ?? 'none'}`),
    steer: async (words) => void done.push(`steer ${words}`),
    leave: () => void done.push('leave'),
  });
  view.screen.close();
  const text = (): string =>
    view.screen
      .render(80)
      .map((line) => line.trimEnd())
      .join('\n');
  return { actions, text, done, view };
};

test('the help lists keys and commands', async () => {
  const { actions, text } = actionsFor();
  await actions.run('help', '');
  assert.match(text(), /Esc +interrupt the turn[^]*\/undo[^]*\/steer <text>/);
});

test('undo says what was taken out, and what was not', async () => {
  const { actions, text } = actionsFor();
  await actions.run('undo', '');
  assert.equal(text(), '\n› /undo\n  Taken out: “hello there”. Changes made by tools stay.');
});

test('context, model, cost and why show what the service says', async () => {
  const { actions, text } = actionsFor();
  for (const name of ['context', 'model', 'cost', 'why']) await actions.run(name, '');
  assert.match(
    text(),
    /500 +2,000 +system[^]*\* +gpt +openai[^]*0 turns[^]*turn-start the message/,
  );
});

test('a model can be chosen, and is in the footer from then on', async () => {
  const { actions, text, view } = actionsFor();
  await actions.run('model', 'gpt');
  assert.match(text(), /gpt \(openai\) answers from now on\./);
  assert.equal(view.model, 'gpt');
});

test('conversations are numbered, and one goes on by number or id', async () => {
  const { actions, text, done } = actionsFor();
  await actions.run('resume', '');
  assert.match(text(), /1 {2}\S.* 2 turns {2}hello there\n {2}Continue one with \/resume/);
  await actions.run('resume', '1');
  await actions.run('resume', 'c-7');
  await actions.run('new', '');
  assert.deepEqual(done, [`resume ${conversationId}`, 'resume c-7', 'resume none']);
  await assert.rejects(actions.run('resume', '9'), { code: 'CONVERSATION_UNKNOWN' });
});

test('a past conversation shows its turns, and not the ones that were taken out', async () => {
  const turn = { turn: 't', at: 0, status: 'done', reply: '**Yes.**', undone: false } as const;
  const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 };
  const turns = [
    { ...turn, usage, text: 'first' },
    { ...turn, usage, text: 'gone', undone: true },
  ];
  const { actions, text } = actionsFor({ queries: { turns } });
  assert.deepEqual(
    (await actions.past('c')).map((each) => each.text),
    ['first'],
  );
  assert.equal(text(), '\n› first\n\n  Yes.');
});

test('what needs words or a turn says so', async () => {
  await assert.rejects(actionsFor().actions.run('steer', ''), { code: 'INPUT_INVALID' });
  const { actions } = actionsFor({}, '');
  await actions.run('steer', 'left');
});

test('the greeting names the way to a model when there is none', async () => {
  const { actions, text } = actionsFor({ queries: { models: [] } });
  await actions.greet();
  assert.match(text(), /OpenComputer [\d.]+ · [^]*No language model is connected\./);
});
