import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { manifest as manifestSchema } from '@opencomputer/contracts';
import { commandCases } from './program-command.ts';
import type { ProgramUnderTest } from './program-subject.ts';

const directory = mkdtempSync(join(tmpdir(), 'program-command-'));
after(() => rmSync(directory, { recursive: true }));

/** A plugin that is a shell script; `$1` is the tool. */
function subject(script: string): ProgramUnderTest {
  const input = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
  const manifest = manifestSchema.parse({
    name: 'tried',
    version: '1.0.0',
    framework_version: '*',
    description: 'Is tried.',
    runtime: 'command',
    command: ['/bin/sh'],
    resources: { outputBytesMax: 1_000 },
    provides: {
      tools: [{ name: 'greet', description: 'Greet.', effect: 'read', timeoutMs: 500, input }],
    },
  });
  return {
    manifest,
    directory,
    start: async (scratch) => ({
      command: '/bin/sh',
      arguments: ['-c', script, 'sh'],
      directory: scratch,
      environment: { PATH: '/usr/bin:/bin' },
    }),
    samples: [
      { tool: 'greet', arguments: { name: 'Ada' } },
      { tool: 'greet', arguments: { name: '!' }, status: 'refused' },
    ],
  };
}

async function failures(script: string): Promise<string> {
  const failed: string[] = [];
  for (const { name, run } of commandCases(subject(script))) {
    await run().catch((error: unknown) => failed.push(`${name}: ${String(error)}`));
  }
  return failed.join('\n');
}

const good = `[ "$1" = greet ] || exit 3
  case $(cat) in *Ada*) echo '{"status":"done","text":"Hello"}' ;; *) echo no; exit 3 ;; esac`;

for (const { name, run } of commandCases(subject(good))) test(`a script: ${name}`, run);

test('what takes any tool and any arguments is found', async () => {
  const failed = await failures('cat > /dev/null; echo fine');
  assert.match(failed, /"!".* is refused/);
  assert.match(failed, /an unknown tool is not done/);
  assert.match(failed, /greet takes \{\}/);
});

test('what prints too much, takes too long or writes into its folder is found', async () => {
  assert.match(await failures('head -c 5000 /dev/zero'), /bytes/);
  assert.match(await failures('exec sleep 60'), /no end within 1500 ms/);
  assert.match(await failures(`date > '${directory}/new'; ${good}`), /changes its own folder/);
});
