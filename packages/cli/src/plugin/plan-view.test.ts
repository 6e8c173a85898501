import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstallPlan } from '@opencomputer/contracts/internal';
import { planLines, sourceText, updateLines } from './plan-view.ts';

const plan: InstallPlan = {
  id: '1',
  plugin: 'weather',
  version: '1.1.0',
  description: 'Says\u001b]0;owned\u0007 how \u202eit is.',
  digest: 'a'.repeat(64),
  source: { type: 'git', url: 'https://example.org/w.git', commit: 'b'.repeat(40), path: 'w' },
  origin: 'local',
  tools: [{ tool: 'weather_read', effect: 'read' }],
  parts: [
    { part: 'commands/go.md', becomes: 'skill go' },
    { part: 'hooks/hooks.json', becomes: '', reason: 'hooks are not run' },
  ],
  rights: ['connect to a.org', 'connect to b.org'],
  asks: ['connect to b.org'],
  isInstalled: false,
  warnings: ['it is also skills'],
};

test('a plan says where from, which tools, what becomes of it, what is left out and its rights', () => {
  assert.deepEqual(planLines(plan), [
    'weather 1.1.0: Says how it is.',
    'From https://example.org/w.git, commit bbbbbbbbbbbb, w (local: nobody but you vouches for it)',
    'Tools:',
    '  weather_read (read)',
    'What becomes of its parts:',
    '  commands/go.md: skill go',
    'Left out:',
    '  hooks/hooks.json (hooks are not run)',
    'Mind:',
    '  it is also skills',
    'It wants to:',
    '  connect to a.org',
    '  connect to b.org',
  ]);
  const quiet = planLines({ ...plan, rights: [], asks: [] });
  assert.equal(quiet.at(-1), 'It may touch nothing but its own storage.');
  const asks = ['take the place of the official plugin calendar'];
  assert.deepEqual(planLines({ ...plan, rights: [], asks }).slice(-3), [
    'It wants to:',
    '  take the place of the official plugin calendar',
    'It may touch nothing but its own storage.',
  ]);
});

test('an update says what it adds, and adding again says what was allowed before', () => {
  const update = { ...plan, replaces: '1.0.0' };
  assert.deepEqual(updateLines(update), [
    'weather 1.0.0 → 1.1.0',
    'It asks for more:',
    '  connect to b.org',
  ]);
  assert.deepEqual(planLines(update).slice(-4), [
    'As before it may:',
    '  connect to a.org',
    'It asks for more:',
    '  connect to b.org',
  ]);
});

test('every kind of source has words', () => {
  const sha256 = 'c'.repeat(64);
  const digest = `sha256:${sha256}`;
  assert.deepEqual(
    [
      sourceText({ type: 'folder', path: '/w' }),
      sourceText({ type: 'npm', package: '@a/w', version: '1.0.0', integrity: 'x' }),
      sourceText({ type: 'wheel', package: 'w', version: '1.0', sha256 }),
      sourceText({ type: 'oci', reference: 'r.org/w:1', digest }),
      sourceText({ type: 'server', name: 'w' }),
    ],
    ['/w', 'npm @a/w@1.0.0', 'PyPI w 1.0', 'r.org/w:1, sha256:cccccccccccc', 'the MCP server w'],
  );
});
