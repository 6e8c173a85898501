import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { completion } from './completion.ts';

const scriptFor = async (shell: string): Promise<string> => {
  const context = testContext({ agent: doorTo(fakeService()) });
  await completion(context, [shell]);
  return context.output.text();
};

test('bash completes commands, subcommands and options, under each name', async () => {
  const script = await scriptFor('bash');
  const complete = (...words: string[]): string[] => {
    const list = words.map((word) => `'${word}'`).join(' ');
    const run = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _agent; echo "\${COMPREPLY[*]}"`;
    return execFileSync('bash', ['-c', run], { encoding: 'utf8' }).trim().split(' ');
  };
  assert.deepEqual(complete('agent', 'ses'), ['sessions']);
  assert.deepEqual(complete('agent', 'config', 's'), ['set']);
  assert.deepEqual(complete('ki', 'run', '--st'), ['--stream-json']);
});

test('zsh and fish know every command and its description', async () => {
  for (const shell of ['zsh', 'fish']) {
    const script = await scriptFor(shell);
    for (const word of ['sessions', 'doctor', 'ki', 'Explain what happened']) {
      assert.ok(script.includes(word), `${shell}: ${word}`);
    }
  }
});

test('another shell is refused by name', async () => {
  await assert.rejects(scriptFor('tcsh'), { code: 'OPTION_INVALID' });
});
