import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Configuration } from '@opencomputer/contracts';
import { doorTo, failure, fakeService } from './fixtures/fake-service.ts';
import { environment, testContext } from './fixtures/surroundings.ts';
import { runProgram } from './program.ts';
import { withAgent } from './with-agent.ts';

const folder = mkdtempSync(join(tmpdir(), 'with-agent-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'config.yaml');
const machine = environment({ variables: { OPENCOMPUTER_CONFIG: file } });

test('the agent is stopped when the command ends, also when it fails', async () => {
  const service = fakeService();
  const context = testContext({ agent: doorTo(service), environment: machine });
  await assert.rejects(
    withAgent(context, {}, () => Promise.reject(failure('INPUT_EMPTY'))),
    {
      code: 'INPUT_EMPTY',
    },
  );
  assert.equal(service.isStopped(), true);
});

test('unknown keys are warned of and the command runs', async () => {
  writeFileSync(file, 'fastpath: off\nperson:\n  timeZone: Asia/Tokyo\n');
  const context = testContext({ agent: doorTo(fakeService()), environment: machine });
  const zone = await withAgent(context, {}, async ({ timeZone }) => timeZone);
  assert.equal(zone, 'Asia/Tokyo');
  assert.match(context.error.text(), /^agent: .*config\.yaml:1: the key "fastpath" is not known; /);
});

test('each unknown key is warned of once, and never where JSON is expected', async () => {
  writeFileSync(file, 'fastpath: off\nbugdet: {}\n');
  const context = testContext({ agent: doorTo(fakeService()), environment: machine });
  await runProgram(['run', '--json', 'hello'], context);
  const warnings = context.error
    .text()
    .split('\n')
    .filter((line) => line.includes('not known'));
  assert.equal(warnings.length, 2);
  assert.equal((JSON.parse(context.output.text()) as { text: string }).text, 'You said: hello');
});

test('trust given on the command line reaches the agent and nothing else does', async () => {
  writeFileSync(file, 'plugins:\n  everything:\n    command: npx\n');
  let seen: Configuration | undefined;
  const service = fakeService();
  const agent = {
    ...doorTo(service),
    open: async (configuration: Configuration) => {
      seen = configuration;
      return service;
    },
  };
  const context = testContext({ agent, environment: machine });
  await withAgent(context, { trust: ['everything'] }, async () => undefined);
  assert.equal(seen?.plugins['everything']?.trust, true);
  assert.equal(seen?.plugins['everything']?.command, 'npx');
  await withAgent(context, {}, async () => undefined);
  assert.equal(seen?.plugins['everything']?.trust, false);
});
