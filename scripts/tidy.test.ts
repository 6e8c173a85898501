import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTree, tidyProblems } from './tidy.ts';

const OPENING = '// Owns a thing. Refuses the rest.\n';

/** Problems of one file among files that are fine. */
function problemsOf(path: string, text: string): string[] {
  const tree = new Map([[path, text]]);
  if (path.endsWith('.ts') && !path.endsWith('.test.ts'))
    tree.set(path.replace('.ts', '.test.ts'), '');
  return tidyProblems(tree).map((problem) => problem.replace(`${path}: `, ''));
}

const quotedTimers = ["'node:timers", "promises'"].join('/');
const source = 'packages/testkit/src/thing.ts';

test('a file of 400 lines passes and one of 401 does not', () => {
  assert.deepEqual(problemsOf(source, OPENING + 'let a;\n'.repeat(399)), []);
  assert.match(problemsOf(source, OPENING + 'let a;\n'.repeat(400)).join(), /^401 lines/);
  assert.match(
    problemsOf('plugins/one/README.md', 'x\n'.repeat(41)).join(),
    /^41 lines; at most 40/,
  );
});

test('a source with code needs a test beside it; types and index files do not', () => {
  const alone = (text: string): string[] => tidyProblems(new Map([[source, OPENING + text]]));
  assert.deepEqual(alone('export const a: number = 1;\n'), [`${source}: has no test beside it`]);
  assert.deepEqual(alone(`import type { B } from './b.ts';\nexport type A = B | null;\n`), []);
});

test('a module opens by saying what it owns', () => {
  assert.match(problemsOf(source, 'export const a: number = 1;\n').join(), /what it owns/);
});

test('an index file re-exports by name and does nothing else', () => {
  const index = 'packages/testkit/src/index.ts';
  const fine = `// Owns.\nexport { a } from './a.ts';\nexport type {\n  B,\n} from './b.ts';\n`;
  assert.deepEqual(problemsOf(index, fine), []);
  assert.deepEqual(problemsOf(index, `export * from './a.ts';`), ['may only re-export, by name']);
  assert.deepEqual(problemsOf(index, `start();`), ['may only re-export, by name']);
});

test('a banned word is found in a name, with its replacement, and not in prose', () => {
  const code = `${OPENING}// the msg\nconst userMsg: string = 'err'; // res\nprint(userMsg, thing.res);\n`;
  assert.deepEqual(problemsOf(source, code), ['"userMsg": instead of "msg" write message']);
  assert.deepEqual(problemsOf(source, `${OPENING}onFailure((err) => writeErr(err));\n`), [
    '"err": write error',
  ]);
  assert.match(problemsOf('scripts/utils.ts', OPENING).join(), /"utils": instead of/);
});

test('the environment is read in one file', () => {
  const code = `${OPENING}export const home: string | undefined = process.env['HOME'];\n`;
  assert.match(problemsOf(source, code).join(), /only packages\/cli\/src\/environment\.ts may/);
  assert.deepEqual(problemsOf('packages/cli/src/environment.ts', code), []);
});

test('the core has no clock, no randomness and no process', () => {
  for (const call of ['Date.now()', 'new Date()', 'Math.random()', 'process.pid', 'fetch(url)']) {
    const problems = problemsOf('packages/agent/src/core/turn.ts', `${OPENING}use(${call});\n`);
    assert.ok(
      problems.some((problem) => problem.includes('the core has no clock')),
      call,
    );
  }
  const quoted = `${OPENING}use('Date.now()', new Date(instant)); // Math.random\n`;
  const problems = problemsOf('packages/agent/src/core/turn.ts', quoted);
  assert.ok(!problems.some((problem) => problem.includes('the core has no clock')));
});

test('a test cannot be switched off and does not sleep', () => {
  const path = 'packages/testkit/src/thing.test.ts';
  assert.match(problemsOf(path, `test.skip('x', () => {});`).join(), /switched off/);
  assert.match(problemsOf(path, `test('x', { skip: true }, () => {});`).join(), /switched off/);
  assert.match(problemsOf(path, `import { setTimeout } from ${quotedTimers};`).join(), /event/);
  assert.deepEqual(problemsOf(path, `test('nothing is skipped: never', () => {});`), []);
});

test('an interface that others implement asks for at most seven members', () => {
  const members = (count: number): string =>
    Array.from({ length: count }, (_, index) => `  m${index}(): void;`).join('\n');
  const path = 'packages/contracts/src/thing.ts';
  const text = (count: number): string =>
    `${OPENING}export interface Thing {\n${members(count)}\n}\n`;
  assert.deepEqual(problemsOf(path, text(7)), []);
  assert.deepEqual(problemsOf(path, text(8)), ['Thing has 8 required members; at most 7']);
});

test('every component of the server and every plugin has the same shape', () => {
  const tree = new Map([
    ['packages/agent/src/store/types.ts', OPENING],
    ['plugins/one/src/types.ts', OPENING],
  ]);
  assert.deepEqual(tidyProblems(tree), [
    'packages/agent/src/store/README.md: is missing',
    'packages/agent/src/store/index.ts: is missing',
    'plugins/one/README.md: is missing',
    'plugins/one/manifest.yaml: is missing',
  ]);
});

test('the tree that is read holds sources and no generated or planted file', () => {
  const paths = [...readTree(join(import.meta.dirname, '..')).keys()];
  assert.ok(paths.includes('scripts/tidy.ts'));
  assert.ok(!paths.some((path) => /node_modules|\/dist|scripts\/fixtures/.test(path)));
});
