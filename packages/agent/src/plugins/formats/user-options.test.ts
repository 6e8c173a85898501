import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configurationOf, looseOptions, optionsOf, strictOptions } from './user-options.ts';

const written = strictOptions.parse({
  level: { type: 'number', title: 'Level', description: 'How much', min: 1, max: 9, default: 3 },
  folders: { type: 'directory', title: 'F', description: 'Which', multiple: true, required: true },
  key: { type: 'string', title: 'Key', description: '', sensitive: true, required: true },
});

test('options are a JSON Schema, secrets left out', () => {
  assert.deepEqual(configurationOf(written), {
    type: 'object',
    properties: {
      level: {
        type: 'number',
        minimum: 1,
        maximum: 9,
        title: 'Level',
        description: 'How much',
        default: 3,
      },
      folders: { type: 'array', items: { type: 'string' }, title: 'F', description: 'Which' },
    },
    required: ['folders'],
    additionalProperties: false,
  });
  assert.equal(configurationOf({}), undefined);
});

test('what an option is for decides where its value goes', () => {
  const options = optionsOf(written);
  assert.equal(options.get('folders')?.isPath, true);
  assert.deepEqual(options.get('key'), {
    description: 'Key',
    isSensitive: true,
    isRequired: true,
    isPath: false,
  });
});

test('an unknown key of an option is an error in one format and ignored in the other', () => {
  const option = { a: { type: 'string', title: 'A', description: 'A', secret: true } };
  assert.equal(strictOptions.safeParse(option).success, false);
  assert.equal(looseOptions.safeParse(option).success, true);
  assert.equal(looseOptions.safeParse({ 'a-b': option.a }).success, false);
});
