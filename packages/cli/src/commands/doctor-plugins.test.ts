import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { manualClock } from '../fixtures/surroundings.ts';
import { systemClock } from '../process-context.ts';
import { checkPluginStarts } from './doctor-plugins.ts';
import type { Finding } from './finding.ts';

const official = join(import.meta.dirname, '..', '..', '..', '..', 'plugins');
const folder = mkdtempSync(join(tmpdir(), 'doctor-plugins-'));
after(() => rmSync(folder, { recursive: true }));

const variables = { PATH: process.env['PATH'] };
const check = (names: readonly string[], directory = folder): Promise<Finding[]> =>
  checkPluginStarts({ directory, names, variables, clock: systemClock });

/** A plugin with one tool, whose program is what is given. */
const plugin = (name: string, program: string): string => {
  mkdirSync(join(folder, name));
  const manifest = {
    name,
    version: '0.1.0',
    framework_version: '^0.1.0',
    description: 'A test.',
    licence: 'MIT',
    runtime: 'node',
    entry: 'handler.mjs',
    provides: {
      tools: [
        {
          name: `${name}_do`,
          description: 'Does it.',
          effect: 'read',
          reach: 'own',
          input: { type: 'object' },
        },
      ],
    },
  };
  writeFileSync(join(folder, name, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, name, 'handler.mjs'), program);
  return name;
};
const answering = (tools: string): string =>
  `process.stdin.once('data', () => console.log(JSON.stringify({ id: 1, result: { tools: ${tools} } })));`;

test('each official plugin starts, and those without a process are not counted', async () => {
  const names = readdirSync(official, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const builtIn = ['assistant', 'memory'];
  const processes = names.filter((name) => !builtIn.includes(name)).length;
  assert.deepEqual(await check(names, official), [
    { state: 'ok', text: `${processes} official plugins started and listed all tools` },
  ]);
  assert.deepEqual(await check(builtIn, official), []);
});

test('one that ends, one that lacks a tool and one that is not there are told beside the others', async () => {
  const names = [
    plugin('good', answering('[{ name: "good_do" }]')),
    plugin('gone', 'process.exit(7);'),
    plugin('less', answering('[]')),
    plugin('mute', "process.stdin.once('data', () => console.log('{}'));"),
    plugin('noise', "process.stdin.once('data', () => console.log('hello'));"),
    'absent',
  ];
  const findings = await check(names);
  assert.deepEqual(
    findings.map(
      ({ state, text }) => `${state} ${text.replace(/: (ENOENT|Unexpected).*/, ': $1')}`,
    ),
    [
      'ok 1 official plugin started and listed all tools',
      'fail plugin gone does not start: it ended at once (exit code 7)',
      'fail plugin less does not start: it has no less_do',
      'fail plugin mute does not start: it does not list its tools',
      'fail plugin noise does not start: Unexpected',
      'fail plugin absent does not start: ENOENT',
    ],
  );
  assert.match(findings[1]?.remedy ?? '', /plugins\.gone\.enabled/);
});

test('a program that may not start others cannot read what is outside of the plugins', async () => {
  const reading = "import { readFileSync } from 'node:fs'; readFileSync('/etc/hostname');";
  const [finding] = await check([
    plugin('nosy', `${reading}${answering('[{ name: "nosy_do" }]')}`),
  ]);
  assert.match(finding?.text ?? '', /nosy does not start: it ended at once/);
});

test('one that never answers is given up, and ended', async () => {
  const clock = manualClock();
  const started = Promise.withResolvers<void>();
  const names = [plugin('stuck', 'setInterval(() => undefined, 1000);')];
  const announced: typeof clock.after = (delayMs, run) => {
    started.resolve();
    return clock.after(delayMs, run);
  };
  const checked = checkPluginStarts({
    directory: folder,
    names,
    variables,
    clock: { ...clock, after: announced },
  });
  await started.promise;
  clock.advance(10_000);
  const [finding] = await checked;
  assert.equal(finding?.text, 'plugin stuck does not start: no answer within 10 s');
});
