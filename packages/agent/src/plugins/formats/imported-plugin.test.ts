import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemOf } from './fixtures/plugins.ts';
import { ImportReport, checkedManifest } from './imported-plugin.ts';

const least = { name: 'a', version: '1.0.0', framework_version: '*', description: 'x' };

test('a manifest that was put together is validated whole', async () => {
  assert.equal(checkedManifest({ ...least, runtime: 'none' }, 'a.json').name, 'a');
  const wrong = (): unknown => checkedManifest({ ...least, runtime: 'mcp' }, 'a.json');
  assert.match(await problemOf(wrong), /^a\.json: .*command: runtime mcp needs/);
});

test('a report has each warning once, and a reason only where there is one', () => {
  const report = new ImportReport();
  report.warn('x');
  report.warn('x');
  report.kept('a', 'skill a', '');
  report.dropped('b', 'no use');
  assert.deepEqual(report.warnings, ['x']);
  assert.deepEqual(report.parts, [
    { part: 'a', becomes: 'skill a' },
    { part: 'b', becomes: '', reason: 'no use' },
  ]);
});
