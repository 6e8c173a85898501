import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUIDv7 } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { createFakeClock, memoryConformance } from '@opencomputer/testkit';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { createMemory } from './memory.ts';
import { memoryMigrations } from './tables.ts';

const open: { store: Store; path: string }[] = [];

afterEach(async () => {
  for (const { store, path } of open.splice(0)) {
    await store.close();
    rmSync(path, { recursive: true });
  }
});

const cases = memoryConformance(async () => {
  const path = mkdtempSync(join(tmpdir(), 'memory-'));
  const clock = createFakeClock();
  const store = await openStore({ path, command: 'test', migrations: memoryMigrations, clock });
  open.push({ store, path });
  const { database, sealing } = store;
  return createMemory({ database, sealing, identifier: randomUUIDv7 });
});

for (const { name, run } of cases) test(`memory: ${name}`, run);
