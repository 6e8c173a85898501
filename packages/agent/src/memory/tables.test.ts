import { test } from 'node:test';
import { migrationConformance } from '@opencomputer/testkit';
import { memoryMigrations } from './tables.ts';

for (const { name, run } of migrationConformance(memoryMigrations, [
  'memory_items',
  'memory_index',
]))
  test(name, run);
