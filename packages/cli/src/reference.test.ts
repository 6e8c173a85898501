import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitions } from './definitions.ts';
import { exitCodes } from './failure.ts';
import { commandReference } from './reference.ts';

const page = commandReference();

test('every command and its subcommands have a section', () => {
  for (const { name, subcommands = [] } of definitions) {
    assert.ok(page.includes(`\n## agent ${name}\n`), name);
    for (const inner of subcommands) assert.ok(page.includes(`\n## agent ${name} ${inner.name}\n`));
  }
});

test('every exit code is documented', () => {
  for (const value of Object.values(exitCodes)) assert.ok(page.includes(`\n| ${value} | `));
});

test('no cell breaks its table', () => {
  for (const line of page.split('\n').filter((each) => each.startsWith('|'))) {
    assert.equal(line.replaceAll('\\|', '').split('|').length, 4, line);
  }
});
