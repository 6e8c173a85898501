import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerInputs } from './server-inputs.ts';

test('a value is as it is written, its variables are options', () => {
  const inputs = new ServerInputs();
  const token = { isSecret: true, description: 'The token' };
  const written = { value: 'Bearer {token} {other}', variables: { token } };
  assert.equal(inputs.text(written, 'Authorization'), 'Bearer ${option:token} {other}');
  assert.equal(inputs.options.get('token')?.isSensitive, true);
  assert.equal(inputs.configuration, undefined);
  assert.deepEqual(inputs.meaningOf('option:token'), { type: 'option', key: 'token' });
  assert.equal(inputs.meaningOf('option:none'), undefined);
  assert.equal(inputs.meaningOf('TOKEN'), undefined);
});

test('what a person sets is a JSON Schema with typed defaults and choices', () => {
  const inputs = new ServerInputs();
  inputs.text({ format: 'number', default: '8', isRequired: true }, '--port');
  inputs.text({ format: 'boolean', default: 'true' }, 'VERBOSE');
  inputs.text({ choices: ['a', 'b'], isRequired: true, description: 'Which' }, 'mode');
  assert.deepEqual(inputs.configuration, {
    type: 'object',
    properties: {
      port: { type: 'number', default: 8 },
      VERBOSE: { type: 'boolean', default: true },
      mode: { type: 'string', description: 'Which', enum: ['a', 'b'] },
    },
    required: ['mode'],
    additionalProperties: false,
  });
});

test('an input of which nothing is said is not asked for', () => {
  const inputs = new ServerInputs();
  assert.equal(inputs.text({}, '--rm'), undefined);
  assert.equal(inputs.configuration, undefined);
});
