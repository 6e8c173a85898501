import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sabotages } from './sabotages.ts';
import { sabotaged } from './twins.ts';

const source = join(import.meta.dirname, '..', '..', 'packages', 'agent', 'src');

for (const sabotage of sabotages) {
  test(`the guard "${sabotage.name}" stands in the sources once`, () => {
    const text = readFileSync(join(source, sabotage.file), 'utf8');
    assert.notEqual(sabotaged(text, sabotage), text);
  });
}
