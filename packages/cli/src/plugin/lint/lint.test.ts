import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { environment } from '../../fixtures/surroundings.ts';
import { lintPlugin } from './lint.ts';

const templates = join(import.meta.dirname, '..', 'templates');

test('each template breaks no rule but that its program is not built', async () => {
  const facts = { environment: environment({ workingFolder: templates }) };
  for (const [name, expected] of Object.entries({
    python: [],
    node: [],
    shell: [],
    go: ['entry-exists'],
    rust: ['entry-exists'],
  })) {
    const findings = await lintPlugin(facts, name);
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      expected,
      name,
    );
  }
});

test('each finding has its file, its line and its repair; a wrong manifest is one', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lint-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const facts = { environment: environment({ workingFolder: folder }) };
  await assert.rejects(lintPlugin(facts, undefined), { code: 'PLUGIN_UNKNOWN' });
  const file = join(folder, 'manifest.yaml');
  const good = readFileSync(join(templates, 'python', 'manifest.yaml'), 'utf8');
  writeFileSync(file, good.replace('licence:', 'license:'));
  const findings = await lintPlugin(facts, undefined);
  const rules = ['manifest-key', 'about-licence', 'about-readme', 'entry-exists'];
  assert.deepEqual(
    findings.map(({ rule }) => rule),
    rules,
  );
  assert.equal(findings[0]?.place, `${file}:5`);
  assert.match(findings[0]?.problem ?? '', /did you mean "licence"/);
  assert.equal(findings[3]?.place, `${file}:7`);
  writeFileSync(file, good.replace('effect: read', 'effect: reed'));
  const [wrong, ...more] = await lintPlugin(facts, undefined);
  assert.deepEqual([wrong?.rule, wrong?.place, more], ['manifest-valid', `${file}:12`, []]);
});
