// Owns recording the histories of this release, which every later one has to replay. Refuses to
// overwrite one: a release that has been recorded is never recorded again.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requirement } from '@opencomputer/testkit';
import { Client, Connection } from '@temporalio/client';
import { openBench } from '../src/fixtures/engine-bench.ts';
import { historyToText } from '../src/fixtures/history-text.ts';
import { scenarios } from '../src/fixtures/scenarios.ts';

async function main(version: string | undefined): Promise<number> {
  const postgres = requirement('postgresql');
  const temporal = requirement('temporal');
  if (version === undefined || postgres === undefined || temporal === undefined) {
    console.error('usage: record-histories.ts VERSION, with PostgreSQL and a Temporal server');
    return 2;
  }
  const folder = join(import.meta.dirname, '..', 'histories', version);
  mkdirSync(folder, { recursive: true });
  const bench = await openBench({ postgres, temporal });
  const connection = await Connection.connect({ address: bench.server.address });
  const client = new Client({ connection });
  for (const [name, { turn: script, meanwhile }] of Object.entries(scenarios)) {
    const file = join(folder, `${name}.json`);
    if (existsSync(file)) continue;
    const { engine, steps } = bench;
    const key = { conversation: name, key: `history-${name}` };
    const turn = steps.accept(name, script);
    await engine.wake(key);
    await meanwhile?.({ engine, steps, turn, key });
    const handle = client.workflow.getHandle(turn);
    await steps.finished(turn);
    await handle.result().catch(() => undefined);
    writeFileSync(file, historyToText(await handle.fetchHistory()));
    console.log(file);
  }
  await connection.close();
  await bench.close();
  return 0;
}

process.exitCode = await main(process.argv[2]);
