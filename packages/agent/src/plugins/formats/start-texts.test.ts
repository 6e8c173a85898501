import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartTexts, secretName, shellVariable } from './start-texts.ts';
import type { ForeignOption, Meaning } from './start-texts.ts';

const option: ForeignOption = {
  description: 'The key',
  isSensitive: false,
  isRequired: true,
  isPath: false,
};
const options = new Map([
  ['level', option],
  ['api_key', { ...option, isSensitive: true }],
]);

function meaningOf(written: string): Meaning | undefined {
  if (written === 'ROOT') return { type: 'text', text: '${plugin.root}', warning: 'root' };
  if (options.has(written)) return { type: 'option', key: written };
  return shellVariable(written);
}

function texts(): StartTexts {
  return new StartTexts({ plugin: 'my-notes', options, meaningOf });
}

test('arguments and variables get our placeholders, and what they need is remembered', () => {
  const made = texts();
  assert.equal(made.start('${ROOT}/a ${level}'), '${plugin.root}/a ${configuration.level}');
  assert.equal(made.start('${TOKEN:-none}'), '${environment.TOKEN:-none}');
  assert.equal(made.start('$HOME ${a.b} ${}'), '$HOME ${a.b} ${}');
  assert.deepEqual([...made.variables], ['TOKEN']);
  assert.deepEqual([...made.options], ['level']);
  assert.deepEqual([...made.warnings], ['root']);
});

test('a secret of a program is a variable of the operator, never a configuration value', () => {
  const made = texts();
  assert.equal(made.start('${api_key}', 'NOTES_KEY'), '${environment.NOTES_KEY}');
  assert.equal(made.start('Bearer ${api_key}', 'A'), 'Bearer ${environment.NOTES_KEY}');
  assert.deepEqual([...made.variables], ['NOTES_KEY']);
  assert.equal(made.options.size, 0);
  assert.equal(texts().start('--key=${api_key}'), '--key=${environment.MY_NOTES_API_KEY}');
});

test('a secret of a header is put in by the proxy, for its host only', () => {
  const made = texts();
  assert.equal(made.header('Bearer ${api_key}', 'a.org'), 'Bearer {{secret:api_key}}');
  assert.equal(made.header('${OTHER:-x}', 'a.org'), '{{secret:other}}');
  assert.equal(made.header('${level}', 'a.org'), '${configuration.level}');
  assert.deepEqual(made.secrets.get('api_key'), {
    name: 'api_key',
    description: 'The key',
    hosts: ['a.org'],
    optional: false,
  });
  assert.equal(made.variables.size, 0);
});

test('an address has no secret in it, and takes what stands in for a variable', () => {
  const made = texts();
  assert.equal(made.address('https://a.org/${api_key}'), undefined);
  assert.equal(made.address('https://${HOST:-a.org}/b'), 'https://a.org/b');
  assert.equal(made.address('https://a.org/${level}'), 'https://a.org/${configuration.level}');
});

test('what is filled in once is not looked at again', () => {
  const made = texts();
  assert.equal(made.start('${${ROOT}}'), '${${plugin.root}}');
});

test('names of secrets are legal', () => {
  assert.equal(secretName('API KEY'), 'api_key');
  assert.equal(secretName('1key'), 'secret_1key');
  assert.equal(shellVariable('a-b'), undefined);
});
