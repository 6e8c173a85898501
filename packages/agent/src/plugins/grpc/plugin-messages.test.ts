import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressSchema, file_plugin as file } from './plugin-messages.ts';

const proto = readFileSync(
  join(import.meta.dirname, '../../../../contracts/proto/plugin.proto'),
  'utf8',
);

test('the generated messages are those of plugin.proto', () => {
  const fields = file.messages.flatMap(({ name, fields: each }) =>
    each.map((field) => `${name}.${field.name} = ${field.number}`),
  );
  let message = '';
  const written = proto.split('\n').flatMap((line) => {
    message = /^message (\w+)/.exec(line)?.[1] ?? message;
    const [, name, number] = /^ +(?:[\w.]+ )+(\w+) = (\d+);$/.exec(line) ?? [];
    return name === undefined ? [] : [`${message}.${name} = ${number ?? ''}`];
  });
  assert.deepEqual(fields.toSorted(), written.toSorted());
  assert.equal(ProgressSchema.typeName, 'opencomputer.plugin.v1.Progress');
  const methods = file.services.flatMap((service) => service.methods.map(({ name }) => name));
  assert.deepEqual(
    methods,
    [...proto.matchAll(/rpc (\w+)/g)].map(([, name]) => name),
  );
});
