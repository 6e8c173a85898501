import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { requirement, startOciRegistry } from '@opencomputer/testkit';
import { author, draft, workFolder } from './fixtures/author.ts';
import { pluginKeygen, pluginSign } from './key-command.ts';
import { pluginPublish } from './publish-command.ts';

const program = requirement('registry');
if (program !== undefined) {
  test('a plugin is linted, packed, signed and sent; again changes nothing', async (t) => {
    const folder = workFolder(t);
    const { host, stop } = await startOciRegistry(program, join(folder, 'registry'));
    t.after(stop);
    mkdirSync(join(folder, 'calendar'));
    draft(join(folder, 'calendar'), 'shell');
    await pluginKeygen(author(folder), ['my.key'], {});
    const options = { registry: `${host}/plugins/`, key: 'my.key' };
    const context = author(folder);
    assert.equal(await pluginPublish(context, ['calendar'], options), 0, context.error.text());
    assert.match(context.output.text(), /Published: \S+\/plugins\/calendar:0\.1\.0\nsha256:/);
    const again = author(folder);
    assert.equal(await pluginPublish(again, ['calendar'], { ...options, json: true }), 0);
    const { isNew, isSigned } = JSON.parse(again.output.text()) as Record<string, boolean>;
    assert.deepEqual([isNew, isSigned], [false, true]);
  });

  test('a signature that was made elsewhere is sent, and refused when it is of other content', async (t) => {
    const folder = workFolder(t);
    const { host, stop } = await startOciRegistry(program, join(folder, 'registry'));
    t.after(stop);
    mkdirSync(join(folder, 'calendar'));
    draft(join(folder, 'calendar'), 'shell');
    await pluginKeygen(author(folder), ['my.key'], {});
    await pluginSign(author(folder), ['calendar'], { key: ['my.key'], output: 'mine.json' });
    const options = { registry: host, signature: 'mine.json' };
    writeFileSync(join(folder, 'calendar', 'more'), '');
    const changed = pluginPublish(author(folder), ['calendar'], options);
    await assert.rejects(changed, { code: 'PLUGIN_SIGNATURE' });
    rmSync(join(folder, 'calendar', 'more'));
    assert.equal(await pluginPublish(author(folder), ['calendar'], options), 0);
  });
}

test('a plugin that breaks a rule is not sent, nor one without a registry', async (t) => {
  const folder = draft(workFolder(t), 'shell');
  rmSync(join(folder, 'handler.sh'));
  const context = author(folder);
  assert.equal(await pluginPublish(context, [], { registry: 'registry.example/plugins' }), 1);
  assert.match(context.error.text(), /entry-exists/);
  await assert.rejects(pluginPublish(author(folder), [], {}), { code: 'OPTION_INVALID' });
});
