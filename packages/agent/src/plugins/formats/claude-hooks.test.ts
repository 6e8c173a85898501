import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportHooks } from './claude-hooks.ts';
import { partOf } from './fixtures/plugins.ts';
import { ImportReport } from './imported-plugin.ts';

test('a hook that could block is said to be not enforced, any other is dropped', () => {
  const report = new ImportReport();
  const command = { type: 'command', command: '${CLAUDE_PLUGIN_ROOT}/guard.sh', timeout: 5 };
  const hooks = {
    PreToolUse: [{ matcher: 'Bash|Write', hooks: [command, { type: 'prompt', prompt: 'Safe?' }] }],
    SessionStart: [{ hooks: [command] }],
  };
  reportHooks({ description: 'Guards.', hooks }, 'hooks/hooks.json', report);
  assert.equal(report.parts.length, 3);
  assert.equal(report.warnings.length, 2);
  assert.match(report.warnings[0] ?? '', /^NOT ENFORCED: .*PreToolUse \(Bash\|Write\).*guard\.sh/);
  const start = partOf(report.parts, 'hooks/hooks.json: SessionStart');
  assert.match(start.reason ?? '', /no hook at SessionStart/);
});

test('hooks without the outer key are read too', () => {
  const report = new ImportReport();
  reportHooks({ Stop: [{ hooks: [{ type: 'command', command: 'x' }] }] }, 'plugin.json', report);
  assert.match(report.warnings[0] ?? '', /^NOT ENFORCED: plugin\.json: Stop/);
});

test('hooks that cannot be read are never silent', () => {
  for (const value of [5, { hooks: { PreToolUse: 'run' } }, { PreToolUse: [{ hooks: [{}] }] }]) {
    const report = new ImportReport();
    reportHooks(value, 'hooks/hooks.json', report);
    assert.match(report.warnings[0] ?? '', /^NOT ENFORCED/);
    assert.equal(report.parts[0]?.becomes, '');
  }
});
