import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import { bodyKind, fillBody, fillHeader, placeholdersIn, refuseInUrl } from './placeholder.ts';

const values: Readonly<Record<string, string>> = {
  key: 'plain-value',
  odd: 'a"b\\c&d=e é\n',
};
const source = (name: string): string => {
  const value = values[name];
  if (value === undefined) throw new AgentError('EGRESS_SECRET', { secret: name, problem: 'no' });
  return value;
};
const isRefused = (error: unknown): boolean => isAgentError(error, 'EGRESS_SECRET');

test('the kind of a body is read from its media type', () => {
  assert.equal(bodyKind('application/json; charset=utf-8'), 'json');
  assert.equal(bodyKind('Application/VND.api+JSON'), 'json');
  assert.equal(bodyKind('application/x-www-form-urlencoded'), 'form');
  assert.equal(bodyKind('text/plain'), 'text');
  assert.equal(bodyKind(undefined), 'other');
  for (const type of ['', 'image/png', 'multipart/form-data', 'application/jsonx'])
    assert.equal(bodyKind(type), 'other', type);
  assert.equal(bodyKind('application/json', 'gzip'), 'other');
  assert.equal(bodyKind('application/json', 'Identity'), 'json');
});

test('a header gets the value as it is, unless it would be more than one line', () => {
  assert.equal(fillHeader('Bearer {{secret:key}}', source), 'Bearer plain-value');
  assert.equal(fillHeader('{{secret:key}},{{secret:key}}', source), 'plain-value,plain-value');
  for (const same of ['{{secret:}}', '{secret:key}', '{{secret:a b}}', '{{ secret:key }}'])
    assert.equal(fillHeader(same, source), same);
  assert.throws(() => fillHeader('{{secret:odd}}', source), isRefused);
  assert.throws(() => fillHeader('{{secret:none}}', source), isRefused);
});

test('a body gets the value escaped as its kind wants it', () => {
  const json = fillBody('{"a":"{{secret:odd}}"}', 'json', source);
  assert.deepEqual(JSON.parse(Buffer.from(json, 'latin1').toString()), { a: values['odd'] });
  for (const text of ['a={{secret:odd}}&b=1', 'a=%7B%7Bsecret%3Aodd%7D%7D&b=1']) {
    const form = new URLSearchParams(fillBody(text, 'form', source));
    assert.deepEqual(
      [...form],
      [
        ['a', values['odd']],
        ['b', '1'],
      ],
    );
  }
  const text = fillBody('<{{secret:odd}}>', 'text', source);
  assert.equal(Buffer.from(text, 'latin1').toString(), `<${values['odd']}>`);
  assert.throws(() => fillBody('{{secret:key}}', 'other', source), isRefused);
  assert.throws(() => fillBody('{{secret:none}}', 'json', source), isRefused);
});

test('a value that looks like a placeholder is not filled again', () => {
  assert.equal(
    fillHeader('{{secret:key}}', () => '{{secret:other}}'),
    '{{secret:other}}',
  );
});

test('the names that a body asks for are found once each', () => {
  assert.deepEqual(placeholdersIn('{{secret:a}} {{secret:b}} {{secret:a}}', 'text'), ['a', 'b']);
  assert.deepEqual(placeholdersIn('x=%7b%7bSecret%3aa%7d%7d', 'form'), ['a']);
  assert.deepEqual(placeholdersIn('x=%7b%7bsecret%3aa%7d%7d', 'json'), []);
});

test('no URL carries a placeholder, however it is escaped', () => {
  const all = Array.from(
    '{{secret:key}}',
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  ).join('');
  for (const path of ['/{{secret:key}}', '/?a=%7B%7Bsecret%3Akey%7D%7D', `/x?${all}`])
    assert.throws(() => refuseInUrl(path), isRefused, path);
  refuseInUrl('/a?b=%7B%7Btemplate%7D%7D&c=%zz%');
});
