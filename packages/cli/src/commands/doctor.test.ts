import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { doorTo, failure, fakeService } from '../fixtures/fake-service.ts';
import { environment, testContext } from '../fixtures/surroundings.ts';
import { doctor } from './doctor.ts';

const folder = mkdtempSync(join(tmpdir(), 'doctor-all-'));
after(() => rmSync(folder, { recursive: true }));
const machine = environment({ variables: { OPENCOMPUTER_HOME: join(folder, 'data') } });

test('each check is a line that begins with its state', async () => {
  const context = testContext({ agent: doorTo(fakeService()), environment: machine });
  assert.equal(await doctor(context, [], {}), 0);
  for (const line of context.output.text().trimEnd().split('\n'))
    assert.match(line, /^(ok|warn)  /);
  assert.match(context.output.text(), /Node [^]*configuration[^]*data directory[^]*model gpt/);
});

test('one failure is the exit code, and the other checks are told all the same', async () => {
  const agent = doorTo(failure('STORE_LOCKED', { directory: '/d', holder: 'process 7' }));
  const context = testContext({ agent, environment: machine });
  assert.equal(await doctor(context, [], { json: true }), 1);
  const findings = JSON.parse(context.output.text()) as { state: string; text: string }[];
  assert.ok(findings.length >= 4);
  assert.match(findings.at(-1)?.text ?? '', /in use by process 7/);
});
