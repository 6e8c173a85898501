import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { languageNamed, languageOf, languages, missingOf } from './languages.ts';

test('each template is recognised as what it is written in', () => {
  for (const language of languages) {
    const folder = join(import.meta.dirname, 'templates', language.name);
    assert.equal(languageOf(folder), language, language.name);
    assert.equal(languageNamed(language.name), language);
  }
  assert.equal(languageNamed('cobol'), undefined);
  assert.equal(languages[0].name, 'python');
});

test('what is not on the path is missing, with the package that brings it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'languages-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const go = languageNamed('go');
  assert.ok(go);
  const missing = [{ program: 'go', install: 'apt-get install golang' }];
  assert.deepEqual(missingOf(go, `${folder}:`), missing);
  writeFileSync(join(folder, 'go'), '');
  assert.deepEqual(missingOf(go, `/nowhere:${folder}`), []);
});
