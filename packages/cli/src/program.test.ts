import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitions } from './definitions.ts';
import { doorTo, fakeService } from './fixtures/fake-service.ts';
import { testContext } from './fixtures/surroundings.ts';
import type { TestContext } from './fixtures/surroundings.ts';
import { runProgram } from './program.ts';

const run = async (...words: string[]): Promise<{ code: number; context: TestContext }> => {
  const context = testContext({ agent: doorTo(fakeService()) });
  return { code: await runProgram(words, context), context };
};

test('a question and its options reach the turn', async () => {
  const { code, context } = await run('how are you?', '--json');
  assert.equal(code, 0);
  const result = JSON.parse(context.output.text()) as { text: string };
  assert.equal(result.text, 'You said: how are you?');
});

test('the help of every command is printed to the output and is no error', async () => {
  for (const { name } of definitions) {
    const { code, context } = await run(name, '--help');
    assert.equal(code, 0, name);
    assert.match(context.output.text(), new RegExp(`^Usage: agent ${name}`), name);
    assert.equal(context.error.text(), '', name);
  }
});

test('help as a word is help', async () => {
  const { code, context } = await run('help', 'config');
  assert.equal(code, 0);
  assert.match(context.output.text(), /get .*Print one value/);
});

test('a missing argument is one sentence', async () => {
  const { code, context } = await run('config', 'get');
  assert.equal(code, 2);
  assert.equal(
    context.error.text(),
    'agent: Option key: missing required argument. Run the command with --help. [OPTION_INVALID]\n',
  );
});

test('a mistyped command within a command is suggested', async () => {
  const { code, context } = await run('config', 'sett');
  assert.equal(code, 2);
  assert.match(context.error.text(), /^agent: .*sett.*\[[A-Z_]+\]\n$/);
});
