import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { languageNamed, languages } from './languages.ts';
import { isLegalName, legalName, writeScaffold } from './scaffold.ts';

test('legal names are taken, and each other one has the nearest that is', () => {
  for (const name of ['calendar', 'a', 'work-calendar-2']) {
    assert.ok(isLegalName(name));
    assert.equal(legalName(name), name);
  }
  const nearest: Record<string, string> = {
    Calendar: 'calendar',
    my_calendar: 'my-calendar',
    'Ünsre Termine!': 'unsre-termine',
    '2nd--try-': 'nd-try',
    '../etc': 'etc',
    日本: 'my-plugin',
    [`${'long-'.repeat(20)}`]: 'long-long-long-long-long-long-long-long',
  };
  for (const [name, legal] of Object.entries(nearest)) {
    assert.equal(isLegalName(name), false, name);
    assert.equal(legalName(name), legal);
    assert.ok(isLegalName(legal), legal);
  }
});

test('nothing of the placeholder is left, and what was executable still is', (t) => {
  for (const language of languages) {
    const folder = mkdtempSync(join(tmpdir(), 'scaffold-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const written = writeScaffold(folder, { name: 'work-calendar2', language });
    assert.ok(written.includes('manifest.yaml') && written.includes('README.md'));
    for (const file of written) {
      const text = readFileSync(join(folder, file), 'utf8');
      assert.doesNotMatch(text, /sample.?plugin/, `${language.name}/${file}`);
    }
    const manifest = readFileSync(join(folder, 'manifest.yaml'), 'utf8');
    assert.match(manifest, /name: work_calendar2_greet/);
    assert.match(manifest, /name: workcalendar\.greet/);
    if (language.name === 'shell') {
      assert.equal(statSync(join(folder, 'handler.sh')).mode & 0o777, 0o755);
    }
  }
});

test('the kit is part of a plugin in Python and in Node, without its tests', (t) => {
  for (const [name, kit] of [
    ['python', 'opencomputer_plugin'],
    ['node', 'opencomputer-plugin'],
  ] as const) {
    const folder = mkdtempSync(join(tmpdir(), 'scaffold-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const language = languageNamed(name);
    assert.ok(language);
    writeScaffold(folder, { name: 'calendar', language });
    const files = readdirSync(join(folder, kit));
    assert.ok(files.length > 5 && !files.some((file) => file.includes('.test.')));
  }
});
