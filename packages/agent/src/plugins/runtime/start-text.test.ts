import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifest } from '@opencomputer/contracts';
import { completeArguments, completeRecord, completeText, withDefaults } from './start-text.ts';
import type { StartValues } from './start-text.ts';

const values: StartValues = {
  root: '/code',
  data: '/data',
  configuration: { region: 'eu', ports: [1, 2], nested: '${plugin.root}', none: {} },
  environment: { LANG: 'C' },
};

test('places, values and variables are put in, once', () => {
  const texts = [
    ['${plugin.root}/a ${plugin.data}/b', '/code/a /data/b'],
    ['--region=${configuration.region}', '--region=eu'],
    ['${environment.LANG} ${environment.GONE:-x} ${environment.GONE:-}', 'C x '],
    ['${configuration.nested}', '${plugin.root}'],
    ['${other} $HOME ${plugin.home}', '${other} $HOME ${plugin.home}'],
  ];
  for (const [text, complete] of texts) assert.equal(completeText(text ?? '', values), complete);
});

test('a text whose value is absent is left out, with what surrounds it', () => {
  assert.equal(completeText('--key=${configuration.gone}', values), undefined);
  assert.equal(completeText('${configuration.none}', values), undefined);
  assert.deepEqual(completeRecord({ A: '${environment.GONE}', B: 'b' }, values), { B: 'b' });
});

test('a list becomes one argument for each', () => {
  const words = ['a', '${configuration.ports}', '${configuration.gone}', 'b'];
  assert.deepEqual(completeArguments(words, values), ['a', '1', '2', 'b']);
});

test('what is not configured has the default of its schema, and nothing else is taken', () => {
  const declared = manifest.parse({
    name: 'a',
    version: '1.0.0',
    framework_version: '*',
    description: 'Is a.',
    runtime: 'node',
    configuration: { properties: { region: { default: 'eu' }, depth: { type: 'number' } } },
  });
  assert.deepEqual(withDefaults(declared, { depth: 3, other: 1 }), { region: 'eu', depth: 3 });
  const { configuration: _, ...without } = declared;
  assert.deepEqual(withDefaults(without, { a: 1 }), {});
});
