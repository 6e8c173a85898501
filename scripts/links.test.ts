import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { deadLinks } from './links.ts';

const folder = mkdtempSync(join(tmpdir(), 'links-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'docs'));
writeFileSync(
  join(folder, 'docs/page.md'),
  '# A page\n## What `it` is, exactly\n## Twice\n## Twice\n',
);

function deadIn(text: string): string[] {
  writeFileSync(join(folder, 'README.md'), text);
  return deadLinks(folder).map((each) => each.replace('README.md: ', ''));
}

test('links to files, folders, headings and the network are alive', () => {
  assert.deepEqual(
    deadIn(`# Top
[a](docs/page.md) [b](docs) [c](docs/page.md#what-it-is-exactly) [d](#top) [e](docs/page.md#twice-1)
[f](https://example.org/x) ![g](docs/page.md "title") [h][h]

[h]: docs/page.md#a-page
`),
    [],
  );
});

test('links to a missing file, a missing heading or out of the project are dead', () => {
  assert.deepEqual(
    deadIn('[a](docs/none.md) [b](docs/page.md#none) [c](../x.md)\n\n[d]: none.md\n'),
    ['docs/none.md', 'docs/page.md#none', '../x.md', 'none.md'],
  );
});

test('what stands in code is no link', () => {
  assert.deepEqual(deadIn('`[a](none.md)`\n\n```md\n[b](none.md)\n```\n'), []);
});
