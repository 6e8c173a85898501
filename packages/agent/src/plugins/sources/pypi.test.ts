import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { requirement } from '@opencomputer/testkit';
import { tgz } from './fixtures/archives.ts';
import { index, wheel, wheelFile } from './fixtures/wheels.ts';
import type { WheelForm } from './fixtures/wheels.ts';
import { startWorkshop } from './fixtures/workshop.ts';
import type { Workshop } from './fixtures/workshop.ts';
import { fetchSource } from './source.ts';

const plugin: WheelForm = {
  name: 'my_plugin',
  version: '1.2',
  files: { 'manifest.yaml': 'name: a' },
  requires: ['leaf>=1'],
};

function describeWheels(): void {
  let shop: Workshop;
  before(async () => {
    shop = await startWorkshop(process.env['PATH']);
    const older = { ...plugin, version: '1.0', requires: [] };
    index(shop, 'my-plugin', {
      [wheelFile(older)]: wheel(older),
      [wheelFile(plugin)]: wheel(plugin),
    });
    const leaf = { name: 'leaf', version: '1.5' };
    index(shop, 'leaf', { [wheelFile(leaf)]: wheel(leaf) });
    const setup = 'import pathlib; pathlib.Path("it-ran").touch()';
    index(shop, 'unbuilt', {
      'unbuilt-1.0.tar.gz': tgz({ path: 'unbuilt-1.0/setup.py', body: setup }),
    });
  });
  after(() => shop.close());

  it('is unpacked with the packages that it needs, pinned by its digest', async () => {
    const fetched = await shop.fetch('pypi:My.Plugin');
    const sha256 = shop.sha256Of(wheel(plugin));
    const expected = { type: 'wheel', package: 'my-plugin', version: '1.2', sha256 };
    assert.deepEqual(fetched.source, expected);
    const { directory } = fetched;
    assert.equal(await readFile(join(directory, 'manifest.yaml'), 'utf8'), 'name: a');
    const leaf = await readFile(join(directory, 'site-packages/leaf.py'), 'utf8');
    assert.match(leaf, /1\.5/);
    await fetched.dispose();
    assert.deepEqual(await shop.left(), []);
  });

  it('is taken in the version that was named', async () => {
    const fetched = await shop.fetch('pypi:my-plugin==1.0');
    assert.equal(fetched.source.type === 'wheel' && fetched.source.version, '1.0');
    await assert.rejects(access(join(fetched.directory, 'site-packages')));
    await fetched.dispose();
  });

  it('may be a file of this machine', async () => {
    await shop.file(wheelFile(plugin), wheel(plugin));
    const fetched = await shop.fetch(`./${wheelFile(plugin)}`);
    assert.equal(fetched.source.type, 'wheel');
    assert.match(await readFile(join(fetched.directory, 'site-packages/leaf.py'), 'utf8'), /1\.5/);
    await fetched.dispose();
    await shop.refuses('./gone-1.0-py3-none-any.whl', 'PLUGIN_SOURCE', /there is none/);
    await shop.refuses('./nonsense.whl', 'PLUGIN_SOURCE', /not that of a wheel/);
  });

  it('is refused when there is only its source, which would have to be run', async () => {
    await shop.refuses('pypi:unbuilt', 'PLUGIN_SOURCE');
    await shop.refuses('pypi:nothing', 'PLUGIN_SOURCE');
  });

  it('is refused when the index gives another file than it says', async () => {
    const altered = { name: 'altered', version: '1.0' };
    index(shop, 'altered', { [wheelFile(altered)]: wheel(altered) });
    shop.serve(`/wheels/${wheelFile(altered)}`, wheel({ ...altered, files: { 'a.py': 'evil' } }));
    await shop.refuses('pypi:altered', 'PLUGIN_SOURCE');
  });

  it('is refused when a file is not as in its RECORD', async () => {
    const wrong = {
      name: 'wrong',
      version: '1.0',
      record: (lines: string[]) => lines.filter((line) => !line.startsWith('wrong.py')),
    };
    await shop.file(wheelFile(wrong), wheel(wrong));
    await shop.refuses(`./${wheelFile(wrong)}`, 'PLUGIN_SOURCE', /not in its RECORD/);
  });
}

if (requirement('python') !== undefined) describe('a Python wheel', describeWheels);

it('a machine without Python is told what to install', async () => {
  const bare = await startWorkshop();
  try {
    const ports = { ...bare.ports, environment: { PATH: '/nowhere' } };
    await assert.rejects(
      fetchSource('pypi:a', ports, new AbortController().signal),
      /install python3 with pip/,
    );
  } finally {
    await bare.close();
  }
});
