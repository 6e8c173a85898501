import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgram } from './definitions.ts';
import type { OptionValues } from './definitions.ts';

const parse = async (
  ...args: string[]
): Promise<{ name: string; operands: readonly string[]; options: OptionValues }> => {
  let parsed;
  const program = createProgram(async (name, operands, options) => {
    parsed = { name, operands, options };
  });
  program.configureOutput({ writeErr: () => undefined });
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  await program.parseAsync(args, { from: 'user' });
  assert.ok(parsed);
  return parsed;
};

test('a message, its options and a repeated option are parsed, in any order', async () => {
  const words = ['run', '--trust', 'x', 'a b', '--json', '--trust', 'y'];
  const { name, operands, options } = await parse(...words);
  assert.equal(name, 'run');
  assert.deepEqual(operands, ['a b']);
  assert.equal(options['json'], true);
  assert.deepEqual(options['trust'], ['x', 'y']);
});

test('a command within a command has its full name', async () => {
  const { name, operands } = await parse('config', 'set', 'fastPath', 'off');
  assert.equal(name, 'config set');
  assert.deepEqual(operands, ['fastPath', 'off']);
});

test('the words after two dashes are operands', async () => {
  const { operands } = await parse('run', '--', '--json');
  assert.deepEqual(operands, ['--json']);
});

test('an unknown option throws instead of ending the process', async () => {
  await assert.rejects(parse('run', '--jsn', 'x'), { code: 'commander.unknownOption' });
});

test('every command and option has a description of at most one line', () => {
  const program = createProgram(async () => undefined);
  for (const command of program.commands) {
    assert.ok(
      command.description().length > 0 && command.description().length <= 75,
      command.name(),
    );
    for (const option of command.options) assert.ok(option.description.length > 0, option.flags);
  }
});

test('the help fits a terminal of 80 columns', () => {
  const program = createProgram(async () => undefined);
  program.configureOutput({ getOutHelpWidth: () => 80 });
  for (const line of program.helpInformation().split('\n')) assert.ok(line.length <= 80, line);
});
