import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '../located-document.ts';
import { checkDefinition } from './claude-definition.ts';
import { problemOf } from './fixtures/plugins.ts';
import { ImportReport } from './imported-plugin.ts';

function check(value: object): ImportReport {
  const report = new ImportReport();
  checkDefinition(parseJson(JSON.stringify(value, null, 1), 'plugin.json'), report);
  return report;
}

test('wrong types are refused with their line', async () => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ version: '1.0.0' }, /name: it is missing/],
    [{ keywords: 'a, b' }, /plugin\.json:3: keywords/],
    [{ commands: 5 }, /plugin\.json:3: commands/],
    [{ userConfig: { 'a-b': {} } }, /userConfig/],
    [{ userConfig: { a: { type: 'string', title: 'A', description: 'A', hidden: true } } }, /a: /],
    [{ lspServers: { go: { command: 'gopls' } } }, /lspServers/],
    [{ channels: [{ name: 'x' }] }, /channels\.0/],
    [{ experimental: { monitors: [{ name: 'a', command: 'b' }] } }, /experimental/],
    [{ dependencies: [5] }, /dependencies\.0/],
  ];
  for (const [part, message] of wrong) {
    const value = 'version' in part ? part : { name: 'a', ...part };
    assert.match(await problemOf(() => check(value)), message);
  }
});

test('an unknown key and a misplaced one are warnings with their line', () => {
  assert.deepEqual(check({ name: 'a', colour: 'red', themes: './themes' }).warnings, [
    'plugin.json:3: unknown key "colour" is ignored',
    'plugin.json:4: themes belongs under experimental',
  ]);
  assert.deepEqual(check({ name: 'a', $schema: 'x', metadata: { anything: 1 } }).warnings, []);
});
