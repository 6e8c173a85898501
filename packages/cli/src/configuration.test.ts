import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfiguration, parseConfiguration } from './configuration.ts';
import type { LoadedConfiguration } from './configuration.ts';

const folder = mkdtempSync(join(tmpdir(), 'configuration-'));
after(() => rmSync(folder, { recursive: true }));

const parse = (text: string): LoadedConfiguration =>
  parseConfiguration(text, { file: '/data/config.yaml', home: '/home/ada', exists: true });

const messageOf = (text: string): string => {
  try {
    parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  }
  return 'no error';
};

test('no file means the defaults', () => {
  const loaded = loadConfiguration({ file: join(folder, 'none.yaml'), home: '/home/ada' });
  assert.equal(loaded.exists, false);
  assert.equal(loaded.configuration.budget.steps, 25);
  assert.deepEqual(loaded.warnings, []);
  assert.equal(loaded.lineOf(['budget', 'steps']), undefined);
});

test('an empty file and a file of comments mean the defaults', () => {
  assert.equal(parse('').configuration.fastPath, 'on');
  assert.equal(parse('# nothing yet\n').configuration.fastPath, 'on');
});

test('a wrong value is told with file, line, key and what was expected', () => {
  assert.equal(
    messageOf('# budgets\nbudget:\n  tokens: 5000\n  steps: lots\n'),
    '/data/config.yaml:4: budget.steps: expected a whole number from 1 to 1000.',
  );
  assert.equal(
    messageOf('models:\n  - provider: openai\n    model: gpt\n  - provider: acme\n    model: x\n'),
    '/data/config.yaml:4: models.1.provider: expected openai, anthropic, google, openai-compatible, llama or package:NAME.',
  );
});

test('a missing key is told at the line of what it is missing from', () => {
  assert.equal(
    messageOf('fastPath: on\nmodels:\n  - provider: openai\n'),
    '/data/config.yaml:3: models.0.model: expected a text of 1 to 200 characters.',
  );
});

test('a file that is not YAML, or not a section, is told with its line', () => {
  assert.match(messageOf('budget:\n  steps: [1, 2\n'), /^\/data\/config\.yaml:\d: YAML: expected/);
  assert.match(messageOf('budget: {}\nbudget: {}\n'), /^\/data\/config\.yaml:2: YAML: .*unique/);
  assert.equal(messageOf('- a\n'), '/data/config.yaml:1: the file: expected a section with keys.');
});

test('references that multiply without end are refused', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level += 1) {
    const before = `*a${level - 1}`;
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => before).join(', ')}]`);
  }
  assert.throws(() => parse(lines.join('\n')), { code: 'CONFIG_UNREADABLE' });
});

test('an unknown key warns with the nearest known one and does not stop', () => {
  const loaded = parse('fastpath: off\nbudget:\n  stepz: 3\nxyzzy: 1\n');
  assert.deepEqual(loaded.warnings, [
    '/data/config.yaml:1: the key "fastpath" is not known; did you mean "fastPath"?',
    '/data/config.yaml:3: the key "budget.stepz" is not known; did you mean "steps"?',
    '/data/config.yaml:4: the key "xyzzy" is not known',
  ]);
  assert.equal(loaded.configuration.fastPath, 'on');
});

test('each value knows the line that set it', () => {
  const loaded = parse('budget:\n  steps: 3\n');
  assert.equal(loaded.lineOf(['budget', 'steps']), 2);
  assert.equal(loaded.lineOf(['budget', 'tokens']), undefined);
});

test('folders become absolute', () => {
  const loaded = parse('folders: ["~/Documents", /srv/x, notes, "~"]\n');
  assert.deepEqual(loaded.configuration.folders, [
    '/home/ada/Documents',
    '/srv/x',
    '/data/notes',
    '/home/ada',
  ]);
});

test('a file that cannot be read says why', () => {
  const asFolder = join(folder, 'folder.yaml');
  mkdirSync(asFolder);
  const binary = join(folder, 'binary.yaml');
  writeFileSync(binary, Buffer.from([0xff, 0xfe, 0x00]));
  const huge = join(folder, 'huge.yaml');
  writeFileSync(huge, `# ${'x'.repeat(1_000_001)}`);
  for (const [file, reason] of [
    [asFolder, 'it is a folder'],
    [binary, 'it is not valid UTF-8'],
    [huge, 'it is larger than 1000000 bytes'],
  ] as const) {
    assert.throws(() => loadConfiguration({ file, home: '/' }), {
      code: 'CONFIG_UNREADABLE',
      message: `The file ${file} cannot be read: ${reason}.`,
    });
  }
});
