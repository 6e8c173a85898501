import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { blocksOf, runGuide } from './guides.ts';

test('blocks of the shell are read with their line and what they must end with', () => {
  const guide = [
    '# A guide',
    '```sh',
    'agent doctor',
    'agent why',
    '```',
    '```yaml',
    'a: 1',
    '```',
    '```sh exit=4',
    'agent "why"',
    '```',
    '```sh no-run',
    'rm -rf /',
    '```',
  ].join('\n');
  assert.deepEqual(blocksOf(guide), [
    { line: 3, script: 'agent doctor\nagent why', isRun: true, exitCode: 0 },
    { line: 10, script: 'agent "why"', isRun: true, exitCode: 4 },
    { line: 13, script: 'rm -rf /', isRun: false, exitCode: 0 },
  ]);
  for (const info of ['sh norun', 'sh exit=', 'sh no-run exit=1']) {
    assert.throws(() => blocksOf(`\`\`\`${info}\n\`\`\``), /neither sh/, info);
  }
});

test('a block that fails at any of its lines, or ends with another code, is a problem', async () => {
  const block = (script: string, exitCode = 0) => ({ line: 1, script, isRun: true, exitCode });
  const blocks = [
    block('echo "$HOME" > "$HOME/place"'),
    block('test "$(cat "$HOME/place")" = "$HOME"'),
    block('echo told; false; true'),
    block('true', 4),
    block('exit 4', 4),
    { ...block('false'), isRun: false },
  ];
  assert.deepEqual(await runGuide(blocks), [
    { line: 1, code: 1, output: 'told\n' },
    { line: 1, code: 0, output: '' },
  ]);
});

const guides = globSync('docs/guides/*.md', { cwd: join(import.meta.dirname, '..') }).toSorted();
let run = 0;
let left = 0;
after(() => console.log(`Guides: ${run} blocks were run, ${left} are marked no-run`));

// One after the other: each test is awaited before the next begins.
for (const guide of guides) {
  test(`what ${basename(guide)} tells to type works`, async () => {
    const blocks = blocksOf(readFileSync(join(import.meta.dirname, '..', guide), 'utf8'));
    const problems = await runGuide(blocks);
    run += blocks.filter(({ isRun }) => isRun).length;
    left += blocks.filter(({ isRun }) => !isRun).length;
    const told = problems.map(({ line, code, output }) => `${guide}:${line}: ${code}\n${output}`);
    assert.deepEqual(told, []);
  });
}
