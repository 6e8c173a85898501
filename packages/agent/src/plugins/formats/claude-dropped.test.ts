import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportDropped } from './claude-dropped.ts';
import { partOf, pluginFolder, problemOf } from './fixtures/plugins.ts';
import { ImportReport } from './imported-plugin.ts';
import { PluginFolder } from './plugin-folder.ts';

test('every part that is of no use is named with the reason', async (t) => {
  const report = new ImportReport();
  const folder = await PluginFolder.open(
    await pluginFolder(t, {
      '.lsp.json': {},
      'bin/tool': '',
      'output-styles/a.md': 'x',
      'monitors/monitors.json': [{ name: 'watch', command: 'tail', description: 'x' }],
      'hooks/hooks.json': '{',
      'more.json': { hooks: { Stop: [{ hooks: [{ type: 'command', command: 'x' }] }] } },
    }),
  );
  await reportDropped(
    {
      name: 'a',
      hooks: ['./more.json', './missing.json'],
      lspServers: './x.json',
      dependencies: ['base@market', { name: 'other', version: '^1.0.0' }],
      defaultEnabled: false,
      experimental: { themes: './themes' },
    },
    folder,
    report,
  );
  const names = report.parts.map(({ part }) => part);
  assert.deepEqual(names, [
    'hooks/hooks.json',
    'more.json: Stop',
    'missing.json',
    'monitors/monitors.json: watch',
    '.lsp.json',
    'output-styles',
    'bin',
    'plugin.json: lspServers',
    'plugin.json: experimental.themes',
    'dependency base@market',
    'dependency other',
    'plugin.json: defaultEnabled',
  ]);
  assert.ok(report.parts.every(({ becomes, reason }) => becomes === '' && reason !== undefined));
  assert.match(partOf(report.parts, 'dependency other').reason ?? '', /other \^1\.0\.0 by itself/);
  assert.equal(report.warnings.filter((text) => text.startsWith('NOT ENFORCED')).length, 2);
});

test('a monitor with a key that is not known, and a path outside, are refused', async (t) => {
  const entry = { name: 'a', command: 'b', description: 'c', every: 5 };
  const folder = await PluginFolder.open(
    await pluginFolder(t, { 'monitors/monitors.json': [entry] }),
  );
  const report = new ImportReport();
  assert.match(await problemOf(() => reportDropped({}, folder, report)), /monitors\.json:\d+: 0/);
  const hooks = '../hooks.json';
  assert.match(
    await problemOf(() => reportDropped({ hooks }, folder, report)),
    /not a path within the plugin/,
  );
});
