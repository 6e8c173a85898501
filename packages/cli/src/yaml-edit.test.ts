import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { editYaml } from './yaml-edit.ts';

const written = `# My settings.   Keep!

person:
    name:   "Ada"      # as I like it

folders:
  - /srv/a   # work

  - '/srv/b'
models:
- provider: openai
  model: gpt
budget: {steps: 3,   tokens: 10}

fastPath: on
`;

/** The lines that differ, old and new. */
function difference(before: string, after: string): [string[], string[]] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let first = 0;
  while (first < old.length && old[first] === now[first]) first += 1;
  let last = 0;
  while (last < old.length - first && old.at(-1 - last) === now.at(-1 - last)) last += 1;
  return [old.slice(first, old.length - last), now.slice(first, now.length - last)];
}

const cases: [string, (string | number)[], unknown, string[], string[]][] = [
  ['a value', ['fastPath'], 'off', ['fastPath: on'], ['fastPath: off']],
  [
    'a quoted value beside a comment',
    ['person', 'name'],
    'Grace',
    ['    name:   "Ada"      # as I like it'],
    ['    name:   Grace      # as I like it'],
  ],
  ['a key in a section', ['person', 'timeZone'], 'UTC', [], ['    timeZone: UTC']],
  ['an item at the end of a list', ['folders', 2], '/srv/c', [], ['  - /srv/c']],
  ['an item in a list', ['folders', 0], '/x', ['  - /srv/a   # work'], ['  - /x   # work']],
  [
    'a value inside a map on one line',
    ['budget', 'steps'],
    7,
    ['budget: {steps: 3,   tokens: 10}'],
    ['budget: {steps: 7, tokens: 10}'],
  ],
  [
    'an entry of a list without indentation',
    ['models', 1],
    { provider: 'openai', model: 'b' },
    [],
    ['- provider: openai', '  model: b'],
  ],
  [
    'a whole list',
    ['models'],
    [],
    ['models:', '- provider: openai', '  model: gpt'],
    ['models: []'],
  ],
  ['a section of its own', ['policy', 'allow'], ['x'], [], ['policy:', '  allow:', '    - x']],
  ['a key that goes', ['fastPath'], undefined, ['fastPath: on'], []],
];

for (const [name, path, value, old, now] of cases) {
  test(`${name}: only its own lines change`, () => {
    const [before, after] = difference(written, editYaml(written, path, value));
    const real = (lines: string[]): string[] => lines.filter((line) => line !== '');
    assert.deepEqual([real(before), real(after)], [old, now]);
  });
}

test('a file of a Windows editor keeps its line ends', () => {
  const text = '# mine\r\nbudget:\r\n  steps: 3 # few\r\n';
  assert.equal(
    editYaml(text, ['budget', 'tokens'], 9),
    '# mine\r\nbudget:\r\n  steps: 3 # few\r\n  tokens: 9\r\n',
  );
});

test('a file of comments only, and one without an end of line, are added to', () => {
  assert.equal(editYaml('# nothing yet\n', ['fastPath'], 'on'), '# nothing yet\nfastPath: on\n');
  assert.equal(
    editYaml('fastPath: on', ['budget', 'steps'], 3),
    'fastPath: on\nbudget:\n  steps: 3',
  );
});

test('what cannot be changed in place is changed all the same, and its comments stay', () => {
  const text = '# mine\nbudget:\n  steps: 3\nfastPath: on # quick\n';
  const after = editYaml(text, ['budget', 'steps'], undefined);
  assert.deepEqual(parse(after), { budget: {}, fastPath: 'on' });
  assert.match(after, /# mine[^]*# quick/);
});

test('whatever is set is what is read, and all else is untouched', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string()));
  const place = fc.constantFrom(
    ['person', 'name'],
    ['folders', 1],
    ['models'],
    ['budget', 'steps'],
    ['a', 'b', 'c'],
  );
  fc.assert(
    fc.property(place, value, (path, set) => {
      const after = parse(editYaml(written, path, set)) as Record<string, unknown>;
      let found: unknown = after;
      for (const key of path) found = (found as Record<string | number, unknown>)[key];
      assert.deepEqual(found, set);
      const before = parse(written) as Record<string, unknown>;
      for (const key of Object.keys(before)) {
        if (key !== path[0]) assert.deepEqual(after[key], before[key]);
      }
    }),
  );
});
